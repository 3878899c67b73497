"""A delivered line is disputed: it ends with exactly one of replacement, refund, rejection (C7)."""

from typing import Any

import pytest

from services.orders import process
from services.orders.domain.refunding import of_dispute
from services.orders.domain.state import Ended
from shared.contracts.message import Fact
from tests.unit.orders import back
from tests.unit.orders import disputes as say
from tests.unit.orders.examples import (
    COMPLETE_DEADLINE_MS,
    COMPLETED,
    LIMITS,
    ORDER,
    REJECTED,
    confirm,
    given,
    line_delivered,
    to_delivered,
    to_paid,
    to_payment,
)
from tests.unit.orders.examples import completed as done
from tests.unit.orders.examples import elapsed as order_elapsed

OPEN: tuple[Fact, ...] = (*to_delivered(), say.opened())
PRICE = back.price(1)
# --- opened

IN_TIME: list[tuple[Fact, ...]] = [
    to_delivered(), COMPLETED, (*to_paid(2), line_delivered(1)),
]  # fmt: skip


@pytest.mark.parametrize("history", IN_TIME)
def test_a_line_that_the_buyer_has_is_disputed(history: tuple[Fact, ...]) -> None:
    given(*history).when(say.opening()).then(say.opened())


@pytest.mark.parametrize("history", [to_paid(), to_payment(), (*to_paid(2), line_delivered(2))])
def test_a_line_that_nobody_has_is_not(history: tuple[Fact, ...]) -> None:
    given(*history).when(say.opening()).then(say.refused("NOT_DELIVERED"))


def test_nobody_disputes_what_is_not_theirs() -> None:
    given(*to_delivered()).when(say.opening(account_id="acc-2")).then(
        say.refused("UNKNOWN_ORDER", account_id="acc-2")
    )
    given().when(say.opening()).then(say.refused("UNKNOWN_ORDER"))
    given(*OPEN).when(say.adding(account_id="acc-2")).then(
        say.refused("UNKNOWN_DISPUTE", "more-1", account_id="acc-2")
    )


def test_the_window_is_held_against_the_time_at_our_door() -> None:
    late = say.opening(received_ms=say.PAST_MS)
    for history in (to_delivered(), COMPLETED):
        given(*history).when(late).then(say.refused("WINDOW_CLOSED"))
        given(*history).when(say.opening(received_ms=say.PAST_MS - 1)).then(say.opened())


@pytest.mark.parametrize("quantity", [-1, 0, 2])
def test_no_more_units_are_wrong_than_were_bought(quantity: int) -> None:
    given(*to_delivered()).when(say.opening(quantity=quantity)).then(say.refused("BAD_QUANTITY"))


def test_one_dispute_a_line_at_a_time_and_none_after_it_was_decided() -> None:
    again = say.opening(request_id="dispute-2")
    refused = say.refused("ALREADY_DISPUTED", "dispute-2")
    given(*OPEN).when(again).then(refused)
    for outcome in ("refunded", "rejected"):
        given(*OPEN, say.closed(outcome)).when(again).then(refused)
    given(*OPEN, say.closed("replaced")).when(again).then(say.opened(dispute_id="dispute-2"))


def test_what_has_gone_back_is_not_disputed() -> None:
    history = (*to_delivered(2), back.refunding(1))
    given(*history).when(say.opening()).then(say.refused("NOTHING_LEFT"))


def test_a_disputed_order_does_not_complete_by_itself_and_then_does() -> None:
    world = given(*OPEN).when(order_elapsed(say.PAST_MS)).then_nothing()
    state = world.states[f"order/{ORDER}"]
    assert process.due(f"order/{ORDER}", state) is None
    world.fold(say.closed("rejected"))
    assert process.due(f"order/{ORDER}", world.states[f"order/{ORDER}"]) == COMPLETE_DEADLINE_MS
    assert world.decide(order_elapsed(say.PAST_MS)) == [done("deadline")]


# --- decided


def test_a_rejection_ends_it() -> None:
    given(*OPEN).when(say.deciding("rejection")).then(
        say.decided("rejection"), say.closed("rejected")
    )


def test_a_replacement_is_reserved_sold_delivered_and_then_it_is_over() -> None:
    world = given(*OPEN).when(say.deciding("replacement")).then(say.decided("replacement"))
    assert _asks(say.decided("replacement")) == ["ReserveStock"]
    world.fold(*(facts := world.decide(say.stock())))
    assert facts == [say.reserved()]
    assert _asks(say.reserved()) == ["CommitStock", "DeliverReplacement"]
    assert world.decide(say.stock()) == []
    world.fold(*(facts := world.decide(say.sent())))
    assert facts == [say.closed("replaced")]
    for command in (say.sent(), say.stock(), say.deciding("replacement"), say.opening()):
        assert world.decide(command) == []


def test_where_no_card_is_left_the_money_goes_back() -> None:
    history = (*OPEN, say.decided("replacement"))
    for word, code, asks in (
        (say.no_stock(), "INSUFFICIENT_STOCK", []),
        (say.stock(()), "NO_CARDS", ["ReleaseStock"]),
        (say.elapsed(say.STOCK_MS), "NO_ANSWER", ["ReleaseStock"]),
    ):
        given(*history).when(word).then(
            say.missed(code), say.repaying(PRICE, whole=True, by="inventory", reason=code)
        )
        assert _asks(say.missed(code)) == asks


def test_a_card_that_comes_too_late_is_nobodys() -> None:
    history = (*OPEN, say.decided("replacement"), say.missed("NO_ANSWER"))
    given(*history).when(say.stock()).then_nothing()


def test_a_refund_ends_it_with_the_money() -> None:
    world = (
        given(*OPEN)
        .when(say.deciding("refund"))
        .then(say.decided("refund"), say.repaying(PRICE, whole=True))
    )
    world.fold(*(facts := world.decide(back.issued(of_dispute(say.CASE)))))
    assert facts == [say.repaid(PRICE, whole=True), say.closed("refunded")]
    assert world.states[f"order/{ORDER}"] == Ended(completed=False)
    for command in (back.issued(of_dispute(say.CASE)), say.deciding("refund"), say.opening()):
        assert world.decide(command) == []


def test_part_of_the_price_goes_back_and_the_order_goes_on() -> None:
    world = (
        given(*OPEN)
        .when(say.deciding("refund", amount=100, to="source"))
        .then(say.decided("refund"), say.repaying(100, to="source"))
    )
    world.fold(*world.decide(back.issued(of_dispute(say.CASE))))
    assert world.decide(confirm()) == [done()]


@pytest.mark.parametrize(
    ("amount", "code"), [(0, "BAD_AMOUNT"), (-5, "BAD_AMOUNT"), (PRICE + 1, "MORE_THAN_PAID")]
)
def test_never_more_than_was_paid_and_never_less_than_something(amount: int, code: str) -> None:
    given(*OPEN).when(say.deciding("refund", amount=amount)).then(say.refused(code, "word-1"))


@pytest.mark.parametrize("words", [{"by": " "}, {"reason": ""}])
def test_who_decides_says_who_they_are_and_why(words: dict[str, Any]) -> None:
    given(*OPEN).when(say.deciding("rejection", **words)).then(
        say.refused("REASON_REQUIRED", "word-1")
    )


def test_of_two_who_decide_the_first_counts() -> None:
    second = say.deciding("rejection", request_id="word-2")
    given(*OPEN, say.decided("replacement")).when(second).then(say.refused("NOT_OPEN", "word-2"))


def test_support_does_not_give_back_what_is_under_dispute() -> None:
    """A replacement and the money too: the line would end twice."""
    given(*OPEN).when(back.refund(1)).then(back.denied("LINE_DISPUTED"))
    given(*to_delivered(2), say.opened(2)).when(back.refund()).then(back.denied("LINE_DISPUTED"))


# --- silent


def test_a_silent_shop_has_decided_for_the_buyer() -> None:
    deadline: Any = {"request_id": say.CASE, "by": "deadline", "reason": "nobody decided in time"}
    late = say.ANSWER_MS + LIMITS.stock_answer_ms
    given(*OPEN).when(say.elapsed(say.ANSWER_MS)).then(
        say.decided("replacement", **deadline, deadline_ms=late)
    )
    history = (*to_delivered(), say.opened(wants="refund"))
    why: Any = {"by": "deadline", "reason": "nobody decided in time"}
    given(*history).when(say.elapsed(say.ANSWER_MS)).then(
        say.decided("refund", **deadline), say.repaying(PRICE, whole=True, **why)
    )
    given(*OPEN).when(say.elapsed(say.ANSWER_MS - 1)).then_nothing()


def test_a_silent_buyer_has_given_it_up() -> None:
    world = given(*OPEN).when(say.asking()).then(say.asked())
    world.fold(*(facts := world.decide(say.elapsed(say.ANSWER_MS))))
    assert facts == [say.closed("rejected", code="BUYER_SILENT")]
    assert world.decide(say.adding()) == [say.refused("NOT_OPEN", "more-1")]


def test_a_buyer_who_answers_gives_the_word_back() -> None:
    given(*OPEN, say.asked()).when(say.adding()).then(say.added())
    given(*OPEN, say.asked()).when(say.asking("ask-2")).then(say.refused("NOT_OPEN", "ask-2"))
    given(*OPEN).when(say.adding()).then(say.added())


# --- recalled


def test_f2_who_has_a_recalled_card_is_offered_another_one() -> None:
    world = given(*COMPLETED).when(say.recall()).then(say.offered())
    choice = say.choosing("replacement", say.offer_id())
    words: Any = {"dispute_id": say.offer_id(), "by": "buyer", "reason": "chosen"}
    world.fold(*(facts := world.decide(choice)))
    assert facts == [say.decided("replacement", **words)]
    assert world.decide(say.recall()) == []


def test_f2_two_bad_cards_of_a_line_are_two_others() -> None:
    history = (*to_delivered(), say.offered("c"))
    world = given(*history).when(say.recall("d")).then(say.card_added("d", say.offer_id("c")))
    (fact,) = world.decide(say.choosing("replacement", say.offer_id("c")))
    assert fact.quantity == 2  # type: ignore[attr-defined]  # DisputeDecided has one
    assert world.decide(say.recall("c")) == world.decide(say.recall("d")) == []


def test_f2_nothing_is_offered_for_what_has_gone_back() -> None:
    given(*to_delivered(2), back.refunding(1)).when(say.recall()).then_nothing()
    given(*REJECTED).when(say.recall()).then_nothing()


def test_f2_what_is_not_delivered_yet_is_offered_and_cannot_be_taken_before_it_is() -> None:
    world = given(*to_payment()).when(say.recall()).then(say.offered())
    choice = say.choosing("replacement", say.offer_id())
    assert world.decide(choice) == [say.refused("NOTHING_LEFT", "word-1")]


def test_f2_an_offer_lapses_and_the_buyer_may_still_complain() -> None:
    history = (*to_delivered(), say.offered())
    world = (
        given(*history)
        .when(say.elapsed(say.OFFER_MS))
        .then(say.closed("rejected", code="OFFER_LAPSED", dispute_id=say.offer_id()))
    )
    assert world.decide(say.opening()) == [say.opened()]


def test_f2_a_recall_while_the_buyer_complains_is_told_to_whoever_decides() -> None:
    given(*OPEN).when(say.recall("d")).then(say.card_added("d"))


def _asks(fact: Fact) -> list[str]:
    return [type(send.message).__name__ for send in process.follows(fact)]
