"""Invoices, reviews, and what is on no shelf: more words of the orders tests."""

from typing import Any, Final

from shared.contracts.bespoke import (
    CloseRequest,
    GiveQuote,
    QuoteExpired,
    QuoteGiven,
    QuoteRefused,
    QuoteRequested,
    RequestClosed,
    RequestQuote,
    custom_sku,
)
from shared.contracts.invoices import (
    DecideInvoice,
    InvoiceIssued,
    InvoiceRefused,
    InvoiceRejected,
    InvoiceRequested,
    InvoiceVoided,
    RequestInvoice,
)
from shared.contracts.message import Fact
from shared.contracts.reviews import LineReviewed, ReviewDenied, ReviewLine
from shared.kernel import ids

from . import examples as say
from .examples import ACCOUNT, NOW_MS, WHOSE

BILL: Final = "bill-1"
CUSTOM: Final = "wish-1"
SKU: Final = custom_sku(CUSTOM)
REVIEW: Final = "rev-1"
PRODUCT: Final = say.line().product_id
UNTIL_MS: Final = NOW_MS + 1_000
OF: Final[Any] = {"custom_id": CUSTOM, "account_id": ACCOUNT}


def asking(amount: int | None = None, **changes: Any) -> RequestInvoice:
    words: Any = {**WHOSE, "request_id": BILL, "amount": amount, "currency": "CNY"}
    return RequestInvoice(**{**words, "sealed_details": "b1.who", **changes})


def asked(amount: int = 985, **changes: Any) -> InvoiceRequested:
    words: Any = {**WHOSE, "invoice_id": BILL, "amount": amount, "left": 985, "currency": "CNY"}
    return InvoiceRequested(**{**words, "sealed_details": "b1.who", **changes})


def deciding(outcome: Any = "issued", **changes: Any) -> DecideInvoice:
    words: Any = {**WHOSE, "request_id": "fin-1", "invoice_id": BILL, "outcome": outcome}
    return DecideInvoice(**{**words, "by": "li", "number": "2450", "reason": "why", **changes})


def issued(**changes: Any) -> InvoiceIssued:
    words: Any = {**WHOSE, "invoice_id": BILL, "request_id": "fin-1", "number": "2450"}
    return InvoiceIssued(**{**words, "by": "li", **changes})


def rejected(**changes: Any) -> InvoiceRejected:
    words: Any = {**WHOSE, "invoice_id": BILL, "request_id": "fin-1", "by": "li"}
    return InvoiceRejected(**{**words, "reason": "why", **changes})


def voided(**changes: Any) -> InvoiceVoided:
    return InvoiceVoided(**{**rejected().model_dump(), **changes})


def no_invoice(code: Any, request_id: str = BILL) -> InvoiceRefused:
    return InvoiceRefused(**WHOSE, request_id=request_id, code=code)


def wishing(**changes: Any) -> RequestQuote:
    words: Any = {**OF, "quantity": 5, "budget": 50_000, "currency": "CNY"}
    return RequestQuote(**{**words, "sealed_text": "b1.five seats", **changes})


def wished(**changes: Any) -> QuoteRequested:
    return QuoteRequested(**{**wishing().model_dump(), **changes})


def quoting(**changes: Any) -> GiveQuote:
    words: Any = {**OF, "request_id": "q-1", "name": "团队授权 5 席", "quantity": 1}
    price: Any = {"unit_price": 48_000, "currency": "CNY", "shape": "url_extract"}
    return GiveQuote(**{**words, **price, "until_ms": UNTIL_MS, "by": "zhao", **changes})


def quoted(**changes: Any) -> QuoteGiven:
    return QuoteGiven(**{**quoting().model_dump(), **changes})


def closing(by: str = "buyer", **changes: Any) -> CloseRequest:
    words: Any = {**OF, "request_id": "c-1", "by": by, "reason": "cannot be had"}
    return CloseRequest(**{**words, **changes})


def closed(by: str = "buyer") -> RequestClosed:
    code: Any = "WITHDRAWN" if by == "buyer" else "DECLINED"
    return RequestClosed(**closing(by).model_dump(), code=code)


def no_quote(code: Any, request_id: str) -> QuoteRefused:
    return QuoteRefused(**OF, request_id=request_id, code=code)


def accepting(price: int = 48_000, quantity: int = 1, **changes: Any) -> Any:
    line = say.want(SKU, quantity, product_id=SKU, unit_price=price)
    return say.place(line, **{"quote": CUSTOM, **changes})


def ordered(**changes: Any) -> Fact:
    line = say.line().model_copy(
        update={
            "sku": SKU, "product_id": SKU, "product_name": "团队授权 5 席", "quantity": 1,
            "sku_name": "团队授权 5 席", "revision": 0, "unit_price": 48_000,
            "base_price": 48_000, "shape": "url_extract",
        }
    )  # fmt: skip
    return say.placed(**{"lines": (line,), "total": 48_000, "quote": CUSTOM, **changes})


def reviewing(**changes: Any) -> ReviewLine:
    words: Any = {**WHOSE, "request_id": REVIEW, "line": 1, "product_id": PRODUCT, "rating": 5}
    return ReviewLine(**{**words, "sealed_text": "b1.good", **changes})


def reviewed(**changes: Any) -> LineReviewed:
    words: Any = {**reviewing(**changes).model_dump(), "sku": say.line().sku}
    return LineReviewed(**words, review_id=ids.derive("review", say.ORDER, "1"))


def no_review(code: Any, request_id: str = REVIEW) -> ReviewDenied:
    return ReviewDenied(**WHOSE, request_id=request_id, line=1, code=code)


FACTS: Final[list[Fact]] = [
    asked(), issued(), rejected(), voided(), voided(request_id=None), no_invoice("NOT_PAID"),
    reviewed(), no_review("NOT_COMPLETED"),
    wished(), quoted(), closed(), no_quote("NOT_OPEN", "c-1"), QuoteExpired(**OF), ordered(),
]  # fmt: skip
