"""Custom requests and their quotes, for who asks and who answers: from orders' facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.bespoke import (
    QuoteExpired,
    QuoteGiven,
    QuoteRefused,
    QuoteRequested,
    RequestClosed,
)
from shared.contracts.message import Fact
from shared.contracts.orders import OrderCancelled, OrderExpired, OrderPlaced, OrderRejected
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

Followed = QuoteRequested | QuoteGiven | QuoteExpired | RequestClosed | QuoteRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    QuoteRequested, QuoteGiven, QuoteExpired, RequestClosed, QuoteRefused,
})  # fmt: skip
Unpaid = OrderRejected | OrderCancelled | OrderExpired

ASKED: Final = """
insert into custom_view values
    (%s, %s, %s, %s, %s, %s, 'requested', %s, 0, '', 0, 0, '', 0, '', '', '')
on conflict do nothing
"""
QUOTED: Final = """
update custom_view set state = 'quoted', name = %s, quoted_quantity = %s,
    unit_price = %s, shape = %s, until_ms = %s, decided_by = %s, order_id = '', reason = '',
    answered_ms = case when answered_ms = 0 then %s else answered_ms end
where custom_id = %s
"""
DECLINED: Final = """
update custom_view set state = 'declined', decided_by = %s, reason = %s,
    answered_ms = case when answered_ms = 0 then %s else answered_ms end
where custom_id = %s
"""
WITHDRAWN: Final = "update custom_view set state = 'withdrawn' where custom_id = %s"
EXPIRED: Final = "update custom_view set state = 'expired' where custom_id = %s"
ORDERED: Final = "update custom_view set state = 'ordered', order_id = %s where custom_id = %s"
OPEN_AGAIN: Final = """
update custom_view set state = 'quoted', order_id = ''
where order_id = any(%s::text[]) and order_id <> ''
"""


class CustomRow(NamedTuple):
    """One request."""

    custom_id: str
    account_id: str
    quantity: int
    budget: int | None
    """Minor units."""
    currency: str
    sealed_text: str
    state: str
    asked_ms: int
    answered_ms: int
    """The shop's first word; 0: it has said nothing."""
    name: str
    quoted_quantity: int
    unit_price: int
    """Minor units, each."""
    shape: str
    until_ms: int
    order_id: str
    decided_by: str
    reason: str

    def state_at(self, now_ms: int) -> str:
        """A quote that is open again after its order may have run out meanwhile."""
        return "expired" if self.state == "quoted" and now_ms > self.until_ms else self.state


def statement(fact: Followed, time_ms: int) -> tuple[str, tuple[object, ...]] | None:
    """What the fact writes: requests are few, and far from an order's way to its card."""
    match fact:
        case QuoteRequested():
            whose = (fact.custom_id, fact.account_id, fact.quantity, fact.budget, fact.currency)
            return ASKED, (*whose, fact.sealed_text, time_ms)
        case QuoteGiven():
            quote = (fact.name, fact.quantity, fact.unit_price, fact.shape or "", fact.until_ms)
            return QUOTED, (*quote, fact.by, time_ms, fact.custom_id)
        case RequestClosed(code="DECLINED"):
            return DECLINED, (fact.by, fact.reason, time_ms, fact.custom_id)
        case RequestClosed():
            return WITHDRAWN, (fact.custom_id,)
        case QuoteExpired():
            return EXPIRED, (fact.custom_id,)
        case QuoteRefused():
            return None


def outcome(fact: Followed) -> tuple[str, str, str] | None:
    """(request, account, code); an empty code says that it was done."""
    match fact:
        case QuoteRequested():
            return fact.custom_id, fact.account_id, ""
        case QuoteRefused():
            return fact.request_id, fact.account_id, fact.code
        case QuoteGiven() | RequestClosed():
            return fact.request_id, fact.account_id, ""
        case QuoteExpired():
            return None


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of orders' facts, in their order; ends of orders are gathered meanwhile."""
    unpaid: list[str] = []
    for fact, envelope, _ in landed:
        if unpaid and _moves(fact):
            await connection.execute(OPEN_AGAIN, (unpaid,))
            unpaid = []
        if isinstance(fact, Followed):
            if written := statement(fact, time_of(envelope.time)):
                await connection.execute(written[0].encode(), written[1])
            if answered := outcome(fact):
                await connection.execute(ATTEMPT, answered)
                changed[signals.request(answered[0])] = None
        elif isinstance(fact, OrderPlaced) and fact.quote:
            await connection.execute(ORDERED, (fact.order_id, fact.quote))
        elif isinstance(fact, Unpaid):
            unpaid.append(fact.order_id)
    if unpaid:
        await connection.execute(OPEN_AGAIN, (unpaid,))


def _moves(fact: Fact) -> bool:
    """Whether a request's row is about to be written: what has ended before counts first."""
    return isinstance(fact, Followed) or (isinstance(fact, OrderPlaced) and bool(fact.quote))
