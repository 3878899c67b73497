"""The book of invoices: of an order no more is asked for and issued than has not gone back (E5).

All of it is said by orders, in one partition: each fact is checked where it stands. A refund and
the invoices that it outgrows stand side by side, the refund first: what the last of them leaves
is looked at at rest. What was paid for an order is on a roll, since few have an invoice: its first
one says how much is left, and with what has gone back that must be the sum on the roll. From there
on it is counted here.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.contracts.invoices import (
    InvoiceIssued,
    InvoiceRejected,
    InvoiceRequested,
    InvoiceVoided,
)
from shared.contracts.orders import OrderPaid
from shared.contracts.refunds import OrderRefunding

from .roll import Roll
from .violation import Law, Seen, Violation, Violations

OfInvoice = InvoiceRequested | InvoiceIssued | InvoiceRejected | InvoiceVoided
Fact = OfInvoice | OrderPaid | OrderRefunding


KEPT, GONE = 1, 2
"""Of what was paid: whether all of it has gone back."""


@dataclass(slots=True)
class Sum:
    """What was paid for an order and has not gone back, and what its invoices are about."""

    left: int
    """Minor units."""
    where: str
    going: dict[str, int] = field(default_factory=dict)
    """By invoice: minor units."""
    issued: set[str] = field(default_factory=set)

    @property
    def outgrown(self) -> bool:
        """Whether the invoices are about more than there is."""
        return sum(self.going.values()) > self.left


class Invoices:
    """Every order of which an invoice was asked for."""

    def __init__(self) -> None:
        self.of: dict[str, Sum] = {}
        """Orders with invoices."""
        self.paid = Roll()
        """Order and minor units."""
        self.back: Counter[str] = Counter()
        """Order of which a part has gone back → minor units."""

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        for detail in self._said(fact, seen):
            yield Violation(Law.INVOICED_WITHIN_PAID, seen.where, detail, fact.order_id)

    def at_rest(self) -> Violations:
        """What a refund has left too much of."""
        for order_id, found in self.of.items():
            if found.outgrown:
                detail = f"invoices of {sum(found.going.values())} for {found.left}"
                yield Violation(Law.INVOICED_WITHIN_PAID, found.where, detail, order_id)

    def _gone_back(self, fact: OrderRefunding) -> None:
        """A part; or the last of it, and then nothing more is kept of the parts."""
        self.back[fact.order_id] += fact.amount
        if fact.whole:
            self.paid.put((fact.order_id, self.back.pop(fact.order_id)), GONE)

    def _said(self, fact: Fact, seen: Seen) -> Iterator[str]:
        if isinstance(fact, OrderPaid):
            self.paid.put((fact.order_id, fact.amount))
            return
        found = self.of.get(fact.order_id)
        if isinstance(fact, OrderRefunding):
            self._gone_back(fact)
            if found:
                found.left, found.where = found.left - fact.amount, seen.where
            return
        if found is None:
            left = fact.left if isinstance(fact, InvoiceRequested) else 0
            if self.paid.get((fact.order_id, left + self.back[fact.order_id])) != KEPT:
                yield f"{left} is said to be left, which is not what was paid and is not back"
            found = self.of[fact.order_id] = Sum(left, seen.where)
        found.where = seen.where
        match fact:
            case InvoiceRequested():
                found.going[fact.invoice_id] = fact.amount
                if found.outgrown or fact.left != found.left:
                    about = sum(found.going.values())
                    yield f"invoices of {about} for {found.left}, said to be {fact.left}"
            case InvoiceIssued():
                if fact.invoice_id not in found.going or fact.invoice_id in found.issued:
                    yield f"invoice {fact.invoice_id} is issued, which nobody waits for"
                found.issued.add(fact.invoice_id)
            case InvoiceRejected() | InvoiceVoided():
                voided = isinstance(fact, InvoiceVoided)
                if found.going.pop(fact.invoice_id, None) is None:
                    yield f"invoice {fact.invoice_id} ends, and is not there"
                elif (fact.invoice_id in found.issued) is not voided:
                    yield f"invoice {fact.invoice_id} ends as {type(fact).__name__}"
