"""An order's end as buyers see it, where no money goes back. Pure."""

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from shared.contracts.orders import OrderCancelled, OrderCompleted, OrderExpired

if TYPE_CHECKING:
    from .order import OrderDoc

EndFact = OrderCompleted | OrderCancelled | OrderExpired

END_STATES: Final[dict[type[EndFact], str]] = {
    OrderCompleted: "completed",
    OrderCancelled: "cancelled",
    OrderExpired: "expired",
}
BY_STAFF: Final = "CANCELLED_BY_STAFF"
"""The code of an order that one of our people gave up in the buyer's place."""


def moved(doc: "OrderDoc", fact: EndFact) -> "OrderDoc":
    """The order after the fact."""
    staff = fact.staff or "" if isinstance(fact, OrderCancelled) else ""
    reason = fact.reason or "" if isinstance(fact, OrderCancelled) else ""
    state, code = END_STATES[type(fact)], BY_STAFF if staff else ""
    ended = replace(doc, state=state, deadline_ms=0, declined="", missing=0, code=code)
    return replace(ended, staff=staff, reason=reason)


def detail(fact: OrderCompleted | OrderCancelled) -> str:
    """By whom, for the timeline, which does not say who of our people."""
    return "staff" if isinstance(fact, OrderCancelled) and fact.staff else fact.by
