"""Bugs on purpose, in what stands beside an order's way: invoices, quotes, reviews, who waits."""

from typing import Any, Final

import pytest
from msgspec.structs import replace

from services.catalog.domain import waitlist
from services.orders import domain as orders
from services.orders.domain import bespoke, invoicing, reviewing
from services.orders.domain.bespoke_state import Quoted
from shared.contracts.message import Fact
from shared.contracts.orders import PlaceOrder
from shared.contracts.waitlist import WaitersTold

from .planted import Switch


def an_invoice_of_what_has_gone_back(bugs: pytest.MonkeyPatch) -> None:
    """A refund leaves the invoices of its order as they are."""
    bugs.setattr(invoicing, "outgrown", lambda *_: [])


def a_quote_accepted_twice(bugs: pytest.MonkeyPatch) -> None:
    """A quote does not remember the order that has accepted it."""
    original = bespoke.after

    def after(state: Any, fact: Fact) -> Any:
        custom = original(state, fact)
        return replace(custom, order_id="") if isinstance(custom, Quoted) else custom

    bugs.setattr(bespoke, "after", after)


def a_line_reviewed_twice(bugs: pytest.MonkeyPatch) -> None:
    """Another request for the same line is another review."""
    original = reviewing.decide

    def decide(states: Any, said: Any) -> list[Fact]:
        known = {key: found for key, found in states.items() if not key.startswith("reviewed/")}
        return original(known, said)

    bugs.setattr(reviewing, "decide", decide)


def told_again_and_again(bugs: pytest.MonkeyPatch) -> None:
    """Who was told stays on the list."""
    original = waitlist.evolve

    def evolve(key: str, state: Any, fact: Any) -> Any:
        return state if isinstance(fact, WaitersTold) else original(key, state, fact)

    bugs.setattr(waitlist, "evolve", evolve)


def a_file_uploaded_twice_is_two(bugs: pytest.MonkeyPatch) -> None:
    """A line of a batch is ordered whenever it comes."""
    original = orders.decide

    def decide(states: Any, command: Any) -> list[Fact]:
        wanted: PlaceOrder | None = getattr(command, "wanted", None)
        if wanted is not None and wanted.key.startswith("batch"):
            states = {key: found for key, found in states.items() if not key.startswith("order/")}
        return original(states, command)

    bugs.setattr(orders, "decide", decide)


ASIDE_BUGS: Final[tuple[Switch, ...]] = (
    an_invoice_of_what_has_gone_back, a_quote_accepted_twice, a_line_reviewed_twice,
    told_again_and_again, a_file_uploaded_twice_is_two,
)  # fmt: skip
