"""One buyer, one shelf, one order: the words that the orders tests are written in."""

from typing import Any, Final

from services.orders import domain
from services.orders.domain import Heard, Limits, Offered, Place
from shared.contracts.catalog import Offer, Tier
from shared.contracts.delivery import CardDelivered
from shared.contracts.inventory import Card, StockRefused, StockReserved
from shared.contracts.message import Fact
from shared.contracts.orders import (
    CancellationRequested,
    CancelOrder,
    ConfirmOrder,
    ConfirmRefused,
    Hold,
    Line,
    LineDelivered,
    LineError,
    LineRefused,
    LineReserved,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDeclined,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
    PlaceOrder,
    WantedLine,
)
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
)
from shared.contracts.risk import OrderBlocked, OrderCleared
from shared.kernel import ids
from shared.kernel.decider import Elapsed
from shared.testing.scenario import Given
from shared.testing.scenario import given as given_by

ACCOUNT: Final = "acc-1"
ORDER: Final = ids.order_id(ACCOUNT, "key-1")
PAYMENT: Final = ids.payment_id(ORDER)
WHOSE: Final[Any] = {"order_id": ORDER, "account_id": ACCOUNT}
ASKED_BY: Final[Any] = {"key": "key-1", "body_hash": "hash-1"}
LIMITS: Final = Limits(lines_max=4, stock_answer_ms=1_000, payment_ms=5_000, complete_ms=9_000)
NOW_MS: Final = 100_000
STOCK_DEADLINE_MS: Final = NOW_MS + LIMITS.stock_answer_ms
PAYMENT_DEADLINE_MS: Final = NOW_MS + LIMITS.payment_ms
COMPLETE_DEADLINE_MS: Final = NOW_MS + LIMITS.complete_ms
PRICES: Final = {"jw-10": 985, "jw-50": 4_925, "jw-100": 9_850}
SKUS: Final = tuple(PRICES)


def offer(sku: str = "jw-10", **changes: Any) -> Offer:
    price = PRICES[sku]
    words: Any = {"sku": sku, "name": sku, "face_value": price, "price": price, "quantity_max": 200}
    prices: Any = {"member_price": price - 5, "tiers": (Tier(quantity_min=100, price=price - 10),)}
    return Offer(**{**words, **prices, **changes})


def offered(one: Offer | None = None, **changes: Any) -> Offered:
    product: Any = {"product_id": "jw", "product_name": "骏网一卡通", "kind": "card"}
    words: Any = {**product, "currency": "CNY", "revision": 3, "offer": one or offer()}
    return Offered(**{**words, **changes})


SHELF: Final = {sku: offered(offer(sku)) for sku in SKUS}


def want(sku: str = "jw-10", quantity: int = 1, **changes: Any) -> WantedLine:
    words: Any = {"sku": sku, "product_id": "jw", "quantity": quantity}
    return WantedLine(**{**words, "unit_price": PRICES.get(sku, 1), **changes})


def wanted(*lines: WantedLine, **changes: Any) -> PlaceOrder:
    words: Any = {**WHOSE, **ASKED_BY, "lines": lines or (want(),), "currency": "CNY"}
    return PlaceOrder(**{**words, "pay_with": "wallet", "received_ms": NOW_MS, **changes})


def place(*lines: WantedLine, shelf: Any = None, **changes: Any) -> Place:
    return Place(wanted(*lines, **changes), SHELF if shelf is None else shelf, LIMITS)


def line(number: int = 1, sku: str = "jw-10", quantity: int = 1, **changes: Any) -> Line:
    price = PRICES[sku]
    words: Any = {"line": number, "sku": sku, "quantity": quantity, "unit_price": price}
    product: Any = {"product_id": "jw", "product_name": "骏网一卡通", "kind": "card", "revision": 3}
    return Line(**{**words, **product, "sku_name": sku, "base_price": price, **changes})


def placed(count: int = 1, /, **changes: Any) -> OrderPlaced:
    """``count``: of lines, each of another SKU."""
    asked = tuple(line(number, SKUS[number - 1]) for number in range(1, count + 1))
    total = sum(each.unit_price for each in asked)
    words: Any = {**WHOSE, **ASKED_BY, "lines": asked, "total": total, "currency": "CNY"}
    terms: Any = {"pay_with": "wallet", "allow_partial": False, "on_decline": "wait"}
    return OrderPlaced(**{**words, **terms, "level": "retail", "received_ms": NOW_MS, **changes})


def rejected(code: str, *errors: LineError, **changes: Any) -> OrderRejected:
    return OrderRejected(**{**WHOSE, **ASKED_BY, "code": code, "errors": errors, **changes})


def refuses(asked: Place, code: str, *errors: LineError) -> None:
    """Our check refuses the order, and says what was asked for."""
    given().when(asked).then(rejected(code, *errors, wanted=asked.wanted.lines[: LIMITS.lines_max]))


def hold(number: int = 1) -> Hold:
    reservation = ids.reservation_id(ORDER, number)
    return Hold(line=number, sku=SKUS[(number - 1) % 3], quantity=1, reservation_id=reservation)


def holds(*numbers: int) -> tuple[Hold, ...]:
    return tuple(hold(number) for number in numbers)


def accepted(lines: int = 1) -> OrderAccepted:
    return OrderAccepted(
        **WHOSE,
        reserve=holds(*range(1, lines + 1)),
        deadline_ms=STOCK_DEADLINE_MS,
        payment_ms=LIMITS.payment_ms,
    )


def line_reserved(number: int) -> LineReserved:
    return LineReserved(**WHOSE, line=number)


def line_refused(number: int, available: int = 0) -> LineRefused:
    return LineRefused(**WHOSE, line=number, code="INSUFFICIENT_STOCK", available=available)


def short(number: int, available: int | None = 0) -> LineError:
    return LineError(line=number, code="INSUFFICIENT_STOCK", limit=available)


def requested(*numbers: int, **changes: Any) -> PaymentRequested:
    """``numbers``: the lines to be paid."""
    lines = holds(*(numbers or (1,)))
    words: Any = {**WHOSE, "payment_id": PAYMENT, "lines": lines, "currency": "CNY"}
    amount = sum(PRICES[each.sku] for each in lines)
    terms: Any = {"amount": amount, "channel": "wallet", "on_decline": "wait"}
    return PaymentRequested(**{**words, **terms, "deadline_ms": PAYMENT_DEADLINE_MS, **changes})


def declined(request_id: str = PAYMENT, missing: int = 900) -> OrderDeclined:
    words: Any = {**WHOSE, "payment_id": PAYMENT, "request_id": request_id}
    return OrderDeclined(**words, code="INSUFFICIENT_BALANCE", missing=missing)


def cancellation(request_id: str = "req-1") -> CancellationRequested:
    return CancellationRequested(**WHOSE, payment_id=PAYMENT, request_id=request_id)


def paid(*numbers: int) -> OrderPaid:
    lines = holds(*(numbers or (1,)))
    amount = sum(PRICES[each.sku] for each in lines)
    return OrderPaid(**WHOSE, payment_id=PAYMENT, lines=lines, amount=amount)


def line_delivered(number: int = 1) -> LineDelivered:
    return LineDelivered(**WHOSE, line=number)


def delivered(number: int = 1) -> OrderDelivered:
    return OrderDelivered(**WHOSE, line=number, deadline_ms=COMPLETE_DEADLINE_MS)


def completed(by: Any = "buyer") -> OrderCompleted:
    return OrderCompleted(**WHOSE, by=by)


def confirm_refused(code: Any = "NOT_DELIVERED", **changes: Any) -> ConfirmRefused:
    return ConfirmRefused(**{**WHOSE, "request_id": "req-1", "code": code, **changes})


def cancelled(*release: int, by: Any = "buyer") -> OrderCancelled:
    return OrderCancelled(**WHOSE, by=by, release=holds(*release))


def expired(*release: int) -> OrderExpired:
    return OrderExpired(**WHOSE, release=holds(*release))


# --- what others say, and what the buyer and the clock ask


def heard(word: Any, now_ms: int = NOW_MS) -> Heard:
    return Heard(word, now_ms, LIMITS)


def cleared() -> Heard:
    return heard(OrderCleared(**WHOSE, ruleset="1", received_ms=NOW_MS, amount=985))


def blocked(*rules: str) -> Heard:
    words: Any = {**WHOSE, "ruleset": "1", "rules": rules, "received_ms": NOW_MS, "amount": 985}
    return heard(OrderBlocked(**words))


def reserved(number: int = 1) -> Heard:
    asked = hold(number)
    words: Any = {**WHOSE, "reservation_id": asked.reservation_id, "sku": asked.sku, "line": number}
    return heard(StockReserved(**words, cards=(Card(card_id="c", sealed="v1.x"),), index=0))


def refused(number: int = 1, available: int = 0, code: Any = "INSUFFICIENT_STOCK") -> Heard:
    asked = hold(number)
    words: Any = {**WHOSE, "reservation_id": asked.reservation_id, "sku": asked.sku, "line": number}
    return heard(StockRefused(**words, code=code, available=available))


def payment_declined(request_id: str = PAYMENT, balance: int = 85) -> Heard:
    asked = requested()
    words: Any = {**WHOSE, "payment_id": PAYMENT, "request_id": request_id, "lines": asked.lines}
    terms: Any = {
        "amount": asked.amount,
        "balance": balance,
        "currency": "CNY",
        "channel": "wallet",
    }
    return heard(
        PaymentDeclined(
            **words,
            **terms,
            code="INSUFFICIENT_BALANCE",
            deadline_ms=asked.deadline_ms,
            on_decline="wait",
        )
    )


def payment_confirmed(*numbers: int) -> Heard:
    asked = requested(*numbers)
    words: Any = {**WHOSE, "payment_id": PAYMENT, "request_id": PAYMENT, "lines": asked.lines}
    terms: Any = {"amount": asked.amount, "currency": "CNY", "channel": "wallet"}
    return heard(PaymentConfirmed(**words, **terms, postings=(), balance=0))


def payment_expired() -> Heard:
    return heard(PaymentExpired(**WHOSE, payment_id=PAYMENT))


def payment_cancelled(by: Any = "buyer") -> Heard:
    return heard(PaymentCancelled(**WHOSE, payment_id=PAYMENT, by=by))


def card_delivered(number: int = 1) -> Heard:
    asked = hold(number)
    words: Any = {**WHOSE, "reservation_id": asked.reservation_id, "sku": asked.sku, "line": number}
    return heard(CardDelivered(**words, card_ids=("c",)))


def cancel(**changes: Any) -> CancelOrder:
    return CancelOrder(**{**WHOSE, "request_id": "req-1", **changes})


def confirm(**changes: Any) -> ConfirmOrder:
    return ConfirmOrder(**{**WHOSE, "request_id": "req-1", **changes})


def elapsed(now_ms: int) -> Elapsed:
    return Elapsed(f"order/{ORDER}", now_ms)


def given(*facts: Fact) -> Given:
    return given_by(domain, *facts)


def to_payment(lines: int = 1, **changes: Any) -> tuple[Fact, ...]:
    """The history of an order that holds all its stock and waits for its money."""
    asked = requested(*range(1, lines + 1))
    return (placed(lines, **changes), accepted(lines), asked)


def to_paid(lines: int = 1) -> tuple[Fact, ...]:
    """The history of an order that waits for its cards."""
    return (*to_payment(lines), paid(*range(1, lines + 1)))


def to_delivered(lines: int = 1) -> tuple[Fact, ...]:
    """The history of an order that its buyer may confirm."""
    before = [line_delivered(number) for number in range(1, lines)]
    return (*to_paid(lines), *before, delivered(lines))


REJECTED: Final = (rejected("OFF_SHELF"),)
CANCELLED: Final = (placed(), cancelled())
EXPIRED: Final = (*to_payment(), expired(1))
COMPLETED: Final = (*to_delivered(), completed())
ENDS: Final = (REJECTED, CANCELLED, EXPIRED, COMPLETED)
