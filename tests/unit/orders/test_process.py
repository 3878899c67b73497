"""What follows from each fact of orders: stock is asked for, sold or given back."""

from typing import Any, get_args

import pytest

from services.orders import process
from services.orders.domain import Event
from shared.contracts.inventory import CommitStock, ReleaseStock, ReserveStock
from shared.contracts.payments import CancelPayment
from shared.contracts.refunds import RefundPayment
from tests.unit.orders import back, papers, screened
from tests.unit.orders import disputes as dispute
from tests.unit.orders import examples as say
from tests.unit.orders.examples import ACCOUNT, ORDER, PAYMENT, holds

FOLLOWED = {
    "OrderAccepted", "OrderPaid", "PaymentRequested", "OrderRejected", "OrderCancelled",
    "OrderExpired", "CancellationRequested", "OrderRefunding",
    "DisputeDecided", "ReplacementReserved", "ReplacementMissed", "LineReviewed",
}  # fmt: skip


def asked(fact: Any) -> list[tuple[str, str, Any]]:
    return [(send.topic, send.key, send.message) for send in process.follows(fact)]


def test_an_accepted_order_asks_each_sku_for_its_line() -> None:
    assert asked(say.accepted(2)) == [
        (
            "inventory.commands",
            hold.sku,
            ReserveStock(**hold.model_dump(exclude_none=True), order_id=ORDER, account_id=ACCOUNT),
        )
        for hold in holds(1, 2)
    ]


def test_a_paid_order_sells_its_stock() -> None:
    assert asked(say.paid(1, 3)) == [
        ("inventory.commands", hold.sku, _about(CommitStock, hold)) for hold in holds(1, 3)
    ]


@pytest.mark.parametrize(
    "fact",
    [
        say.rejected("INSUFFICIENT_STOCK", release=holds(1, 2)),
        say.requested(3, release=holds(1, 2)),
        say.cancelled(1, 2),
        say.expired(1, 2),
    ],
)
def test_what_an_order_lets_go_of_is_released(fact: Any) -> None:
    assert asked(fact) == [
        ("inventory.commands", hold.sku, _about(ReleaseStock, hold)) for hold in holds(1, 2)
    ]


def test_a_cancellation_is_passed_on_to_payments() -> None:
    command = CancelPayment(payment_id=PAYMENT, order_id=ORDER, account_id=ACCOUNT)
    assert asked(say.cancellation()) == [("payments.commands", ACCOUNT, command)]


def test_money_that_is_to_go_back_is_asked_of_payments() -> None:
    fact = back.refunding(1, 2)
    command = RefundPayment(
        refund_id=fact.refund_id, payment_id=PAYMENT, order_id=ORDER, account_id=ACCOUNT,
        amount=back.price(1) + back.price(2), to="wallet", by="delivery", reason=back.CODE,
    )  # fmt: skip
    assert asked(fact) == [("payments.commands", ACCOUNT, command)]
    assert asked(back.refunding(1, amount=0)) == []


def test_nothing_follows_from_a_request_for_money_that_lets_go_of_nothing() -> None:
    assert asked(say.requested()) == []


def test_nothing_follows_from_the_other_facts() -> None:
    others = [
        say.placed(), say.line_reserved(1), say.line_refused(1), say.declined(),
        say.line_delivered(), say.delivered(), say.completed(), say.confirm_refused(),
        back.line_failed(), back.order_failed(), back.refunded(1), back.denied("NOT_PAID"),
        back.payable(), screened.awaiting(), screened.in_review(), dispute.opened(),
        dispute.card_added(), dispute.added(), dispute.asked(), dispute.closed("replaced"),
        dispute.refused("NOT_OPEN"), dispute.missed(), dispute.decided("rejection"),
        *(fact for fact in papers.FACTS if type(fact).__name__ not in FOLLOWED),
    ]  # fmt: skip
    assert {type(fact).__name__ for fact in others} | FOLLOWED == {
        event.__name__ for event in get_args(Event)
    }
    assert [asked(fact) for fact in others] == [[]] * len(others)


def test_nobody_outside_is_asked() -> None:
    world = say.given(*say.to_payment()).world
    assert [process.effect(key, state) for key, state in world.states.items()] == [None]


def _about(command: Any, hold: Any) -> Any:
    return command(
        reservation_id=hold.reservation_id, sku=hold.sku, order_id=ORDER, account_id=ACCOUNT
    )
