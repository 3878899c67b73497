"""Invoices: a paper for what was paid and has not gone back. Partition key: account id.

At any position of the log, what is asked for and issued of an order is no more than was paid for
it less what goes back: a refund ends the invoices that it outgrows, in the same decision.
"""

from typing import Literal

from .message import Command, Fact


class RequestInvoice(Command, owner="orders", key="account_id", subject="order_id"):
    """The buyer wants an invoice for what they paid."""

    order_id: str
    account_id: str
    request_id: str
    """The same request is the same invoice: its id."""
    amount: int | None = None
    """Minor units; none: all that no other invoice is about."""
    currency: str
    sealed_details: str
    """Title, tax number and e-mail, sealed to the gateway."""


class DecideInvoice(Command, owner="orders", key="account_id", subject="order_id"):
    """Finance issues an invoice, rejects it, or voids one that was issued."""

    order_id: str
    account_id: str
    request_id: str
    invoice_id: str
    outcome: Literal["issued", "rejected", "voided"]
    number: str = ""
    """The invoice's own, with `issued`."""
    by: str
    reason: str = ""
    """Why it is rejected or voided."""


class InvoiceRequested(Fact, owner="orders", key="account_id", subject="order_id"):
    """An invoice is asked for (待开票)."""

    order_id: str
    account_id: str
    invoice_id: str
    amount: int
    """Minor units."""
    left: int
    """Minor units that were paid for the order and had not gone back."""
    currency: str
    sealed_details: str


class InvoiceIssued(Fact, owner="orders", key="account_id", subject="order_id"):
    """Finance has issued it (已开票)."""

    order_id: str
    account_id: str
    invoice_id: str
    request_id: str
    number: str
    by: str


class InvoiceRejected(Fact, owner="orders", key="account_id", subject="order_id"):
    """It is not issued (已驳回); what it was about may be asked for again."""

    order_id: str
    account_id: str
    invoice_id: str
    request_id: str | None = None
    """None where a refund has outgrown it."""
    by: str
    """The person, or `refund`."""
    reason: str


class InvoiceVoided(Fact, owner="orders", key="account_id", subject="order_id"):
    """One that was issued no longer holds (已作废); after a refund it is to be offset in red."""

    order_id: str
    account_id: str
    invoice_id: str
    request_id: str | None = None
    """None where a refund has outgrown it."""
    by: str
    """The person, or `refund`."""
    reason: str


class InvoiceRefused(Fact, owner="orders", key="account_id", subject="order_id"):
    """A word about an invoice, the buyer's or finance's, that cannot be."""

    order_id: str
    account_id: str
    request_id: str
    code: Literal[
        "UNKNOWN_ORDER", "NOT_PAID", "MORE_THAN_PAID", "BAD_AMOUNT", "TOO_MANY", "NOT_OPEN",
        "REASON_REQUIRED",
    ]  # fmt: skip
