"""The book of invoices: never of more than was paid and has not gone back; each ends once (E5)."""

from typing import Any, Final

import pytest

from services.audit.domain import Law
from shared.contracts.invoices import (
    InvoiceIssued,
    InvoiceRejected,
    InvoiceRequested,
    InvoiceVoided,
)
from shared.contracts.message import Fact
from shared.contracts.refunds import LineRefund, OrderRefunding
from tests.unit.audit.story import PRICE, WHOSE, bought, judged

PAID: Final = 3 * PRICE
BILL: Final[dict[str, Any]] = {**WHOSE, "invoice_id": "i-1"}
END: Final[dict[str, Any]] = {**BILL, "request_id": "w-1", "by": "li", "reason": "why"}


def asked(amount: int, name: str = "i-1", left: int = PAID) -> InvoiceRequested:
    words: Any = {**BILL, "invoice_id": name, "amount": amount, "left": left, "currency": "CNY"}
    return InvoiceRequested(**words, sealed_details="b1.who")


def back(amount: int) -> OrderRefunding:
    words: Any = {**WHOSE, "payment_id": "pay-1", "refund_id": "r-1", "amount": amount}
    lines = (LineRefund(line=1, amount=amount),)
    return OrderRefunding(**words, lines=lines, to="wallet", whole=False, by="wang", reason="x")


ISSUED: Final = InvoiceIssued(**BILL, request_id="w-1", number="2450", by="li")
REJECTED: Final = InvoiceRejected(**END)
VOIDED: Final = InvoiceVoided(**END)
BROKEN: Final[list[tuple[Law, list[Fact]]]] = [
    (Law.INVOICED_WITHIN_PAID, [asked(PAID + 1)]),
    (Law.INVOICED_WITHIN_PAID, [asked(PAID), asked(1, "i-2")]),
    (Law.INVOICED_WITHIN_PAID, [asked(PAID), ISSUED, back(5)]),
    (Law.INVOICED_WITHIN_PAID, [asked(5), back(5), asked(5, "i-2")]),
    (Law.INVOICED_WITHIN_PAID, [ISSUED]),
    (Law.INVOICED_WITHIN_PAID, [asked(PAID + 1, left=PAID + 1)]),
    (Law.INVOICED_WITHIN_PAID, [back(5), asked(PAID, left=PAID)]),
    (Law.INVOICED_WITHIN_PAID, [asked(5), ISSUED, ISSUED]),
    (Law.INVOICED_WITHIN_PAID, [asked(5), VOIDED]),
    (Law.INVOICED_WITHIN_PAID, [asked(5), ISSUED, REJECTED]),
    (Law.INVOICED_WITHIN_PAID, [asked(5), REJECTED, REJECTED]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_invoices_that_outgrow_what_was_paid_are_told(law: Law, history: list[Fact]) -> None:
    assert law in judged([*bought(), *history])


def test_invoices_within_what_was_paid_break_no_law() -> None:
    no = REJECTED.model_copy(update={"invoice_id": "i-2"})
    after = [*bought(), asked(PAID), ISSUED, VOIDED, asked(5, "i-2"), no]
    assert judged([*after, asked(PAID, "i-3")]) == []
    books_of_refund = [asked(PAID), ISSUED, back(5), VOIDED, asked(PAID - 5, "i-2", PAID - 5)]
    assert Law.INVOICED_WITHIN_PAID not in judged([*bought(), *books_of_refund])
