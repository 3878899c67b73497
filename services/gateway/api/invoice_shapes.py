"""Invoices on the wire: who they are for, and how one stands."""

from typing import Annotated, Any, Final, Literal

import msgspec
from pydantic import Field

from services.gateway.door.door import Door
from services.gateway.projections.invoices import InvoiceRow
from shared.contracts.envelope import rfc3339
from shared.kernel.credit_code import is_credit_code

from .messages import Language, messages
from .order_json import money
from .shapes import AMOUNT_MAX, NAME_LENGTH_MAX, Money, Shape, Sum

TITLE_LENGTH_MAX: Final = 100
EMAIL: Final = r"^[^@\s]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}$"
NUMBER: Final = "^[A-Za-z0-9-]{4,40}$"
State = Literal["requested", "issued", "rejected", "voided"]


class NewInvoice(Shape):
    """Whom an invoice is for; a company's has its unified social credit code."""

    kind: Literal["personal", "company"]
    title: Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH_MAX, pattern=r"\S")]
    tax_number: Annotated[str, Field(max_length=18)] = ""
    """18 characters with a check digit, of a company; empty for a person."""
    email: Annotated[str, Field(max_length=NAME_LENGTH_MAX, pattern=EMAIL)]
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)] | None = None
    """Minor units; none: all that no other invoice of the order is about."""

    @property
    def fits(self) -> bool:
        """Whether its tax number is one of a company; a person has none."""
        return is_credit_code(self.tax_number) if self.kind == "company" else not self.tax_number


class NewRuling(Shape):
    """What finance makes of it: a number with `issued`, else a reason."""

    outcome: Literal["issued", "rejected", "voided"]
    number: Annotated[str, Field(pattern=NUMBER)] | None = None
    reason: Annotated[str, Field(max_length=NAME_LENGTH_MAX)] = ""


class Invoice(Shape):
    """An invoice as it stands."""

    invoice_id: str
    order_id: str
    amount: Money
    state: State
    label: str
    kind: str | None = None
    title: str | None = None
    tax_number: str | None = None
    email: str | None = None
    number: str | None = None
    reason: str | None = None
    asked_at: str
    decided_at: str | None = None
    account_id: str | None = None
    decided_by: str | None = None


class Invoices(Shape):
    """A page of them."""

    items: list[Invoice]
    next_cursor: str | None


class OrderInvoices(Shape):
    """All of an order, and what one more could be of."""

    items: list[Invoice]
    left: Sum


class Invoicing(Shape):
    """It is on the log."""

    invoice_id: str
    order_id: str


def purpose(order_id: str) -> str:
    """What the details of an order's invoices are sealed for."""
    return f"invoice/{order_id}"


def sealed(door: Door, order_id: str, new: NewInvoice) -> str:
    """Whom it is for, so that it can stand on the log."""
    details = new.model_dump(include={"kind", "title", "tax_number", "email"})
    return door.secrets.own.seal(msgspec.json.encode(details).decode(), purpose(order_id))


def told(row: InvoiceRow, language: Language, door: Door | None) -> dict[str, Any]:
    """The invoice; ``door`` opens whom it is for."""
    found: dict[str, Any] = {
        "invoice_id": row.invoice_id, "order_id": row.order_id, "state": row.state,
        "amount": money(row.amount, row.currency), "asked_at": rfc3339(row.asked_ms),
        "label": messages().people[f"invoice_{row.state}"].told(language),
    }  # fmt: skip
    if row.number:
        found["number"] = row.number
    if row.reason:
        found["reason"] = row.reason
    if row.decided_ms:
        found["decided_at"] = rfc3339(row.decided_ms)
    if door:
        details = door.secrets.own.open(row.sealed_details, purpose(row.order_id))
        found |= msgspec.json.decode(details)
    return found


def to_shop(row: InvoiceRow, language: Language, door: Door | None) -> dict[str, Any]:
    """The invoice with whose it is and who decided."""
    whose = {"account_id": row.account_id, "decided_by": row.decided_by}
    return {**told(row, language, door), **whose}
