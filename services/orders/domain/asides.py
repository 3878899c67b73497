"""What stands beside an order's way: its invoices and reviews, requests that may become one."""

from collections.abc import Iterable

from shared.contracts.message import Fact
from shared.contracts.reviews import ReviewLine
from shared.kernel.decider import States

from . import bespoke, disputed, invoicing, reviewing
from .bespoke import BespokeFact, BespokeWord
from .disputed import DisputeFact
from .invoicing import InvoiceFact, InvoiceWord
from .reviewing import ReviewFact
from .state import Order

AsideWord = InvoiceWord | BespokeWord | ReviewLine
AsideFact = InvoiceFact | BespokeFact | ReviewFact


def keys(message: AsideWord | AsideFact) -> Iterable[str]:
    """The aggregates that it reads or changes."""
    if isinstance(message, InvoiceWord | InvoiceFact):
        return invoicing.keys(message)
    if isinstance(message, ReviewLine | ReviewFact):
        return reviewing.keys(message)
    return bespoke.keys(message)


def decide(states: States, command: AsideWord) -> list[Fact]:
    """What happens; [] where it has happened before."""
    if isinstance(command, InvoiceWord):
        return invoicing.decide(states, command)
    if isinstance(command, ReviewLine):
        return reviewing.decide(states, command)
    return bespoke.decide(states, command)


def of_order(order: Order | None, fact: AsideFact | DisputeFact) -> Order | None:
    """The order after a fact that is no step of its own."""
    if isinstance(fact, DisputeFact):
        return disputed.of_order(order, fact)
    return invoicing.of_order(order, fact) if isinstance(fact, InvoiceFact) else order
