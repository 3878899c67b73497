"""From risk's word to the request for money."""

from typing import Any

import pytest

from services.orders import process
from services.orders.domain import TooEarly
from shared.contracts.orders import LineError
from tests.unit.orders import examples as say
from tests.unit.orders.examples import (
    STOCK_DEADLINE_MS,
    accepted,
    blocked,
    cleared,
    elapsed,
    given,
    holds,
    line_refused,
    line_reserved,
    placed,
    refused,
    rejected,
    requested,
    reserved,
    short,
)

PARTLY: Any = {"allow_partial": True}


# --- risk's word


def test_a_cleared_order_asks_for_stock_for_every_line() -> None:
    given(placed(3)).when(cleared()).then(accepted(3))


def test_a_blocked_order_is_refused_and_names_the_rules() -> None:
    given(placed()).when(blocked("velocity.retail")).then(
        rejected("RISK_BLOCKED", rules=("velocity.retail",))
    )


@pytest.mark.parametrize("history", [(placed(), accepted()), say.to_payment(), *say.ENDS])
def test_risk_is_heard_once(history: Any) -> None:
    given(*history).when(cleared()).then_nothing()
    given(*history).when(blocked("any")).then_nothing()


# --- inventory's answers


def test_an_order_of_one_line_goes_straight_from_its_stock_to_its_payment() -> None:
    given(placed(), accepted()).when(reserved()).then(requested())


def test_an_order_of_several_lines_waits_for_all_answers() -> None:
    world = given(placed(3), accepted(3)).when(reserved(2)).then(line_reserved(2))
    assert world.decide(reserved(1)) == [line_reserved(1)]


def test_the_last_answer_asks_for_the_money_in_the_order_of_the_lines() -> None:
    history = (placed(3), accepted(3), line_reserved(3), line_reserved(1))
    given(*history).when(reserved(2)).then(requested(1, 2, 3))


def test_what_the_buyer_decided_goes_on_to_payments() -> None:
    given(placed(on_decline="cancel"), accepted()).when(reserved()).then(
        requested(on_decline="cancel")
    )


def test_one_refused_line_refuses_an_order_of_one_line() -> None:
    given(placed(), accepted()).when(refused(available=0)).then(
        rejected("INSUFFICIENT_STOCK", short(1))
    )


def test_one_refused_line_releases_what_is_reserved_and_what_has_no_answer_yet() -> None:
    given(placed(3), accepted(3), line_reserved(1)).when(refused(2, available=4)).then(
        rejected("INSUFFICIENT_STOCK", short(2, 4), release=holds(1, 3))
    )


def test_inventory_names_the_reason_of_its_refusal() -> None:
    error = LineError(line=1, code="BAD_QUANTITY", limit=3)
    given(placed(), accepted()).when(refused(1, 3, "BAD_QUANTITY")).then(
        rejected("BAD_QUANTITY", error)
    )


def test_where_a_part_is_allowed_a_refused_line_is_left_out() -> None:
    given(placed(2, **PARTLY), accepted(2)).when(refused(1, 7)).then(line_refused(1, 7))


def test_a_partial_order_asks_for_the_money_of_its_reserved_lines_alone() -> None:
    history = (placed(3, **PARTLY), accepted(3), line_refused(2), line_reserved(1))
    world = given(*history).when(reserved(3)).then(requested(1, 3, dropped=(2,)))
    assert requested(1, 3).amount < placed(3).total
    assert world.decide(reserved(2)) == []


def test_a_partial_order_goes_on_when_its_last_answer_is_a_refusal() -> None:
    history = (placed(2, **PARTLY), accepted(2), line_reserved(2))
    given(*history).when(refused(1)).then(requested(2, dropped=(1,)))


def test_a_partial_order_with_nothing_left_is_refused() -> None:
    history = (placed(2, **PARTLY), accepted(2), line_refused(2, 5))
    given(*history).when(refused(1)).then(rejected("INSUFFICIENT_STOCK", short(1), short(2, 5)))


@pytest.mark.parametrize("answer", [reserved(1), refused(1)])
def test_a_line_is_answered_once(answer: Any) -> None:
    for first in (line_reserved(1), line_refused(1)):
        given(placed(2, **PARTLY), accepted(2), first).when(answer).then_nothing()


@pytest.mark.parametrize("history", [say.to_payment(), say.to_paid(), say.to_delivered()])
def test_an_answer_after_its_order_has_gone_on_changes_nothing(history: Any) -> None:
    given(*history).when(reserved()).then_nothing()
    given(*history).when(refused()).then_nothing()


@pytest.mark.parametrize("history", say.ENDS)
def test_an_answer_after_the_end_changes_nothing_for_it_was_released_by_its_id(
    history: Any,
) -> None:
    given(*history).when(reserved()).then_nothing()


# --- the deadline of the answers


def test_the_answers_are_waited_for_until_the_deadline() -> None:
    world = given(placed(), accepted()).world
    key = f"order/{say.ORDER}"
    assert process.due(key, world.states[key]) == STOCK_DEADLINE_MS
    assert world.decide(elapsed(STOCK_DEADLINE_MS - 1)) == []


def test_without_all_answers_an_order_is_refused_and_releases_everything() -> None:
    given(placed(2), accepted(2), line_reserved(2)).when(elapsed(STOCK_DEADLINE_MS)).then(
        rejected("INSUFFICIENT_STOCK", short(1, None), release=holds(1, 2))
    )


def test_at_the_deadline_a_partial_order_goes_on_and_releases_what_was_not_answered() -> None:
    history = (placed(3, **PARTLY), accepted(3), line_reserved(1), line_refused(3))
    deadline = STOCK_DEADLINE_MS + say.LIMITS.payment_ms
    given(*history).when(elapsed(STOCK_DEADLINE_MS)).then(
        requested(1, dropped=(2, 3), release=holds(2), deadline_ms=deadline)
    )


def test_at_the_deadline_a_partial_order_without_any_stock_is_refused() -> None:
    history = (placed(2, **PARTLY), accepted(2), line_refused(1, 2))
    given(*history).when(elapsed(STOCK_DEADLINE_MS)).then(
        rejected("INSUFFICIENT_STOCK", short(1, 2), short(2, None), release=holds(2))
    )


# --- what cannot be


@pytest.mark.parametrize(
    ("history", "word"),
    [
        ((), cleared()),
        ((), reserved()),
        ((), say.payment_expired()),
        ((), say.card_delivered()),
        ((placed(),), reserved()),
        ((placed(),), refused()),
        ((placed(),), say.payment_confirmed()),
        ((placed(),), say.card_delivered()),
        ((placed(), accepted()), say.payment_confirmed()),
        ((placed(), accepted()), say.payment_declined()),
        ((placed(), accepted()), say.payment_cancelled()),
        ((placed(), accepted()), say.card_delivered()),
    ],
)
def test_an_answer_to_what_was_never_asked_is_no_silent_matter(history: Any, word: Any) -> None:
    with pytest.raises(TooEarly):
        given(*history).when(word)
