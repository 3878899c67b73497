"""Invoices of what was paid: never more, at any position of the log, than has not gone back (E5).

An order remembers those that are asked for or issued. Whatever gives money back takes with it, in
the same decision, the newest of them until the rest is within what is left.
"""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec.structs import replace

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
from shared.contracts.refunds import OrderRefunding
from shared.kernel.decider import States

from .state import Delivered, Ended, Invoice, Order, Paid

InvoiceWord = RequestInvoice | DecideInvoice
InvoiceFact = InvoiceRequested | InvoiceIssued | InvoiceRejected | InvoiceVoided | InvoiceRefused
Refusal = Literal[
    "UNKNOWN_ORDER", "NOT_PAID", "MORE_THAN_PAID", "BAD_AMOUNT", "TOO_MANY", "NOT_OPEN",
    "REASON_REQUIRED",
]  # fmt: skip

SAID: Final = "said/"
INVOICES_MAX: Final = 10
"""Of one order that have not ended."""
REFUND: Final = "refund"
OUTGROWN: Final = "money has gone back"


def keys(message: InvoiceWord | InvoiceFact) -> Iterable[str]:
    """The order, and where it is remembered that this was said."""
    order = f"order/{message.order_id}"
    match message:
        case InvoiceRequested():
            return (order, SAID + message.invoice_id)
        case InvoiceRefused():
            return (SAID + message.request_id,)
        case _:
            return (order, SAID + message.request_id) if message.request_id else (order,)


def decide(states: States, said: InvoiceWord) -> list[Fact]:
    """What the word comes to; [] where it was heard before."""
    if SAID + said.request_id in states:
        return []
    order: Order | None = states.get(f"order/{said.order_id}")
    if order is None or order.account_id not in {"", said.account_id}:
        return [_refused(said, "UNKNOWN_ORDER")]
    if not isinstance(order, Paid | Delivered | Ended) or not order.lines:
        return [_refused(said, "NOT_PAID")]
    return [_asked(order, said) if isinstance(said, RequestInvoice) else _decided(order, said)]


def outgrown(states: States, facts: Iterable[Fact]) -> list[Fact]:
    """The invoices that end because money goes back, newest first."""
    ended: list[Fact] = []
    for fact in facts:
        order = states.get(f"order/{fact.order_id}") if isinstance(fact, OrderRefunding) else None
        if isinstance(fact, OrderRefunding) and isinstance(order, Paid | Delivered | Ended):
            most = _left(order) - fact.amount
            about = sum([one.amount for one in order.invoices])
            for invoice in reversed(order.invoices):
                if about > most:
                    ended.append(_outgrown(fact, invoice))
                    about -= invoice.amount
    return ended


def of_order(order: Order | None, fact: InvoiceFact) -> Order | None:
    """The order, with its invoices after the fact."""
    if not isinstance(order, Paid | Delivered | Ended) or isinstance(fact, InvoiceRefused):
        return order
    if isinstance(fact, InvoiceRequested):
        new = Invoice(fact.invoice_id, fact.amount)
        return replace(order, invoices=(*order.invoices, new))
    kept = [one for one in order.invoices if one.invoice_id != fact.invoice_id]
    if isinstance(fact, InvoiceIssued):
        kept = [
            replace(one, issued=True) if one.invoice_id == fact.invoice_id else one
            for one in order.invoices
        ]
    return replace(order, invoices=tuple(kept))


def _asked(order: Paid | Delivered | Ended, said: RequestInvoice) -> Fact:
    free = _left(order) - sum([one.amount for one in order.invoices])
    amount = free if said.amount is None else said.amount
    if free <= 0 or amount > free:
        return _refused(said, "MORE_THAN_PAID")
    if amount <= 0:
        return _refused(said, "BAD_AMOUNT")
    if len(order.invoices) >= INVOICES_MAX:
        return _refused(said, "TOO_MANY")
    return InvoiceRequested(
        order_id=said.order_id,
        account_id=said.account_id,
        invoice_id=said.request_id,
        amount=amount,
        left=_left(order),
        currency=said.currency,
        sealed_details=said.sealed_details,
    )


def _decided(order: Paid | Delivered | Ended, said: DecideInvoice) -> Fact:
    found = [one for one in order.invoices if one.invoice_id == said.invoice_id]
    if not found or found[0].issued is not (said.outcome == "voided"):
        return _refused(said, "NOT_OPEN")
    why = said.number if said.outcome == "issued" else said.reason
    if not said.by.strip() or not why.strip():
        return _refused(said, "REASON_REQUIRED")
    if said.outcome == "issued":
        return InvoiceIssued(
            order_id=said.order_id, account_id=said.account_id, invoice_id=said.invoice_id,
            request_id=said.request_id, number=said.number, by=said.by,
        )  # fmt: skip
    ends = InvoiceRejected if said.outcome == "rejected" else InvoiceVoided
    return ends(
        order_id=said.order_id, account_id=said.account_id, invoice_id=said.invoice_id,
        request_id=said.request_id, by=said.by, reason=said.reason,
    )  # fmt: skip


def _outgrown(fact: OrderRefunding, invoice: Invoice) -> Fact:
    ends = InvoiceVoided if invoice.issued else InvoiceRejected
    return ends(
        order_id=fact.order_id, account_id=fact.account_id, invoice_id=invoice.invoice_id,
        by=REFUND, reason=OUTGROWN,
    )  # fmt: skip


def _left(order: Paid | Delivered | Ended) -> int:
    """Minor units that were paid and have not gone back."""
    return sum([line.amount - line.refunded for line in order.lines])


def _refused(said: InvoiceWord, code: Refusal) -> InvoiceRefused:
    return InvoiceRefused(
        order_id=said.order_id,
        account_id=said.account_id,
        request_id=said.request_id,
        code=code,
    )
