"""The book of disputes: each ends once, with what it says, and other cards are conserved (C7)."""

from typing import Any, Final

import pytest

from services.audit.domain import Books, Law, Seen
from shared.contracts.delivery import CardRevealed
from shared.contracts.disputes import (
    BuyerAsked,
    DisputeClosed,
    DisputeDecided,
    DisputeOpened,
    ReplacementDelivered,
    ReplacementMissed,
    ReplacementReserved,
)
from shared.contracts.inventory import (
    StockCommitted,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.contracts.refunds import LineRefund, OrderRefunding
from shared.kernel.ids import replacement_id
from tests.unit.audit import story as say
from tests.unit.audit.story import WHOSE, bought, judged

CASE: Final[dict[str, Any]] = {**WHOSE, "dispute_id": "d-1", "line": 1}
HELD: Final[dict[str, Any]] = {**WHOSE, "reservation_id": replacement_id("d-1"), "sku": say.SKU}


def opened(**changes: Any) -> DisputeOpened:
    words: Any = {**CASE, "quantity": 1, "wants": "replacement", "by": "buyer", "deadline_ms": 9}
    return DisputeOpened(**{**words, "answer_ms": 1, "stock_ms": 1, **changes})


def decided(outcome: Any = "replacement") -> DisputeDecided:
    words: Any = {**CASE, "request_id": "w-1", "sku": say.SKU, "quantity": 1, "outcome": outcome}
    return DisputeDecided(**words, by="wang", reason="seen")


def closed(outcome: Any = "replaced") -> DisputeClosed:
    return DisputeClosed(**CASE, outcome=outcome, code="DECIDED")


def stock_held(number: int = 3) -> StockReserved:
    return StockReserved(**HELD, line=1, cards=(say.card(number),), index=number)


def stock_sold() -> StockCommitted:
    return StockCommitted(**HELD, quantity=1)


def told(number: int = 3) -> ReplacementReserved:
    words = {**CASE, "reservation_id": HELD["reservation_id"], "sku": say.SKU}
    return ReplacementReserved(**words, cards=(say.card(number),))


def given(number: int = 3) -> ReplacementDelivered:
    return ReplacementDelivered(**HELD, line=1, cards=(say.card(number),))


def shown(number: int = 3) -> CardRevealed:
    cards = (say.card(number).card_id,)
    return CardRevealed(**WHOSE, line=1, request_id="r", card_ids=cards, revealed_ms=1)


def back(amount: int = 5) -> OrderRefunding:
    words: Any = {**WHOSE, "payment_id": "pay-1", "refund_id": "r-1", "amount": amount}
    lines = (LineRefund(line=1, amount=amount),)
    more: Any = {"to": "wallet", "whole": False, "by": "wang", "reason": "seen"}
    return OrderRefunding(**words, **more, lines=lines, dispute_id="d-1")


def missed() -> ReplacementMissed:
    words = {**CASE, "reservation_id": HELD["reservation_id"], "sku": say.SKU}
    return ReplacementMissed(**words, code="INSUFFICIENT_STOCK")


SPARE: Final[list[Fact]] = [*bought()]
REPLACED: Final[list[Fact]] = [
    *SPARE, opened(), decided(), stock_held(), told(), stock_sold(), given(), closed(), shown(),
]  # fmt: skip
WORDS: Final = (Law.DISPUTE_ENDS_ONCE, Law.REPLACED_AS_RESERVED)


def of_disputes(history: list[Fact]) -> list[Law]:
    return [law for law in judged(history) if law in WORDS]


def without(kind: type[Fact], history: list[Fact] = REPLACED) -> list[Fact]:
    """Of the last ``kind`` there is nothing."""
    last = max(at for at, fact in enumerate(history) if isinstance(fact, kind))
    return [fact for at, fact in enumerate(history) if at != last]


def test_a_replacement_is_right() -> None:
    assert judged(REPLACED) == []


def test_in_whatever_order_the_services_are_read() -> None:
    """Inventory's and delivery's logs may be read long before or after orders'."""
    stock, orders = [stock_held(), stock_sold()], [opened(), decided(), told(), closed()]
    for rest in (
        [*stock, *orders, given()],
        [*orders, given(), *stock],
        [given(), *stock, *orders],
    ):
        assert judged([*SPARE, *rest]) == []


def test_nothing_of_a_settled_dispute_is_kept() -> None:
    books = Books()
    for fact in REPLACED:
        assert not books.apply(fact, Seen("log/0/0", "x", say.START_MS))
    found = books.disputes
    assert (found.going, found.again, found.lines) == ({}, {}, set())


def test_a_rejection_and_a_second_dispute_after_it_are_right() -> None:
    over = [opened(), decided("rejection"), closed("rejected")]
    assert of_disputes([*bought(), *over]) == []


def test_the_money_in_place_of_a_card_is_right() -> None:
    refused = StockRefused(**HELD, line=1, code="INSUFFICIENT_STOCK", available=0)
    history = [*bought(), opened(), decided(), refused, missed(), back(), closed("refunded")]
    assert of_disputes(history) == []


RELEASED: Final = StockReleased(**HELD, cards=(say.card(3),), index=4)
BY_HAND: Final = back().model_copy(update={"dispute_id": None, "by": "li"})
BROKEN: Final[list[tuple[Law, list[Fact]]]] = [
    (Law.DISPUTE_ENDS_ONCE, [*bought(), opened(), opened(dispute_id="d-2")]),
    (Law.DISPUTE_ENDS_ONCE, [*REPLACED, closed()]),
    (Law.DISPUTE_ENDS_ONCE, [*REPLACED, back()]),
    (Law.DISPUTE_ENDS_ONCE, [*bought(), opened(), decided("refund"), closed("refunded")]),
    (Law.DISPUTE_ENDS_ONCE, [*bought(), opened(), decided(), decided("rejection")]),
    (Law.DISPUTE_ENDS_ONCE, [*bought(), opened(), back()]),
    (Law.DISPUTE_ENDS_ONCE, without(DisputeClosed)),
    (Law.DISPUTE_ENDS_ONCE, [*bought(), opened(), BY_HAND]),
    (Law.DISPUTE_ENDS_ONCE, [*SPARE, opened(), decided(), stock_held(), told(), back()]),
    (Law.REPLACED_AS_RESERVED, without(ReplacementDelivered)),
    (Law.REPLACED_AS_RESERVED, without(StockCommitted)),
    (Law.REPLACED_AS_RESERVED, [*SPARE, stock_held(), stock_sold()]),
    (Law.REPLACED_AS_RESERVED, [*REPLACED[:-3], given(2), closed()]),
    (Law.REPLACED_AS_RESERVED, [*SPARE, opened(), decided(), stock_held(), told(), told()]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_a_dispute_that_breaks_a_law_is_told(law: Law, history: list[Fact]) -> None:
    assert law in judged(history)


def test_a_card_given_in_place_of_another_is_nobody_else_s() -> None:
    assert Law.DELIVERED_ONCE in judged([*REPLACED, given()]) or of_disputes([*REPLACED, given()])
    theirs: Any = {**HELD, "order_id": "ord-2"}
    other = ReplacementDelivered(**theirs, line=1, cards=(say.card(3),))
    assert Law.DELIVERED_ONCE in judged([*REPLACED, other])
    assert Law.REVEALED_TO_OWNER in judged([*bought(), shown()])


def test_a_dispute_that_nobody_answers_in_time_is_stuck() -> None:
    question: Any = {**CASE, "request_id": "w-1", "sealed_text": "b1.?", "by": "li"}
    asked = BuyerAsked(**question, deadline_ms=say.DEADLINE_MS)
    later = [*SPARE, opened(deadline_ms=say.DEADLINE_MS)]
    assert Law.NOTHING_STUCK in judged([*SPARE, opened()])
    assert Law.NOTHING_STUCK not in judged(later)
    assert Law.NOTHING_STUCK not in judged([*SPARE, opened(), asked])
    assert Law.DISPUTE_ENDS_ONCE in judged([*SPARE, asked])
