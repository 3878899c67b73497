"""What orders reads, and how it is put together for the engine."""

from typing import Any

import pytest

from services.orders.app import service
from services.orders.domain import Heard, Limits
from services.orders.settings import Settings
from shared.contracts.matrix import TOPICS
from shared.contracts.registry import commands_of
from shared.shards.service import Arrival
from tests.unit.orders import examples as say

ARRIVAL = Arrival(now_ms=say.NOW_MS, table=say.SHELF)


def taken(topic: str, message: Any) -> Any:
    orders = service(say.LIMITS)
    return orders.subscriptions[topic][type(message)](message, ARRIVAL)


def test_orders_takes_every_command_that_is_asked_of_it() -> None:
    assert set(service().subscriptions["orders.commands"]) == set(commands_of("orders"))


def test_orders_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("orders" in TOPICS[topic].readers for topic in service().subscriptions)


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("risk.events", say.cleared()),
        ("risk.events", say.blocked("any")),
        ("inventory.answers", say.reserved()),
        ("inventory.answers", say.refused()),
        ("payments.events", say.payment_confirmed()),
        ("payments.events", say.payment_declined()),
        ("payments.events", say.payment_expired()),
        ("payments.events", say.payment_cancelled()),
        ("delivery.events", say.card_delivered()),
    ],
)
def test_time_and_limits_come_in_with_every_word(topic: str, said: Heard) -> None:
    assert taken(topic, said.word) == said


def test_what_the_buyer_asks_is_taken_as_it_is() -> None:
    for command in (say.cancel(), say.confirm()):
        assert taken("orders.commands", command) == command


def test_limits_are_the_default_ones_where_nothing_else_is_said() -> None:
    assert Settings.load({"HOME": "/"}).limits == Limits()


def test_a_limit_can_be_set_from_outside() -> None:
    limits = Settings.load({"KAMENG_ORDERS_PAYMENT_MS": "2000"}).limits
    assert limits == Limits(payment_ms=2_000)


@pytest.mark.parametrize("text", ["soon", "-1", "0", "1.5", ""])
def test_a_limit_that_is_none_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="lines_max"):
        Settings.load({"KAMENG_ORDERS_LINES_MAX": text})
