"""What is published is a promise: old bytes are read for ever, and mean the same."""

import json
from typing import Any

import pytest

from shared.contracts.matrix import MATRIX, SERVICES, TOPICS
from shared.contracts.orders import OrderCompleted
from shared.contracts.registry import UnknownType, decode
from shared.contracts.upcasters import UPCASTERS, Upcaster

from .examples import PUBLISHED, example
from .golden import corpus, entry

LINES = list(corpus())


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["type"])
def test_every_version_ever_published_is_still_read(line: dict[str, Any]) -> None:
    message = decode(line["type"], line["body"].encode())
    assert (message.partition_key, message.subject) == (line["key"], line["subject"])


@pytest.mark.parametrize(
    "line", [line for line in LINES if line["type"] in PUBLISHED], ids=lambda line: line["type"]
)
def test_a_present_version_is_written_byte_for_byte_as_it_was(line: dict[str, Any]) -> None:
    """An edited message would make another chain of the same history."""
    assert decode(line["type"], line["body"].encode()).encode().decode() == line["body"]


@pytest.mark.parametrize(
    "line", [one for one in LINES if "follows" in one], ids=lambda x: x["type"]
)
def test_what_follows_from_a_published_fact_never_changes(line: dict[str, Any]) -> None:
    assert entry(decode(line["type"], line["body"].encode()))["follows"] == line["follows"]


@pytest.mark.parametrize("wire_type", sorted(PUBLISHED))
def test_every_message_is_in_the_corpus_with_all_its_fields(wire_type: str) -> None:
    """`python -m tests.contracts.golden` adds a new one, and one that has a new optional field."""
    bodies = {line["body"] for line in LINES if line["type"] == wire_type}
    assert entry(example(PUBLISHED[wire_type]))["body"] in bodies


def test_nothing_that_was_published_has_left_the_dictionary() -> None:
    assert {line["type"] for line in LINES} - set(PUBLISHED) - set(UPCASTERS) == set()


def test_a_fact_of_an_older_shape_is_lifted_as_it_is_read() -> None:
    """A first version of OrderCompleted that said `automatic` instead of who completed it."""
    old = json.dumps({"order_id": "o", "account_id": "a", "automatic": True}).encode()
    upcasters = {
        "kameng.orders.OrderCompleted.v0": Upcaster(
            OrderCompleted,
            lambda body: {
                "order_id": body["order_id"],
                "account_id": body["account_id"],
                "by": "deadline" if body["automatic"] else "buyer",
            },
        )
    }
    lifted = decode("kameng.orders.OrderCompleted.v0", old, upcasters)
    assert lifted == OrderCompleted(order_id="o", account_id="a", by="deadline")
    with pytest.raises(UnknownType):
        decode("kameng.orders.OrderCompleted.v0", old, {})


def test_every_field_of_every_message_says_what_it_is_where_its_name_does_not() -> None:
    """Units above all: money and time are never bare numbers."""
    bare = [
        f"{cls.type}.{name}"
        for cls in PUBLISHED.values()
        for name, field in cls.model_fields.items()
        if field.annotation is int and not field.description and not _says_itself(name)
    ]
    assert bare == []


SELF_EVIDENT = {
    "line", "quantity", "position", "available", "threshold", "expected", "found", "revision",
}  # fmt: skip


def _says_itself(name: str) -> bool:
    return name in SELF_EVIDENT or name.endswith("_ms")


def test_the_matrix_names_each_topic_once_and_gives_events_to_their_owner_alone() -> None:
    assert len(TOPICS) == len(MATRIX)
    for rule in MATRIX:
        assert rule.owner in SERVICES
        assert rule.writers | rule.readers <= set(SERVICES)
        assert rule.writers <= rule.readers, "a sender may read what it writes"
        if rule.kind == "events":
            assert rule.writers == {rule.owner}


def test_facts_are_frozen() -> None:
    fact = example(OrderCompleted)
    with pytest.raises(ValueError, match="frozen"):
        fact.by = "buyer"  # type: ignore[attr-defined]  # the point of the test
