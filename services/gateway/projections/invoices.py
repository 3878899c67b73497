"""Invoices, for who asks for them and for finance: from orders' facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.invoices import (
    InvoiceIssued,
    InvoiceRefused,
    InvoiceRejected,
    InvoiceRequested,
    InvoiceVoided,
)
from shared.contracts.message import Fact
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

Ended = InvoiceIssued | InvoiceRejected | InvoiceVoided
Followed = InvoiceRequested | Ended | InvoiceRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    InvoiceRequested, InvoiceIssued, InvoiceRejected, InvoiceVoided, InvoiceRefused,
})  # fmt: skip
LIVE: Final = ("requested", "issued")
"""What counts against the amount that is left."""

ASKED: Final = """
insert into invoice_view values (%s, %s, %s, %s, %s, 'requested', %s, '', '', '', %s, 0)
on conflict do nothing
"""
DECIDED: Final = """
update invoice_view set state = %s, decided_by = %s, decided_ms = %s,
    number = coalesce(%s, number), reason = %s
where invoice_id = %s
"""


class InvoiceRow(NamedTuple):
    """One invoice."""

    invoice_id: str
    order_id: str
    account_id: str
    amount: int
    """Minor units."""
    currency: str
    state: str
    sealed_details: str
    number: str
    decided_by: str
    reason: str
    asked_ms: int
    decided_ms: int


def statement(fact: Followed, time_ms: int) -> tuple[str, tuple[object, ...]] | None:
    """What the fact writes: invoices are few, and far from an order's way to its card."""
    match fact:
        case InvoiceRequested():
            whose = (fact.invoice_id, fact.order_id, fact.account_id)
            return ASKED, (*whose, fact.amount, fact.currency, fact.sealed_details, time_ms)
        case InvoiceIssued():
            row = ("issued", fact.by, time_ms, fact.number, "", fact.invoice_id)
            return DECIDED, row
        case InvoiceRejected() | InvoiceVoided():
            how = "voided" if isinstance(fact, InvoiceVoided) else "rejected"
            return DECIDED, (how, fact.by, time_ms, None, fact.reason, fact.invoice_id)
        case InvoiceRefused():
            return None


def outcome(fact: Followed) -> tuple[str, str, str] | None:
    """(request, account, code); an empty code says that it was done."""
    match fact:
        case InvoiceRequested():
            return fact.invoice_id, fact.account_id, ""
        case InvoiceRefused():
            return fact.request_id, fact.account_id, fact.code
        case _:
            return (fact.request_id, fact.account_id, "") if fact.request_id else None


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of orders' facts."""
    for fact, envelope, _ in landed:
        if isinstance(fact, Followed):
            if written := statement(fact, time_of(envelope.time)):
                await connection.execute(written[0].encode(), written[1])
            if answered := outcome(fact):
                await connection.execute(ATTEMPT, answered)
                changed[signals.request(answered[0])] = None
