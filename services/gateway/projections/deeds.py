"""What our people did, whatever it was about: who, when and why, from every service's facts (D4).

A card is called back or set aside by a fact of its own, and thousands by one word: that is one
deed. What stands in standing.py of accounts and orders given up is told there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import psycopg

from shared.contracts.bespoke import QuoteGiven, RequestClosed
from shared.contracts.catalog import PriceChanged, ProductDelisted, ProductListed
from shared.contracts.delivery import TopUpResolved
from shared.contracts.disputes import DisputeDecided
from shared.contracts.gateway import OperatorAdded
from shared.contracts.inventory import CardRecalled, CardWithdrawn, QuotaGranted
from shared.contracts.invoices import InvoiceIssued, InvoiceRejected, InvoiceVoided
from shared.contracts.message import Fact
from shared.contracts.payments import FundsDeposited
from shared.contracts.promotions import (
    CouponEnded,
    CouponIssued,
    PromotionEnded,
    PromotionScheduled,
)
from shared.contracts.quarantine import CardCondemned, CardQuarantined, QuarantineLifted
from shared.contracts.refunds import OrderRefunding
from shared.contracts.reviews import ReviewHidden, ReviewShown
from shared.contracts.risk import HoldRefused, HoldReleased
from shared.contracts.shard import GapAccepted, ParkedSkipped
from shared.contracts.thresholds import ThresholdSet
from shared.contracts.webhooks import WebhookAllowed, WebhookDisabled
from shared.shards.views import Landed

from .moments import time_of
from .standing import DEED

Deed = tuple[str, str]
"""What it is called, and the field that says what it is about."""

DEEDS: Final[Mapping[type[Fact], Deed]] = {
    OrderRefunding: ("refund", "order_id"),
    DisputeDecided: ("dispute", "order_id"),
    InvoiceIssued: ("invoice_issued", "order_id"),
    InvoiceRejected: ("invoice_rejected", "order_id"),
    InvoiceVoided: ("invoice_voided", "order_id"),
    QuoteGiven: ("quoted", "custom_id"),
    RequestClosed: ("declined", "custom_id"),
    FundsDeposited: ("deposit", "amount"),
    QuotaGranted: ("quota", "sku"),
    ThresholdSet: ("threshold", "sku"),
    CardWithdrawn: ("recalled", "sku"),
    CardRecalled: ("recalled", "sku"),
    CardQuarantined: ("set_aside", "sku"),
    QuarantineLifted: ("lifted", "sku"),
    CardCondemned: ("recalled", "sku"),
    ProductListed: ("listed", "product_id"),
    ProductDelisted: ("delisted", "product_id"),
    PriceChanged: ("price", "sku"),
    PromotionScheduled: ("promotion", "product_id"),
    PromotionEnded: ("promotion_ended", "product_id"),
    CouponIssued: ("coupon", "coupon_id"),
    CouponEnded: ("coupon_ended", "coupon_id"),
    ReviewHidden: ("review_hidden", "review_id"),
    ReviewShown: ("review_shown", "review_id"),
    HoldReleased: ("released", "order_id"),
    HoldRefused: ("refused", "order_id"),
    TopUpResolved: ("topup", "order_id"),
    OperatorAdded: ("let_in", "operator"),
    WebhookDisabled: ("barred", "endpoint_id"),
    WebhookAllowed: ("allowed", "endpoint_id"),
    ParkedSkipped: ("skipped", "coordinates"),
    GapAccepted: ("gap", "source"),
}
ONE_WORD: Final = frozenset({"recalled", "set_aside", "lifted"})
"""Of many cards."""
NOBODY: Final = frozenset({"buyer", "channel", "deadline", "delivery", "recall", "refund"})
"""What stands for who it was where it was none of our people."""
REASONS: Final = ("reason", "number", "below_cost")
"""Where it is said why; an invoice's is its number."""

Row = tuple[object, ...]


def followed(*owners: str) -> frozenset[type[Fact]]:
    """The facts of these that may be deeds."""
    return frozenset(kind for kind in DEEDS if kind.owner in owners)


def row(fact: Any, about_record: str, time_ms: int) -> Row | None:
    """The row of a deed; None where it was nobody's of ours."""
    deed, about = DEEDS[type(fact)]
    account_id = getattr(fact, "account_id", "")
    if not fact.by or fact.by in NOBODY or fact.by == account_id:
        return None
    why = next(filter(None, (getattr(fact, name, "") for name in REASONS)), "")
    if isinstance(fact, OperatorAdded):
        why = fact.role
    name = f"{deed}/{fact.request_id if deed in ONE_WORD else about_record}"
    return (name, time_ms, deed, account_id, str(getattr(fact, about)), fact.by, why)


def rows(landed: Iterable[Landed]) -> list[Row]:
    """Of a batch: one for each deed, its first."""
    found: dict[object, Row] = {}
    for fact, envelope, where in landed:
        if type(fact) in DEEDS:
            made = row(fact, str(where), time_of(envelope.time))
            if made:
                found.setdefault(made[0], made)
    return list(found.values())


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of facts: few of them are any of our people's."""
    if made := rows(landed):
        await connection.cursor().executemany(DEED.encode(), made)
