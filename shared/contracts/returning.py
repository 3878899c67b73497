"""What was sold without cards comes back to its quota: a coupon's use, a promotion's units."""

from typing import Literal

from .message import Command, Fact


class RestoreQuota(Command, owner="inventory", key="sku", subject="reservation_id"):
    """An order was paid and has gone back whole, because of us: it has used nothing up."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str


class QuotaRestored(Fact, owner="inventory", key="sku", subject="reservation_id"):
    """Sold units are the quota's again; a reservation gives them back once."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str
    units: int
    """Units of the quota."""


class RestoreRefused(Fact, owner="inventory", key="sku", subject="reservation_id"):
    """No units were sold under it: never to be seen, and then never to be silent."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str
    code: Literal["NOT_SOLD"]
