"""From PaymentRequested on nobody releases until payments has spoken."""

from typing import Any

import pytest

from tests.unit.orders import examples as say
from tests.unit.orders.examples import (
    PAYMENT,
    cancelled,
    declined,
    delivered,
    expired,
    given,
    line_delivered,
    paid,
    payment_cancelled,
    payment_confirmed,
    payment_declined,
    payment_expired,
    to_delivered,
    to_paid,
    to_payment,
)

WORDS = [payment_confirmed(), payment_declined(), payment_expired(), payment_cancelled()]


def test_a_confirmed_payment_pays_the_order() -> None:
    given(*to_payment(2)).when(payment_confirmed(1, 2)).then(paid(1, 2))


def test_a_declined_payment_leaves_the_order_waiting_and_says_what_is_missing() -> None:
    given(*to_payment()).when(payment_declined(balance=85)).then(declined(missing=900))


def test_a_payment_declined_for_another_reason_than_money_misses_none() -> None:
    given(*to_payment()).when(payment_declined(balance=10_000)).then(declined(missing=0))


def test_every_further_try_that_is_declined_is_told_once() -> None:
    history = (*to_payment(), declined())
    given(*history).when(payment_declined("try-1")).then(declined("try-1"))
    later = (*history, declined("try-1"), declined("try-2"))
    for request_id in (PAYMENT, "try-1", "try-2"):
        given(*later).when(payment_declined(request_id)).then_nothing()


def test_a_declined_order_can_still_be_paid() -> None:
    given(*to_payment(), declined(), declined("try-1")).when(payment_confirmed()).then(paid())


def test_an_expired_payment_ends_the_order_and_gives_back_its_stock() -> None:
    given(*to_payment(2), declined()).when(payment_expired()).then(expired(1, 2))


@pytest.mark.parametrize("by", ["buyer", "decline"])
def test_a_cancelled_payment_ends_the_order_and_gives_back_its_stock(by: Any) -> None:
    given(*to_payment(2)).when(payment_cancelled(by)).then(cancelled(1, 2, by=by))


def test_a_partial_order_gives_back_only_what_it_still_holds() -> None:
    history = (
        say.placed(3, allow_partial=True),
        say.accepted(3),
        say.line_reserved(1),
        say.line_refused(2),
        say.requested(1, dropped=(2, 3), release=say.holds(3)),
    )
    given(*history).when(payment_expired()).then(expired(1))


def test_an_order_whose_lines_were_all_delivered_first_is_paid_and_delivered_at_once() -> None:
    history = (*to_payment(2), line_delivered(2), line_delivered(1))
    given(*history).when(payment_confirmed(1, 2)).then(paid(1, 2), delivered(1))


def test_an_order_of_which_one_line_was_delivered_first_waits_for_the_other() -> None:
    history = (*to_payment(2), line_delivered(1))
    world = given(*history).when(payment_confirmed(1, 2)).then(paid(1, 2))
    assert world.decide(say.card_delivered(1)) == []
    assert world.decide(say.card_delivered(2)) == [delivered(2)]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("history", [to_paid(), to_delivered(), *say.ENDS])
def test_payments_is_heard_once(history: Any, word: Any) -> None:
    given(*history).when(word).then_nothing()
