"""One order of two lines, from the money to the cards, as the facts of five services."""

from collections.abc import Iterable
from typing import Any, Final

from services.audit.domain import Books, Law, Seen
from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryFailed,
    DeliveryPrepared,
)
from shared.contracts.inventory import (
    Card,
    CardClaimed,
    CommitRefused,
    SoldOut,
    StockCommitted,
    StockRanLow,
    StockReceived,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.contracts.orders import (
    Hold,
    Line,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
)
from shared.contracts.payments import (
    FundsDeposited,
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
    Posting,
)

START_MS: Final = 1_000_000
DEADLINE_MS: Final = START_MS + 900_000
SKU, PRICE = "jw-100", 9_850
WHOSE: Final[dict[str, Any]] = {"order_id": "ord-1", "account_id": "acc-1"}
PAID: Final[dict[str, Any]] = {**WHOSE, "payment_id": "pay-1"}
ONE = Hold(line=1, sku=SKU, quantity=2, reservation_id="res-1")
TWO = Hold(line=2, sku=SKU, quantity=1, reservation_id="res-2")
CARDS = tuple(f"card-{n}" for n in range(4))


def card(number: int) -> Card:
    return Card(card_id=CARDS[number], sealed=f"v1.{number}")


def moved(amount: int, giver: str, taker: str) -> tuple[Posting, ...]:
    return Posting(account=giver, amount=-amount), Posting(account=taker, amount=amount)


def deposited(amount: int = 3 * PRICE, **changes: Any) -> FundsDeposited:
    said: dict[str, Any] = {
        "deposit_id": "dep-1",
        "account_id": "acc-1",
        "amount": amount,
        "currency": "CNY",
    }
    more: dict[str, Any] = {"source": "operator", "by": "li", "reason": "", "balance": amount}
    postings = moved(amount, "cash:operator", "wallet:acc-1")
    return FundsDeposited(**{**said, **more, "postings": postings, **changes})


def claimed(number: int, **changes: Any) -> CardClaimed:
    said: dict[str, Any] = {
        "card_id": CARDS[number],
        "sku": SKU,
        "sealed": f"v1.{number}",
        "import_id": "imp",
    }
    return CardClaimed(**{**said, "line": number, **changes})


def received(number: int, **changes: Any) -> StockReceived:
    said: dict[str, Any] = {**claimed(number).model_dump(), "index": number}
    return StockReceived(**{**said, **changes})


def placed(**changes: Any) -> OrderPlaced:
    lines = tuple(
        Line(
            line=hold.line, sku=SKU, product_id="jw", product_name="骏网一卡通", sku_name="100元",
            kind="card", revision=1, quantity=hold.quantity, unit_price=PRICE, base_price=PRICE,
        )
        for hold in (ONE, TWO)
    )  # fmt: skip
    said: dict[str, Any] = {
        **WHOSE,
        "key": "k",
        "body_hash": "h",
        "lines": lines,
        "total": 3 * PRICE,
    }
    more: dict[str, Any] = {
        "currency": "CNY",
        "pay_with": "wallet",
        "allow_partial": False,
        "level": "retail",
    }
    last: dict[str, Any] = {"on_decline": "wait", "received_ms": START_MS}
    return OrderPlaced(**{**said, **more, **last, **changes})


def accepted() -> OrderAccepted:
    said: dict[str, Any] = {"reserve": (ONE, TWO), "deadline_ms": DEADLINE_MS}
    return OrderAccepted(**WHOSE, **said, payment_ms=DEADLINE_MS - START_MS)


def reserved(hold: Hold, *numbers: int, **changes: Any) -> StockReserved:
    said: dict[str, Any] = {
        **WHOSE,
        "reservation_id": hold.reservation_id,
        "sku": SKU,
        "line": hold.line,
    }
    more: dict[str, Any] = {"cards": tuple(card(n) for n in numbers), "index": numbers[0]}
    return StockReserved(**{**said, **more, **changes})


def released(hold: Hold, *numbers: int, index: int = 4) -> StockReleased:
    return StockReleased(
        **WHOSE,
        reservation_id=hold.reservation_id,
        sku=SKU,
        cards=tuple(card(n) for n in numbers),
        index=index,
    )


def committed(hold: Hold, **changes: Any) -> StockCommitted:
    said: dict[str, Any] = {
        **WHOSE,
        "reservation_id": hold.reservation_id,
        "sku": SKU,
        "quantity": hold.quantity,
    }
    return StockCommitted(**{**said, **changes})


def refused(hold: Hold, available: int) -> StockRefused:
    said: dict[str, Any] = {"reservation_id": hold.reservation_id, "sku": SKU, "line": hold.line}
    return StockRefused(**WHOSE, **said, code="INSUFFICIENT_STOCK", available=available)


def commit_refused(hold: Hold) -> CommitRefused:
    held = hold.reservation_id
    return CommitRefused(**WHOSE, reservation_id=held, sku=SKU, code="RESERVATION_ENDED")


def ran_low(available: int) -> StockRanLow:
    return StockRanLow(sku=SKU, available=available, threshold=10)


def sold_out() -> SoldOut:
    return SoldOut(sku=SKU)


def requested(**changes: Any) -> PaymentRequested:
    said: dict[str, Any] = {**PAID, "lines": (ONE, TWO), "amount": 3 * PRICE, "currency": "CNY"}
    more: dict[str, Any] = {"channel": "wallet", "deadline_ms": DEADLINE_MS, "on_decline": "wait"}
    return PaymentRequested(**{**said, **more, **changes})


def confirmed(**changes: Any) -> PaymentConfirmed:
    said: dict[str, Any] = {**PAID, "request_id": "pay-1", "lines": (ONE, TWO), "amount": 3 * PRICE}
    more: dict[str, Any] = {"currency": "CNY", "channel": "wallet", "balance": 0}
    postings = moved(3 * PRICE, "wallet:acc-1", "sales")
    return PaymentConfirmed(**{**said, **more, "postings": postings, **changes})


def declined(balance: int, amount: int = 3 * PRICE) -> PaymentDeclined:
    said: dict[str, Any] = {**PAID, "request_id": "pay-1", "lines": (ONE, TWO), "amount": amount}
    more: dict[str, Any] = {"currency": "CNY", "channel": "wallet", "deadline_ms": DEADLINE_MS}
    last: dict[str, Any] = {
        "code": "INSUFFICIENT_BALANCE",
        "balance": balance,
        "on_decline": "wait",
    }
    return PaymentDeclined(**{**said, **more, **last})


def payment_expired() -> PaymentExpired:
    return PaymentExpired(**PAID)


def payment_cancelled() -> PaymentCancelled:
    return PaymentCancelled(**PAID, by="buyer")


def prepared(hold: Hold, *numbers: int) -> DeliveryPrepared:
    said: dict[str, Any] = {"line": hold.line, "reservation_id": hold.reservation_id, "sku": SKU}
    return DeliveryPrepared(**WHOSE, **said, cards=tuple(card(n) for n in numbers))


def delivered(hold: Hold, *numbers: int, **changes: Any) -> CardDelivered:
    said: dict[str, Any] = {
        **WHOSE,
        "line": hold.line,
        "reservation_id": hold.reservation_id,
        "sku": SKU,
    }
    return CardDelivered(**{**said, "card_ids": tuple(CARDS[n] for n in numbers), **changes})


def delivery_failed() -> DeliveryFailed:
    return DeliveryFailed(**WHOSE, lines=(ONE, TWO), code="ORDER_ENDED")


def revealed(*numbers: int) -> CardRevealed:
    shown = tuple(CARDS[n] for n in numbers)
    return CardRevealed(**WHOSE, line=1, request_id="r", card_ids=shown, revealed_ms=START_MS)


def paid() -> OrderPaid:
    return OrderPaid(**PAID, lines=(ONE, TWO), amount=3 * PRICE)


def order_delivered() -> OrderDelivered:
    return OrderDelivered(**WHOSE, line=2, deadline_ms=DEADLINE_MS)


def completed() -> OrderCompleted:
    return OrderCompleted(**WHOSE, by="buyer")


def cancelled(*release: Hold) -> OrderCancelled:
    return OrderCancelled(**WHOSE, by="buyer", release=release)


def order_expired(*release: Hold) -> OrderExpired:
    return OrderExpired(**WHOSE, release=release)


def rejected(*release: Hold) -> OrderRejected:
    why: dict[str, Any] = {"key": "k", "body_hash": "h", "code": "INSUFFICIENT_STOCK"}
    return OrderRejected(**WHOSE, **why, release=release)


def stocked() -> list[Fact]:
    """Four cards in the queue, and money in the wallet."""
    cards = [fact for n in range(4) for fact in (claimed(n), received(n))]
    return [deposited(), *cards]


def held() -> list[Fact]:
    """Up to the moment when the money is asked for."""
    stock = [reserved(ONE, 0, 1), prepared(ONE, 0, 1), reserved(TWO, 2), prepared(TWO, 2)]
    return [*stocked(), placed(), accepted(), *stock, requested()]


def bought() -> list[Fact]:
    """All of it."""
    given = [delivered(ONE, 0, 1), delivered(TWO, 2)]
    sold = [committed(ONE), committed(TWO)]
    return [*held(), confirmed(), *given, paid(), *sold, order_delivered(), completed()]


def judged(facts: Iterable[Fact], causes: dict[type[Fact], str] | None = None) -> list[Law]:
    """The laws that this history breaks, in the order in which that shows."""
    books, laws = Books(), list[Law]()
    for number, fact in enumerate(facts):
        cause = (causes or {}).get(type(fact), "payments.events/0/1")
        seen = Seen(f"log/0/{number}", cause, START_MS + number)
        laws += [violation.law for violation in books.apply(fact, seen)]
    return [*laws, *(violation.law for violation in books.at_rest())]
