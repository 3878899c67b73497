"""Lines that fail, money that goes back, pages to pay on: more words of the orders tests."""

from typing import Any, Final

from services.orders.domain import Heard
from shared.contracts.charges import OrderPayable, PaymentOffered
from shared.contracts.delivery import DeliveryFailed
from shared.contracts.refunds import (
    LineFailed,
    LineRefund,
    OrderFailed,
    OrderRefunded,
    OrderRefunding,
    RefundDenied,
    RefundIssued,
    RefundOrder,
)
from shared.kernel import ids

from .examples import ORDER, PAYMENT, PRICES, SKUS, WHOSE, heard, hold

CODE: Final = "SUPPLIERS_REFUSED"


def price(number: int) -> int:
    return PRICES[SKUS[number - 1]]


def failing(*numbers: int) -> Heard:
    """Delivery says so."""
    return heard(DeliveryFailed(**WHOSE, lines=tuple(map(hold, numbers)), code=CODE))


def line_failed(number: int = 1) -> LineFailed:
    return LineFailed(**WHOSE, line=number, code=CODE)


def order_failed() -> OrderFailed:
    return OrderFailed(**WHOSE, code=CODE)


def refund_id(*numbers: int) -> str:
    return ids.derive("refund", ORDER, *map(str, numbers))


def refunding(*numbers: int, whole: bool = False, **changes: Any) -> OrderRefunding:
    lines = tuple(LineRefund(line=number, amount=price(number)) for number in numbers)
    words: Any = {**WHOSE, "payment_id": PAYMENT, "refund_id": refund_id(*numbers), "lines": lines}
    more: Any = {"amount": sum(map(price, numbers)), "to": "wallet", "whole": whole}
    return OrderRefunding(**{**words, **more, "by": "delivery", "reason": CODE, **changes})


def refunded(*numbers: int, whole: bool = False, **changes: Any) -> OrderRefunded:
    lines = tuple(LineRefund(line=number, amount=price(number)) for number in numbers)
    words: Any = {**WHOSE, "refund_id": refund_id(*numbers), "lines": lines, "to": "wallet"}
    more: Any = {"amount": sum(map(price, numbers)), "whole": whole}
    return OrderRefunded(**{**words, **more, **changes})


def issued(refund: str, amount: int = 0, to: Any = "wallet") -> Heard:
    words: Any = {**WHOSE, "payment_id": PAYMENT, "refund_id": refund, "currency": "CNY"}
    more: Any = {"by": "delivery", "reason": CODE, "postings": (), "balance": 0}
    return heard(RefundIssued(**words, **more, amount=amount, to=to))


def refund(*numbers: int, request_id: str = "req-9", **changes: Any) -> RefundOrder:
    """A person gives these lines back."""
    words: Any = {**WHOSE, "request_id": request_id, "lines": numbers}
    return RefundOrder(**{**words, "by": "wang", "reason": "wrong card", **changes})


def by_hand(amount: int, *parts: tuple[int, int], whole: bool = False, **changes: Any) -> Any:
    """What a person's refund leads to; ``parts``: line and amount of each."""
    lines = tuple(LineRefund(line=line, amount=share) for line, share in parts)
    words: Any = {"refund_id": "req-9", "lines": lines, "by": "wang", "reason": "wrong card"}
    return refunding(amount=amount, whole=whole, **{**words, **changes})


def denied(code: Any) -> RefundDenied:
    return RefundDenied(**WHOSE, request_id="req-9", code=code)


def offered(charge_id: str = "charge-1") -> Heard:
    page: Any = {"payment_id": PAYMENT, "charge_id": charge_id, "channel": "yunfu"}
    return heard(PaymentOffered(**WHOSE, **page, pay_url=f"http://pay/{charge_id}"))


def payable(charge_id: str = "charge-1") -> OrderPayable:
    page: Any = {"payment_id": PAYMENT, "charge_id": charge_id, "channel": "yunfu"}
    return OrderPayable(**WHOSE, **page, pay_url=f"http://pay/{charge_id}")
