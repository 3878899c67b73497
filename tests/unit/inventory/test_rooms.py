"""What inventory reads, and how it is put together for the engine."""

import pytest

from services.inventory.app import service
from services.inventory.domain import Limits
from services.inventory.settings import Settings
from shared.contracts.matrix import TOPICS
from shared.contracts.registry import commands_of, facts_of
from shared.runtime.environment import BadEnvironment
from shared.shards.service import Arrival
from tests.unit.inventory import examples as say
from tests.unit.inventory.test_laws import FACTS

ARRIVAL = Arrival(now_ms=7, table={})


def test_inventory_takes_every_command_that_is_asked_of_it() -> None:
    assert set(service().subscriptions["inventory.commands"]) == set(commands_of("inventory"))


def test_inventory_decides_every_fact_of_its_own() -> None:
    assert {type(fact) for fact in FACTS} == set(facts_of("inventory"))


def test_inventory_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("inventory" in TOPICS[topic].readers for topic in service().subscriptions)


def test_commands_are_taken_as_they_are() -> None:
    taken = service().subscriptions["inventory.commands"]
    for command in (say.claim(), say.receive(), say.release(), say.commit()):
        assert taken[type(command)](command, ARRIVAL) == command


def test_a_reservation_is_taken_with_its_limits() -> None:
    assert (
        service().subscriptions["inventory.commands"][type(say.asked())](say.asked(), ARRIVAL)
        == say.reserve()
    )


def test_an_installation_may_set_its_own_limits() -> None:
    given = {"KAMENG_INVENTORY_LOW_STOCK": "50"}
    assert Settings.load(given).limits == Limits(low_stock=50)
    with pytest.raises(BadEnvironment, match="KAMENG_INVENTORY_LOW_STOCK='none'"):
        Settings.load({"KAMENG_INVENTORY_LOW_STOCK": "none"})


def test_a_reservation_and_its_ends_are_about_the_reservation() -> None:
    about = [say.asked(), say.release(), say.commit(), say.reserved(0), say.refused(0)]
    assert {message.subject for message in about} == {"res-1"}
