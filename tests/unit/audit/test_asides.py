"""The book of asides: a quote ends once, a line has one review, who waits is told once.

(E4, A7, A10)
"""

from typing import Any, Final

import pytest

from services.audit.domain import Law
from shared.contracts.bespoke import QuoteExpired, QuoteGiven, QuoteRequested, RequestClosed
from shared.contracts.message import Fact
from shared.contracts.orders import Line, OrderPlaced
from shared.contracts.reviews import LineReviewed
from shared.contracts.waitlist import WaitersTold, WaitlistJoined, WaitlistLeft
from tests.unit.audit import story as say
from tests.unit.audit.story import PRICE, SKU, START_MS, bought, judged

OF: Final[dict[str, Any]] = {"custom_id": "c-1", "account_id": "acc-1"}
WORD: Final[dict[str, Any]] = {**OF, "request_id": "w-1", "by": "li"}
LISTED: Final[dict[str, Any]] = {"sku": SKU, "account_id": "acc-1"}
WISHED = QuoteRequested(**OF, quantity=1, currency="CNY", sealed_text="b1.x")
QUOTED = QuoteGiven(
    **WORD, name="n", quantity=1, unit_price=PRICE, currency="CNY", until_ms=START_MS + 50
)
CLOSED = RequestClosed(**WORD, code="DECLINED", reason="no")
EXPIRED = QuoteExpired(**OF)


def accepted(order_id: str = "ord-9", **changes: Any) -> OrderPlaced:
    line = Line(
        line=1, sku="custom-c-1", product_id="custom-c-1", product_name="n", sku_name="n",
        kind="card", revision=0, quantity=1, unit_price=PRICE, base_price=PRICE,
    )  # fmt: skip
    said: dict[str, Any] = {"order_id": order_id, "quote": "c-1", "lines": (line,), "total": PRICE}
    return say.placed(**{**said, **changes})


def reviewed(line: int = 1) -> LineReviewed:
    words: Any = {**say.WHOSE, "request_id": f"r-{line}", "review_id": "v", "line": line}
    return LineReviewed(**words, sku=SKU, product_id="jw", rating=5, sealed_text="b1.x")


def joins(name: str) -> WaitlistJoined:
    return WaitlistJoined(**LISTED, product_id="jw", subscription_id=name)


def told(*names: str) -> WaitersTold:
    return WaitersTold(sku=SKU, restock_id="card-1", subscriptions=names)


LEFT = WaitlistLeft(**LISTED, subscription_id="s-1", request_id="w-2")
LAPSED = say.cancelled().model_copy(update={"order_id": "ord-9"})
OPEN: Final[list[Fact]] = [WISHED, QUOTED]
TAKEN: Final[list[Fact]] = [*OPEN, accepted()]
BROKEN: Final[list[tuple[Law, list[Fact]]]] = [
    (Law.QUOTE_ENDS_ONCE, [WISHED, WISHED]),
    (Law.QUOTE_ENDS_ONCE, [*TAKEN, accepted("ord-8")]),
    (Law.QUOTE_ENDS_ONCE, [WISHED, accepted()]),
    (Law.QUOTE_ENDS_ONCE, [*TAKEN, CLOSED]),
    (Law.QUOTE_ENDS_ONCE, [*TAKEN, EXPIRED]),
    (Law.QUOTE_ENDS_ONCE, [*TAKEN, QUOTED]),
    (Law.QUOTE_ENDS_ONCE, [*OPEN, EXPIRED, CLOSED]),
    (Law.QUOTE_ENDS_ONCE, [*OPEN, EXPIRED, accepted()]),
    (Law.QUOTE_ENDS_ONCE, [WISHED, EXPIRED]),
    (Law.CHARGED_AS_OFFERED, [*OPEN, accepted(received_ms=START_MS + 51)]),
    (Law.CHARGED_AS_OFFERED, [WISHED, QUOTED.model_copy(update={"unit_price": 1}), accepted()]),
    (Law.REVIEWED_ONCE, [*bought(), reviewed(), reviewed()]),
    (Law.REVIEWED_ONCE, [*bought()[:-1], reviewed()]),
    (Law.TOLD_ONCE, [joins("s-1"), told("s-1"), told("s-1")]),
    (Law.TOLD_ONCE, [joins("s-1"), joins("s-2"), told("s-2")]),
    (Law.TOLD_ONCE, [joins("s-1"), joins("s-1")]),
    (Law.TOLD_ONCE, [joins("s-1"), LEFT, LEFT]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_what_is_said_twice_or_of_nothing_is_told(law: Law, history: list[Fact]) -> None:
    assert law in judged(history)


def test_requests_reviews_and_lists_as_they_should_be_break_no_law() -> None:
    waits = [joins("s-1"), joins("s-2"), joins("s-3"), told("s-1", "s-2"), told("s-3")]
    mine = {Law.QUOTE_ENDS_ONCE, Law.REVIEWED_ONCE, Law.TOLD_ONCE, Law.CHARGED_AS_OFFERED}
    again = [*TAKEN, LAPSED, accepted("ord-8")]
    for history in ([*bought(), reviewed(), reviewed(2)], waits, again, [*TAKEN, LAPSED, EXPIRED]):
        assert not mine & set(judged(history))
