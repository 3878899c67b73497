"""The services, the dictionary and the matrix say the same: nothing unread, nothing unforeseen."""

from importlib import import_module
from typing import Any, get_args

import pytest

from shared.contracts.matrix import SERVICES, TOPICS
from shared.contracts.message import Command, Fact
from shared.contracts.registry import commands_of, facts_of
from shared.shards.service import Service


def room(service: str, name: str) -> Any:
    return import_module(f"services.{service}.{name}")


def put_together(service: str) -> Service:
    made: Service = room(service, "app").service()
    return made


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_goes_by_the_name_of_its_folder(service: str) -> None:
    assert put_together(service).name == service


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_only_what_the_matrix_lets_it_read(service: str) -> None:
    for topic, handlers in room(service, "handlers").SUBSCRIPTIONS.items():
        rule = TOPICS[topic]
        assert service in rule.readers, f"{service} may not read {topic}"
        kind = Command if rule.kind == "commands" else Fact
        for message in handlers:
            assert issubclass(message, kind), f"{message.__name__} on {topic}"
            assert message.owner in {rule.owner, "shard"}, f"{message.__name__} on {topic}"


@pytest.mark.parametrize("service", SERVICES)
def test_no_right_to_read_is_given_without_need(service: str) -> None:
    made = put_together(service)
    used = {*made.subscriptions, made.table.topic if made.table else ""}
    for topic, rule in TOPICS.items():
        if service in rule.readers - rule.writers - {rule.owner, "gateway", "audit"}:
            assert topic in used, f"{service} may read {topic} and does not"


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_of_the_dictionary_is_received(service: str) -> None:
    received = room(service, "handlers").SUBSCRIPTIONS.get(f"{service}.commands", {})
    assert set(received) == set(commands_of(service))


@pytest.mark.parametrize("service", SERVICES)
def test_evolve_knows_every_fact_of_the_dictionary(service: str) -> None:
    event = room(service, "domain").Event
    assert set(get_args(event) or (event,)) == set(facts_of(service))
