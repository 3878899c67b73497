"""What payments reads, and how it is put together for the engine."""

from services.payments.app import MERCHANTS, service
from services.payments.domain import Fund, Pay
from shared.contracts.charges import OpenDeposit
from shared.contracts.matrix import TOPICS
from shared.contracts.payments import CHANNELS, RetryPayment
from shared.contracts.registry import commands_of
from shared.shards.service import Arrival
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say

ARRIVAL = Arrival(now_ms=7, table={})


def test_payments_takes_every_command_that_is_asked_of_it() -> None:
    assert set(service().subscriptions["payments.commands"]) == set(commands_of("payments"))


def test_payments_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("payments" in TOPICS[topic].readers for topic in service().subscriptions)


def test_time_comes_in_with_the_message_that_needs_it() -> None:
    taken = service(terms=say.TERMS).subscriptions["orders.events"]
    assert [handler(say.asked(), ARRIVAL) for handler in taken.values()] == [
        Pay(say.asked(), 7, say.TERMS)
    ]


def test_commands_are_taken_as_they_are_or_with_the_terms() -> None:
    taken = service(terms=say.TERMS).subscriptions["payments.commands"]
    for command in (say.deposit(5), say.cancel(), at.notice(), at.refund()):
        assert taken[type(command)](command, ARRIVAL) == command
    assert taken[RetryPayment](say.retry().asked, ARRIVAL) == say.retry()
    asked = at.fund().asked
    assert taken[OpenDeposit](asked, ARRIVAL) == Fund(asked, 7, say.TERMS)


def test_every_channel_of_the_dictionary_has_an_adapter() -> None:
    assert set(MERCHANTS) == CHANNELS
