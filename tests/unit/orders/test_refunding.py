"""Every paid line ends delivered or refunded: by itself, or because a person says so."""

from typing import Any

import pytest

from services.orders import domain
from services.orders.domain.state import Ended, Refunding
from shared.contracts.message import Fact
from shared.contracts.payments import CHANNELS
from shared.testing.scenario import World
from tests.unit.orders import back
from tests.unit.orders import examples as say
from tests.unit.orders.back import (
    by_hand,
    denied,
    failing,
    issued,
    line_failed,
    order_failed,
    price,
    refund,
    refund_id,
    refunded,
    refunding,
)
from tests.unit.orders.examples import given, to_delivered, to_paid, to_payment

# --- a line that cannot be delivered


def test_paid_and_no_card_is_money_back_never_an_apology() -> None:
    """Comparable shops store the apology as the card (acg-faka #940, #913)."""
    given(*to_paid()).when(failing(1)).then(line_failed(), order_failed(), refunding(1, whole=True))


def test_the_order_is_refunded_once_payments_has_issued_it() -> None:
    history = (*to_paid(), line_failed(), order_failed(), refunding(1, whole=True))
    world = given(*history).when(issued(refund_id(1))).then(refunded(1, whole=True))
    assert world.states[f"order/{say.ORDER}"] == Ended(completed=False)
    assert world.decide(failing(1)) == world.decide(say.card_delivered()) == []


def test_one_line_of_several_is_refunded_and_the_others_go_on() -> None:
    world = given(*to_paid(3)).when(failing(2)).then(line_failed(2), refunding(2))
    world.fold(*world.decide(issued(refund_id(2))), *world.decide(say.card_delivered(1)))
    assert world.decide(say.card_delivered(3)) == [say.delivered(3)]


def test_where_the_last_line_fails_the_order_is_delivered_with_what_was() -> None:
    history = (*to_paid(2), say.line_delivered(1))
    given(*history).when(failing(2)).then(line_failed(2), refunding(2), say.delivered(1))


def test_where_one_after_another_fails_the_last_of_them_ends_the_order() -> None:
    history = (*to_paid(2), line_failed(2), refunding(2))
    given(*history).when(failing(1)).then(line_failed(1), order_failed(), refunding(1, whole=True))


def test_lines_that_fail_together_go_back_together() -> None:
    given(*to_paid(2)).when(failing(1, 2)).then(
        line_failed(1), line_failed(2), order_failed(), refunding(1, 2, whole=True)
    )


def test_a_failure_heard_of_before_the_payment_is_remembered() -> None:
    world = given(*to_payment(2)).when(failing(2)).then(line_failed(2))
    facts = world.decide(say.payment_confirmed(1, 2))
    assert facts == [say.paid(1, 2), refunding(2)]
    assert world.fold(*facts).decide(say.card_delivered(1)) == [say.delivered(1)]


def test_a_failure_and_a_delivery_heard_of_before_the_payment_settle_the_order() -> None:
    history = (*to_payment(2), line_failed(2), say.line_delivered(1))
    given(*history).when(say.payment_confirmed(1, 2)).then(
        say.paid(1, 2), refunding(2), say.delivered(1)
    )


def test_a_whole_failure_heard_of_before_the_payment_is_refunded_with_it() -> None:
    given(*to_payment(), line_failed()).when(say.payment_confirmed()).then(
        say.paid(), order_failed(), refunding(1, whole=True)
    )


def test_what_cost_nothing_is_back_at_once() -> None:
    free = say.placed(lines=(say.line(unit_price=0),), total=0)
    history = (free, say.accepted(), say.requested(amount=0), say.paid())
    facts = given(*history).when(failing(1)).facts
    assert [type(fact).__name__ for fact in facts][-2:] == ["OrderRefunding", "OrderRefunded"]


@pytest.mark.parametrize(
    "history", [*say.ENDS, to_delivered(), (*to_paid(2), line_failed(1), refunding(1))]
)
def test_a_line_fails_once_and_only_before_it_is_delivered(history: Any) -> None:
    given(*history).when(failing(1)).then_nothing()


@pytest.mark.parametrize("history", [to_paid(), to_delivered(), say.COMPLETED])
def test_a_refund_that_nobody_asked_for_changes_nothing(history: Any) -> None:
    given(*history).when(issued("other")).then_nothing()


# --- a person gives money back


@pytest.mark.parametrize(
    ("history", "confirmed"),
    [(to_delivered(), [say.confirm_refused()]), (say.COMPLETED, list[Fact]())],
)
def test_a_person_may_give_back_what_was_delivered(history: Any, confirmed: Any) -> None:
    whole = by_hand(price(1), (1, price(1)), whole=True)
    world = given(*history).when(refund(1)).then(whole)
    done = world.decide(issued("req-9"))
    assert done == [refunded(1, whole=True, refund_id="req-9")]
    assert world.decide(say.confirm()) == confirmed
    assert world.fold(*done).decide(say.confirm()) == confirmed


def test_a_part_of_a_line_goes_back_and_then_at_most_the_rest() -> None:
    world = given(*to_delivered(2)).when(refund(1, amount=5)).then(by_hand(5, (1, 5)))
    rest = world.decide(refund(1, request_id="req-10"))
    assert [getattr(fact, "amount", 0) for fact in rest] == [price(1) - 5]
    more = world.decide(refund(1, request_id="req-10", amount=price(1)))
    assert [getattr(fact, "code", "") for fact in more] == ["MORE_THAN_PAID"]


def test_an_amount_is_shared_by_the_lines_from_the_first_on() -> None:
    amount = price(1) + 3
    given(*to_delivered(2)).when(refund(amount=amount)).then(by_hand(amount, (1, price(1)), (2, 3)))


def test_all_that_is_left_goes_back_where_no_line_is_named() -> None:
    history = (*to_delivered(2), by_hand(5, (1, 5), refund_id="req-8"))
    left = price(1) - 5
    given(*history).when(refund()).then(
        by_hand(left + price(2), (1, left), (2, price(2)), whole=True)
    )


def test_a_person_may_send_it_back_to_the_channel() -> None:
    assert given(*to_delivered()).when(refund(to="source")).facts[0] == by_hand(
        price(1), (1, price(1)), whole=True, to="source"
    )


OPEN_LINE = (*to_paid(2), say.line_delivered(1))


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((), refund(), "UNKNOWN_ORDER"),
        (to_delivered(), refund(account_id="acc-2"), "UNKNOWN_ORDER"),
        (to_payment(), refund(), "NOT_PAID"),
        (say.EXPIRED, refund(), "NOT_PAID"),
        (to_delivered(), refund(7), "NOT_PAID"),
        (OPEN_LINE, refund(2), "LINE_OPEN"),
        (OPEN_LINE, refund(), "LINE_OPEN"),
        (to_delivered(), refund(amount=price(1) + 1), "MORE_THAN_PAID"),
        (to_delivered(), refund(amount=0), "BAD_AMOUNT"),
        (to_delivered(), refund(reason=" "), "REASON_REQUIRED"),
        (to_delivered(), refund(by=""), "REASON_REQUIRED"),
    ],
)
def test_a_refund_that_cannot_be_is_denied(history: Any, command: Any, code: str) -> None:
    """Not while the supplier's answer is unknown, not without a reason, not more than paid."""
    told = back.denied(code)
    if command.account_id != say.ACCOUNT:
        told = told.model_copy(update={"account_id": command.account_id})
    given(*history).when(command).then(told)


def test_a_denied_refund_stays_denied() -> None:
    world = World(domain).fold(denied("NOT_PAID"), *to_delivered())
    assert world.decide(refund()) == []


PART: Any = {"refund_id": "part", "to": "source"}
REST: Any = by_hand(price(1) - 5, (1, price(1) - 5), whole=True)


@pytest.mark.parametrize("history", [to_delivered(), say.COMPLETED])
def test_an_order_is_refunded_when_the_last_of_its_money_is_back_and_not_before(
    history: Any,
) -> None:
    """A part is still on its way to a channel when the rest is in the wallet already (C7)."""
    world = (
        given(*history, by_hand(5, (1, 5), **PART), REST)
        .when(issued("req-9"))
        .then(refunded(1, refund_id="req-9", amount=price(1) - 5, lines=REST.lines))
    )
    assert isinstance(world.states[f"order/{say.ORDER}"], Refunding)
    last = world.decide(issued("part", to="channel"))
    part = by_hand(5, (1, 5), **PART)
    assert last == [
        refunded(1, whole=True, refund_id="part", amount=5, lines=part.lines, to="channel")
    ]
    assert isinstance(world.fold(*last).states[f"order/{say.ORDER}"], Ended)
    assert world.decide(issued("part")) == world.decide(issued("req-9")) == []


def test_a_part_that_is_back_before_the_rest_is_waited_for_no_more() -> None:
    history = (*to_delivered(), by_hand(5, (1, 5), **PART), REST)
    world = (
        given(*history)
        .when(issued("part", to="channel"))
        .then(refunded(1, refund_id="part", amount=5, lines=by_hand(5, (1, 5)).lines, to="channel"))
    )
    assert [getattr(fact, "whole", False) for fact in world.decide(issued("req-9"))] == [True]


def test_a_line_that_fails_while_a_part_is_on_its_way_waits_for_both() -> None:
    history = (*to_paid(2), line_failed(2), refunding(2), line_failed(1), order_failed())
    world = given(*history, refunding(1, whole=True)).when(issued(refund_id(1))).then(refunded(1))
    assert world.decide(issued(refund_id(2))) == [refunded(2, whole=True)]


def test_money_that_its_channel_would_not_have_is_in_the_wallet_and_says_why() -> None:
    asked = by_hand(price(1), (1, price(1)), whole=True, to="source")
    told = issued("req-9")
    refused = say.heard(told.word.model_copy(update={"turned_down": "TOO_OLD"}))
    given(*to_delivered(), asked).when(refused).then(
        refunded(1, whole=True, refund_id="req-9", turned_down="TOO_OLD")
    )


def test_while_the_whole_order_goes_back_nothing_more_does() -> None:
    whole = by_hand(price(1), (1, price(1)), whole=True)
    given(*to_delivered(), whole).when(refund(request_id="req-10")).then(
        denied("NOT_PAID").model_copy(update={"request_id": "req-10"})
    )


# --- a page to pay on


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_an_order_may_be_paid_at_a_channel(channel: str) -> None:
    given().when(say.place(pay_with=channel)).then(say.placed(pay_with=channel))


def test_the_buyer_is_told_of_each_page_once() -> None:
    world = given(*to_payment()).when(back.offered()).then(back.payable())
    assert world.decide(back.offered("charge-2")) == [back.payable("charge-2")]


@pytest.mark.parametrize("history", [to_paid(), to_delivered(), *say.ENDS])
def test_a_page_that_comes_too_late_is_not_told(history: tuple[Fact, ...]) -> None:
    given(*history).when(back.offered()).then_nothing()
