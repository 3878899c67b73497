"""A page to pay on, money that goes back, and the statement that tells of both."""

from typing import Any

import pytest

from services.gateway.api.order_json import order_json
from services.gateway.projections import wallet
from shared.contracts.charges import OrderPayable, PaymentArrivedLate, PaymentMismatched
from shared.contracts.refunds import (
    LineFailed,
    LineRefund,
    OrderFailed,
    OrderRefunded,
    OrderRefunding,
    RefundIssued,
)
from tests.unit.gateway.test_order_view import (
    ABOUT,
    DECLINED,
    DELIVERED,
    LINE_DELIVERED,
    PAID,
    PLACED,
    REQUESTED,
    seen,
)

BOTH = REQUESTED.model_copy(update={"dropped": ()})
PAGE = OrderPayable(
    **ABOUT, payment_id="pay-1", charge_id="c-1", channel="yunfu", pay_url="http://pay/1"
)


def refunding(*lines: int, amount: int = 9_600, whole: bool = False) -> OrderRefunding:
    parts = tuple(LineRefund(line=line, amount=amount) for line in lines)
    words: Any = {"payment_id": "pay-1", "refund_id": "r", "to": "wallet", "by": "delivery"}
    total = amount * len(lines)
    return OrderRefunding(**ABOUT, **words, lines=parts, amount=total, whole=whole, reason="X")


def refunded(*lines: int, amount: int = 9_600, whole: bool = False) -> OrderRefunded:
    parts = tuple(LineRefund(line=line, amount=amount) for line in lines)
    words: Any = {"refund_id": "r", "lines": parts, "amount": amount * len(lines)}
    return OrderRefunded(**ABOUT, **words, to="wallet", whole=whole)


def failed(line: int) -> LineFailed:
    return LineFailed(**ABOUT, line=line, code="NO_SUPPLIER")


def shown(*facts: Any) -> dict[str, Any]:
    return order_json(seen(*facts), "zh")


def test_an_order_at_a_channel_rests_with_the_page_where_it_can_be_paid() -> None:
    doc = seen(PLACED, REQUESTED, PAGE)
    assert doc.at_rest
    found = order_json(doc, "zh")
    assert (found["state"], found["label"]) == ("awaiting_payment", "待支付")
    assert found["pay_url"] == "http://pay/1"
    assert "pay_url" not in shown(PLACED, REQUESTED, PAGE, PAID)


def test_a_page_that_cannot_be_paid_on_any_more_is_not_shown() -> None:
    assert "pay_url" in shown(PLACED, REQUESTED, PAGE, DECLINED)
    wrong = DECLINED.model_copy(update={"code": "WRONG_AMOUNT", "missing": 0})
    assert "pay_url" not in shown(PLACED, REQUESTED, PAGE, wrong)


def test_what_cannot_be_delivered_is_failed_then_refunding_then_refunded() -> None:
    history: list[Any] = [PLACED, BOTH, PAID, failed(1), failed(2)]
    states = []
    for fact in (OrderFailed(**ABOUT, code="NO_SUPPLIER"), refunding(1, 2, whole=True),
                 refunded(1, 2, whole=True)):  # fmt: skip
        history.append(fact)
        found = shown(*history)
        states.append((found["state"], found["label"]))
    assert states == [("failed", "失败"), ("refunding", "退款中"), ("refunded", "已退款")]
    assert shown(*history)["refunded"] == {"amount": 19_200, "currency": "CNY"}
    assert seen(*history).at_rest


def test_one_line_goes_back_and_the_others_are_delivered() -> None:
    found = shown(PLACED, BOTH, PAID, LINE_DELIVERED, failed(2), refunding(2), DELIVERED)
    assert [line["state"] for line in found["lines"]] == ["delivered", "refunding"]
    found = shown(PLACED, BOTH, PAID, LINE_DELIVERED, failed(2), refunding(2), DELIVERED,
                  refunded(2))  # fmt: skip
    assert [line["state"] for line in found["lines"]] == ["delivered", "refunded"]
    assert found["state"] == "delivered"


def test_a_part_of_a_line_leaves_it_delivered() -> None:
    found = shown(PLACED, BOTH, PAID, LINE_DELIVERED, DELIVERED, refunding(1, amount=5),
                  refunded(1, amount=5))  # fmt: skip
    assert found["lines"][0]["state"] == "delivered"
    assert found["refunded"] == {"amount": 5, "currency": "CNY"}


LATE = PaymentArrivedLate(
    **ABOUT, payment_id="p", charge_id="c", code="EXPIRED", amount=5, currency="CNY",
    channel="yunfu", postings=(), balance=15,
)  # fmt: skip
MISMATCHED = PaymentMismatched(
    about="ord-1", account_id="acc-1", charge_id="c", code="TOO_MUCH", asked=4, amount=5,
    currency="CNY", channel="yunfu", postings=(), balance=15,
)  # fmt: skip
BACK = RefundIssued(
    **ABOUT, refund_id="r", payment_id="p", amount=5, currency="CNY", to="wallet", by="li",
    reason="x", postings=(), balance=15,
)  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "kind"),
    [(LATE, "late_payment"), (MISMATCHED, "mismatched_payment"), (BACK, "refund")],
)
def test_what_comes_into_the_wallet_is_a_line_of_the_statement(fact: Any, kind: str) -> None:
    line = wallet.entry(fact, 7, 1_000)
    assert (line.kind, line.reference, line.amount, line.balance) == (kind, "ord-1", 5, 15)
