"""What delivery reads, and how it is put together for the engine."""

from dataclasses import replace
from typing import Any

import pytest

from deploy.seed.catalogue import topup_skus
from services.delivery.api import Patience
from services.delivery.app import SUPPLIERS, service
from services.delivery.domain import Limits
from services.delivery.settings import Settings
from shared.contracts.inventory import StockReserved
from shared.contracts.matrix import TOPICS
from shared.contracts.orders import OrderCancelled, OrderExpired, OrderRejected
from shared.contracts.payments import PaymentConfirmed
from shared.contracts.registry import commands_of, facts_of
from shared.shards.service import Arrival
from tests.unit.delivery import examples as say
from tests.unit.delivery.test_laws import FACTS

ARRIVAL = Arrival(now_ms=say.NOON_MS, table={})
RELEASE = (say.hold(1), say.hold(2))


SETTINGS = replace(Settings.load({}), routes=say.ROUTES)


def taken(topic: str, message: Any) -> Any:
    return service(settings=SETTINGS).subscriptions[topic][type(message)](message, ARRIVAL)


def test_delivery_takes_every_command_that_is_asked_of_it() -> None:
    assert set(service().subscriptions["delivery.commands"]) == set(commands_of("delivery"))


def test_delivery_decides_every_fact_of_its_own() -> None:
    assert {type(fact) for fact in FACTS} == set(facts_of("delivery"))


def test_delivery_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("delivery" in TOPICS[topic].readers for topic in service().subscriptions)


def test_held_stock_is_prepared() -> None:
    words: dict[str, Any] = {**say.WHOSE, "line": 1, "sku": "sku-1", "reservation_id": "res-1"}
    answer = StockReserved(**words, cards=say.cards(1), index=7)
    assert taken("inventory.answers", answer) == say.prepare(1)


def test_a_confirmed_payment_delivers_the_lines_it_names() -> None:
    fact = PaymentConfirmed(
        **say.WHOSE,
        payment_id="pay-1",
        request_id="pay-1",
        lines=(say.hold(1), say.hold(2)),
        amount=1,
        currency="CNY",
        channel="wallet",
        postings=(),
        balance=0,
    )
    assert taken("payments.events", fact) == say.deliver(1, 2)


@pytest.mark.parametrize(
    "end",
    [
        OrderRejected(
            order_id="ord-1",
            account_id="acc-1",
            key="k",
            body_hash="h",
            code="INSUFFICIENT_STOCK",
            release=RELEASE,
        ),
        OrderCancelled(**say.WHOSE, by="buyer", release=RELEASE),
        OrderExpired(**say.WHOSE, release=RELEASE),
    ],
    ids=["rejected", "cancelled", "expired"],
)
def test_an_order_s_unpaid_end_forgets_what_it_held(end: Any) -> None:
    assert taken("orders.events", end) == say.forget(1, 2)


def test_an_installation_may_set_its_own_limits() -> None:
    given = {"KAMENG_DELIVERY_REVEALS_PER_HOUR_MAX": "3", "KAMENG_DELIVERY_POLL_MS": "9"}
    settings = Settings.load(given)
    assert (settings.limits, settings.patience) == (Limits(3), Patience(poll_ms=9))


def test_every_sample_top_up_has_a_supplier_that_has_an_adapter() -> None:
    routes = Settings.load({}).routes
    assert routes.named <= set(SUPPLIERS)
    assert all(routes.suppliers(sku) for sku in topup_skus())


def test_held_units_are_prepared_and_a_person_s_word_is_taken_as_it_is() -> None:
    words: dict[str, Any] = {**say.WHOSE, "line": 2, "sku": "sku-2", "reservation_id": "res-2"}
    answer = StockReserved(**words, cards=(), index=7, units=3)
    assert taken("inventory.answers", answer) == say.topup_prepare(2)
    assert taken("delivery.commands", say.resolve()) == say.resolve()


def test_a_reveal_brings_the_time_at_which_it_was_asked() -> None:
    command = say.reveal(1)
    assert taken("delivery.commands", command.asked) == command
