"""What one account has used up of promotions and coupons: exact, because its orders meet here.

How much there is in total is inventory's word; how much of it one account may have is decided
where all of its orders are. A use counts from the placing on, until its order ends unpaid, or goes
back whole because of us.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from shared.contracts.bespoke import CUSTOM_SKU
from shared.contracts.orders import (
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
    Quota,
)
from shared.contracts.refunds import OrderRefunding

from .state import Accepted, AwaitingPayment, Counted, Delivered, Ended, Paid, Placed, State, Used

USED: Final = "used/"
OPEN_MAX: Final = 500
"""Orders of one account that are not paid yet, under one coupon or promotion."""


def used_key(sku: str, account_id: str) -> str:
    """The aggregate that counts this account's part."""
    return f"{USED}{sku}/{account_id}"


def keys_of(order: State | None) -> list[str]:
    """What an order has counted, and may yet give back; an open one, also the quote it accepts."""
    if not isinstance(order, Placed | Accepted | AwaitingPayment | Paid | Delivered | Ended):
        return []
    keys = [used_key(quota.sku, order.account_id) for quota in order.quotas]
    if isinstance(order, Placed | Accepted | AwaitingPayment):
        skus = [line.sku for line in order.lines if line.sku.startswith(CUSTOM_SKU)]
        keys += ["custom/" + sku.removeprefix(CUSTOM_SKU) for sku in skus]
    return keys


def left(used: Used | None, per_account: int) -> int:
    """Units that the account may still use."""
    if used is None:
        return per_account
    return max(0, per_account - used.units) if len(used.unpaid) < OPEN_MAX else 0


def keys_of_placed(fact: OrderPlaced) -> list[str]:
    """What an order counts from here on."""
    return [used_key(quota.sku, fact.account_id) for quota in fact.quotas or ()]


def keys_of_returned(fact: OrderRefunding) -> list[str]:
    """What an order that goes back whole has not used after all."""
    return [used_key(hold.sku, fact.account_id) for hold in fact.quotas or ()]


def counted(quotas: Iterable[Quota]) -> tuple[Counted, ...]:
    """As aggregates remember them."""
    return tuple([Counted(quota.number, quota.sku, quota.units) for quota in quotas])


def after(key: str, used: Used | None, fact: object) -> Used | None:
    """What the account has used, now that one of its orders has moved."""
    used = used or Used()
    match fact:
        case OrderPlaced():
            mine = [q for q in fact.quotas or () if used_key(q.sku, fact.account_id) == key]
            units = sum([quota.units for quota in mine])
            return replace(used, unpaid=(*used.unpaid, (fact.order_id, units))) if units else used
        case OrderPaid():
            units = sum([units for order_id, units in used.unpaid if order_id == fact.order_id])
            return Used(used.sold + units, _without(used, fact.order_id))
        case OrderRejected() | OrderCancelled() | OrderExpired():
            return replace(used, unpaid=_without(used, fact.order_id))
        case PaymentRequested():
            back = [h for h in fact.release if used_key(h.sku, fact.account_id) == key]
            return _less(used, fact.order_id, sum([hold.quantity for hold in back]))
        case OrderRefunding():
            back = [h for h in fact.quotas or () if used_key(h.sku, fact.account_id) == key]
            return replace(used, sold=used.sold - sum([hold.quantity for hold in back]))
        case _:
            return used


def _less(used: Used, order_id: str, units: int) -> Used:
    """The order has left out lines: their promotions are not used up by it."""
    left = [
        (each, held - units if each == order_id else held)
        for each, held in used.unpaid
    ]  # fmt: skip
    return replace(used, unpaid=tuple([pair for pair in left if pair[1] > 0]))


def _without(used: Used, order_id: str) -> tuple[tuple[str, int], ...]:
    return tuple([pair for pair in used.unpaid if pair[0] != order_id])
