"""The books of money at channels and of money that goes back (C8, F6, G6)."""

from itertools import permutations
from typing import Any, Final

import pytest

from services.audit.domain import Books, Law, Seen
from shared.contracts.charges import (
    ChargePaid,
    PaymentArrivedLate,
    PaymentMismatched,
    PaymentOpened,
)
from shared.contracts.delivery import DeliveryFailed
from shared.contracts.message import Fact
from shared.contracts.refunds import (
    LineFailed,
    LineRefund,
    OrderFailed,
    OrderRefunded,
    OrderRefunding,
    RefundIssued,
    RefundRefused,
    RefundSubmitted,
)
from tests.unit.audit import story as say
from tests.unit.audit.story import ONE, PRICE, TWO, WHOSE, bought, held, judged, moved

ALL: Final = 3 * PRICE
PAY: Final[dict[str, Any]] = {**WHOSE, "payment_id": "pay-1"}
CHANNEL: Final[dict[str, Any]] = {"charge_id": "c-1", "channel": "yunfu", "currency": "CNY"}
ABOUT: Final[dict[str, Any]] = {"about": "ord-1", "account_id": "acc-1", "payment_id": "pay-1"}


def charged(amount: int = ALL) -> ChargePaid:
    return ChargePaid(**ABOUT, **CHANNEL, their_id="t-1", amount=amount, told_by="notice")


def by_channel(amount: int = ALL) -> Fact:
    """The order is paid by it."""
    postings = moved(amount, "cash:yunfu", "sales")
    words: Any = {"channel": "yunfu", "charge_id": "c-1", "postings": postings, "balance": 0}
    return say.confirmed(**words)


def late(amount: int = ALL) -> PaymentArrivedLate:
    postings = moved(amount, "cash:yunfu", "wallet:acc-1")
    words: Any = {"code": "EXPIRED", "amount": amount, "postings": postings, "balance": amount}
    return PaymentArrivedLate(**PAY, **CHANNEL, **words)


def strange() -> PaymentMismatched:
    words: Any = {**CHANNEL, "currency": "USD", "code": "OTHER_CURRENCY", "asked": ALL}
    postings = moved(5, "cash:yunfu:USD", "unclaimed:USD")
    return PaymentMismatched(**ABOUT, **words, amount=5, postings=postings, balance=0)


def refunding(
    amount: int, *lines: int, refund_id: str = "r", whole: bool = False
) -> OrderRefunding:
    shares = tuple(LineRefund(line=line, amount=amount // len(lines)) for line in lines)
    words: Any = {"refund_id": refund_id, "lines": shares, "amount": amount, "to": "wallet"}
    return OrderRefunding(**PAY, **words, whole=whole, by="delivery", reason="FAILED")


def issued(amount: int, balance: int, refund_id: str = "r", to: Any = "wallet") -> RefundIssued:
    wallet, cash = (
        moved(amount, "sales", "wallet:acc-1"),
        moved(amount, "refunding:yunfu", "cash:yunfu"),
    )
    words: Any = {"refund_id": refund_id, "amount": amount, "currency": "CNY", "to": to}
    more: Any = {"by": "delivery", "reason": "FAILED", "balance": balance}
    return RefundIssued(**PAY, **words, **more, postings=wallet if to == "wallet" else cash)


def refunded(amount: int, *lines: int, whole: bool = False) -> OrderRefunded:
    shares = tuple(LineRefund(line=line, amount=amount // len(lines)) for line in lines)
    words: Any = {"refund_id": "r", "lines": shares, "amount": amount, "to": "wallet"}
    return OrderRefunded(**WHOSE, **words, whole=whole)


def lost(number: int) -> LineFailed:
    return LineFailed(**WHOSE, line=number, code="NOTHING_HELD")


def failing(*holds: Any) -> DeliveryFailed:
    return DeliveryFailed(**WHOSE, lines=holds, code="NOTHING_HELD")


def without(history: list[Fact], *names: str) -> list[Fact]:
    return [fact for fact in history if type(fact).__name__ not in names]


COMMITTED: Final = [say.committed(ONE), say.committed(TWO)]
HELD: Final = [*held(), say.confirmed(), say.paid(), *COMMITTED]
"""Paid with the wallet, nothing delivered."""
GONE: Final = [
    *HELD, failing(ONE, TWO), lost(1), lost(2), OrderFailed(**WHOSE, code="NOTHING_HELD"),
    refunding(ALL, 1, 2, whole=True),
]  # fmt: skip
PART: Final = [
    *HELD, say.delivered(TWO, 2), failing(ONE), lost(1), refunding(PRICE, 1),
    say.order_delivered(), issued(PRICE, PRICE), refunded(PRICE, 1),
]  # fmt: skip
EXPIRED: Final = [
    *without(held(), "FundsDeposited"), say.payment_expired(), say.order_expired(ONE, TWO),
    say.released(ONE, 0, 1), say.released(TWO, 2, index=6),
]  # fmt: skip
AFTER: Final = [*bought(), refunding(PRICE, 1), issued(PRICE, PRICE), refunded(PRICE, 1)]


RIGHT: Final = {
    "whole": [*GONE, issued(ALL, ALL), refunded(ALL, 1, 2, whole=True)],
    "line": PART,
    "after": AFTER,
    "whole after": [
        *bought(), refunding(ALL, 1, 2, whole=True), issued(ALL, ALL),
        refunded(ALL, 1, 2, whole=True),
    ],
    "a part after the rest": [
        *bought(), refunding(PRICE, 1, refund_id="part"),
        refunding(2 * PRICE, 1, 2, whole=True), issued(2 * PRICE, 2 * PRICE),
        refunded(2 * PRICE, 1, 2), issued(PRICE, 3 * PRICE, refund_id="part"),
        refunded(PRICE, 1, whole=True).model_copy(update={"refund_id": "part"}),
    ],
    "late": [*EXPIRED, charged(), late()],
    "strange": [
        *EXPIRED, charged().model_copy(update={"currency": "USD", "amount": 5}), strange(),
    ],
    "channel": [
        charged(), *[by_channel() if fact == say.confirmed() else fact
                     for fact in without(bought(), "FundsDeposited")],
    ],
}  # fmt: skip


@pytest.mark.parametrize("history", RIGHT.values(), ids=RIGHT)
def test_money_that_goes_as_it_should_breaks_no_law(history: list[Fact]) -> None:
    assert judged(history) == []


@pytest.mark.parametrize("history", RIGHT.values(), ids=RIGHT)
def test_whichever_log_is_read_first_the_verdict_is_the_same(history: list[Fact]) -> None:
    """A money-back order is not settled before delivery's log was read."""
    for logs in permutations(sorted({fact.owner for fact in history})):
        read = sorted(history, key=lambda fact: logs.index(fact.owner))
        assert judged(read) == [], logs


def test_a_refund_that_its_channel_has_not_answered_is_not_stuck() -> None:
    words: Any = {"refund_id": "r", "amount": PRICE, "by": "li", "reason": "x", "their_id": "t"}
    more: Any = {"call_id": "c", "calls": 1, "postings": moved(PRICE, "sales", "refunding:yunfu")}
    sent = RefundSubmitted(**PAY, **CHANNEL, **words, **more)
    assert judged([*bought(), refunding(PRICE, 1), sent]) == []
    assert Law.REFUND_AS_ASKED in judged([*bought(), refunding(PRICE, 1)])


OPENED: Final = PaymentOpened(
    **PAY, lines=(ONE, TWO), amount=ALL, currency="CNY", channel="yunfu", on_decline="wait",
    deadline_ms=say.DEADLINE_MS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("after_ms", "laws"), [(1, []), (500_000, []), (700_000, [Law.NOTHING_STUCK])]
)
def test_an_order_whose_channel_is_waited_for_is_at_rest(after_ms: int, laws: list[Law]) -> None:
    books = Books()
    for fact in [*without(held(), "FundsDeposited"), OPENED]:
        assert books.apply(fact, Seen("log/0/0", "x", say.START_MS)) == []
    books.time_ms = say.DEADLINE_MS + after_ms
    assert [found.law for found in books.at_rest()] == laws


BOTH: Final = [
    *bought(), refunding(PRICE, 1, refund_id="part"), refunding(2 * PRICE, 1, 2, whole=True),
    issued(2 * PRICE, 2 * PRICE),
]  # fmt: skip
"""A part is still on its way when the rest is back."""
REFUSED: Final = RefundRefused(**PAY, refund_id="r", code="NOT_PAID")

BROKEN: list[tuple[Law, list[Fact]]] = [
    (Law.CHANNEL_ADDS_UP, [*EXPIRED, charged()]),
    (Law.CHANNEL_ADDS_UP, [*EXPIRED, charged(ALL - 1), late()]),
    (Law.CHANNEL_ADDS_UP, [*EXPIRED, late()]),
    (Law.REFUND_AS_ASKED, without(AFTER, "RefundIssued")),
    (Law.REFUND_AS_ASKED, [*bought(), issued(PRICE, PRICE)]),
    (Law.REFUND_AS_ASKED, [*AFTER, issued(PRICE, 2 * PRICE)]),
    (Law.REFUND_AS_ASKED, [*bought(), refunding(PRICE, 1), issued(PRICE - 1, PRICE - 1)]),
    (Law.REFUND_AS_ASKED, [*bought(), REFUSED]),
    (Law.REFUNDED_AT_REST, [*BOTH, refunded(2 * PRICE, 1, 2, whole=True)]),
    (Law.REFUNDED_AT_REST, [*GONE, issued(ALL, ALL), refunded(ALL, 1, 2)]),
    (Law.REFUNDED_AT_REST, [*AFTER[:-1], refunded(PRICE, 1, whole=True)]),
    (Law.REFUND_WITHIN_PAID, [*HELD, refunding(ALL, 1, 2), refunding(2, 1, refund_id="r-2")]),
    (Law.PAID_IS_DELIVERED, [*HELD, say.delivered(TWO, 2), failing(ONE), lost(1)]),
    (Law.NOTHING_STUCK, [*HELD, lost(1), lost(2), OrderFailed(**WHOSE, code="X")]),
    (Law.ORDER_LEGAL, [*EXPIRED, refunding(PRICE, 1)]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_money_that_is_lost_or_doubled_is_seen(law: Law, history: list[Fact]) -> None:
    assert law in judged(history)
