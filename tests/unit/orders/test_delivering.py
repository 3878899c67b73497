"""From the payment to the end: delivered, and completed by the buyer or by time."""

from typing import Any

import pytest

from services.orders import process
from shared.contracts.delivery import TopUpConfirmed
from tests.unit.orders import examples as say
from tests.unit.orders.examples import (
    COMPLETE_DEADLINE_MS,
    ORDER,
    card_delivered,
    completed,
    confirm,
    confirm_refused,
    delivered,
    elapsed,
    given,
    line_delivered,
    to_delivered,
    to_paid,
    to_payment,
)


def test_the_only_line_delivers_the_order() -> None:
    given(*to_paid()).when(card_delivered()).then(delivered())


def test_the_last_of_several_lines_delivers_the_order() -> None:
    world = given(*to_paid(3)).when(card_delivered(2)).then(line_delivered(2))
    world.fold(line_delivered(1))
    assert world.decide(card_delivered(3)) == [delivered(3)]


def test_a_delivered_line_is_told_once() -> None:
    given(*to_paid(2), line_delivered(2)).when(card_delivered(2)).then_nothing()
    given(*to_payment(2), line_delivered(2)).when(card_delivered(2)).then_nothing()
    given(*to_delivered(2)).when(card_delivered(1)).then_nothing()


def test_a_line_delivered_before_the_payment_was_heard_of_is_remembered() -> None:
    given(*to_payment()).when(card_delivered()).then(line_delivered())


@pytest.mark.parametrize("history", say.ENDS)
def test_after_the_end_no_delivery_is_told(history: Any) -> None:
    given(*history).when(card_delivered()).then_nothing()


def test_the_buyer_completes_a_delivered_order() -> None:
    given(*to_delivered(2)).when(confirm()).then(completed("buyer"))


def test_a_delivered_order_completes_by_itself_at_its_deadline() -> None:
    world = given(*to_delivered()).world
    key = f"order/{ORDER}"
    assert process.due(key, world.states[key]) == COMPLETE_DEADLINE_MS
    given(*to_delivered()).when(elapsed(COMPLETE_DEADLINE_MS)).then(completed("deadline"))


def test_a_delivered_order_waits_until_its_deadline() -> None:
    given(*to_delivered()).when(elapsed(COMPLETE_DEADLINE_MS - 1)).then_nothing()


def test_a_completed_order_is_confirmed_already() -> None:
    given(*say.COMPLETED).when(confirm(request_id="another")).then_nothing()


@pytest.mark.parametrize(
    "history",
    [(say.placed(),), (say.placed(), say.accepted()), to_payment(), to_paid(), say.CANCELLED],
)
def test_what_is_not_delivered_cannot_be_confirmed(history: Any) -> None:
    given(*history).when(confirm()).then(confirm_refused())


def test_an_order_that_nobody_knows_cannot_be_confirmed() -> None:
    given().when(confirm()).then(confirm_refused("UNKNOWN_ORDER"))


def test_nobody_confirms_the_order_of_another_account() -> None:
    given(*to_delivered()).when(confirm(account_id="acc-2")).then(
        confirm_refused("UNKNOWN_ORDER", account_id="acc-2")
    )


def test_a_refused_confirmation_stays_refused_and_a_new_one_is_judged_anew() -> None:
    history = (*to_paid(), confirm_refused(), delivered())
    given(*history).when(confirm()).then_nothing()
    given(*history).when(confirm(request_id="req-2")).then(completed())


@pytest.mark.parametrize("history", [(), (say.placed(),), to_payment(), to_paid(), *say.ENDS])
def test_a_phase_without_a_deadline_has_nothing_to_say_when_time_passes(history: Any) -> None:
    given(*history).when(elapsed(10**12)).then_nothing()


def test_a_confirmed_top_up_delivers_its_line_like_a_card() -> None:
    line = say.hold(1)
    word = TopUpConfirmed(
        **say.WHOSE, line=1, reservation_id=line.reservation_id, sku=line.sku, quantity=1,
        supplier="a", request_id="req", receipt="R-1",
    )  # fmt: skip
    given(*say.to_paid()).when(say.heard(word)).then(say.delivered())
    given(*say.to_payment(2)).when(say.heard(word)).then(say.line_delivered(1))
