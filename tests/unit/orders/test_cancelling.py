"""A cancellation is decided here until the money is asked for, and by payments after that."""

from typing import Any

import pytest

from tests.unit.orders import examples as say
from tests.unit.orders.examples import (
    accepted,
    cancel,
    cancellation,
    cancelled,
    given,
    line_refused,
    line_reserved,
    placed,
    to_payment,
)


def test_an_order_that_risk_has_not_judged_is_cancelled_at_once() -> None:
    world = given(placed()).when(cancel()).then(cancelled())
    assert world.decide(say.cleared()) == []


def test_an_order_that_asked_for_stock_releases_all_that_it_may_hold() -> None:
    history = (placed(3, allow_partial=True), accepted(3), line_reserved(1), line_refused(2))
    world = given(*history).when(cancel()).then(cancelled(1, 3))
    assert world.decide(say.reserved(3)) == []


def test_while_the_payment_is_open_payments_is_asked() -> None:
    given(*to_payment()).when(cancel()).then(cancellation())


def test_a_declined_order_is_cancelled_by_payments_too() -> None:
    given(*to_payment(), say.declined()).when(cancel()).then(cancellation())


def test_payments_is_asked_once_however_often_the_buyer_asks() -> None:
    given(*to_payment(), cancellation()).when(cancel(request_id="req-2")).then_nothing()


def test_a_cancellation_that_wins_the_race_ends_the_order() -> None:
    given(*to_payment(), cancellation()).when(say.payment_cancelled()).then(cancelled(1))


def test_a_cancellation_that_loses_the_race_leaves_the_order_paid() -> None:
    given(*to_payment(), cancellation()).when(say.payment_confirmed()).then(say.paid())


@pytest.mark.parametrize("history", [say.to_paid(), say.to_delivered(), *say.ENDS])
def test_what_is_paid_or_has_ended_is_not_cancelled(history: Any) -> None:
    given(*history).when(cancel()).then_nothing()


def test_a_cancellation_that_comes_before_its_order_is_remembered() -> None:
    world = given().when(cancel()).then(cancelled())
    assert world.decide(say.place()) == []


@pytest.mark.parametrize("history", [(placed(),), (placed(), accepted()), to_payment()])
def test_nobody_cancels_the_order_of_another_account(history: Any) -> None:
    given(*history).when(cancel(account_id="acc-2")).then_nothing()


STAFF: Any = {"by": "li", "reason": "地址填错了"}


def test_an_order_that_one_of_our_people_gives_up_says_who_and_why() -> None:
    """At once, while nothing is held (F5)."""
    said = cancelled().model_copy(update={"staff": "li", "reason": "地址填错了"})
    given(placed()).when(cancel(**STAFF)).then(said)


def test_who_gave_it_up_and_why_outlasts_the_question_to_payments() -> None:
    """Payments need not know: the order remembers it (F5)."""
    told = {"staff": "li", "reason": "地址填错了"}
    asked = cancellation().model_copy(update=told)
    given(*to_payment()).when(cancel(**STAFF)).then(asked)
    end = cancelled(1).model_copy(update=told)
    given(*to_payment(), asked).when(say.payment_cancelled()).then(end)


def test_a_declined_payment_that_ends_the_order_is_nobodys_deed() -> None:
    asked = cancellation().model_copy(update={"staff": "li", "reason": "地址填错了"})
    end = cancelled(1, by="decline")
    given(*to_payment(), asked).when(say.payment_cancelled(by="decline")).then(end)
