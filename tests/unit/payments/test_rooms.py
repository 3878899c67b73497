"""What payments reads, and how it is put together for the engine."""

from services.payments.app import service
from services.payments.domain import Pay
from shared.contracts.matrix import TOPICS
from shared.contracts.registry import commands_of
from shared.shards.service import Arrival
from tests.unit.payments import examples as say

ARRIVAL = Arrival(now_ms=7, table={})


def test_payments_takes_every_command_that_is_asked_of_it() -> None:
    assert set(service().subscriptions["payments.commands"]) == set(commands_of("payments"))


def test_payments_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("payments" in TOPICS[topic].readers for topic in service().subscriptions)


def test_time_comes_in_with_the_message_that_needs_it() -> None:
    taken = service().subscriptions["orders.events"]
    assert [handler(say.asked(), ARRIVAL) for handler in taken.values()] == [Pay(say.asked(), 7)]


def test_commands_are_taken_as_they_are() -> None:
    taken = service().subscriptions["payments.commands"]
    for command in (say.deposit(5), say.retry(), say.cancel()):
        assert taken[type(command)](command, ARRIVAL) == command
