"""Read models: rows that follow every service's facts, and the signals that wake who waits.

A batch is folded in memory first, what it touches is loaded in one query a table and written in
one, and what changed is told once, all in the transaction that also moves the offsets.
"""

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from shared.contracts.shard import RecordParked
from shared.shards.columns import understand
from shared.shards.views import Landed, Views

from . import (
    catalogue,
    coupons,
    deposits,
    holds,
    imports,
    order,
    orders,
    people,
    recalls,
    refunds,
    reveals,
    signals,
    stock,
    topups,
    wallet,
)
from .signals import Signals


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of facts, whichever services they are of."""
    understand(connection)
    topics: dict[str, list[Landed]] = {}
    for each in landed:
        topics.setdefault(each.coordinates.topic, []).append(each)
    changed: Signals = {}
    if batch := topics.get("orders.events"):
        await orders.project(connection, batch, changed)
        await refunds.project(connection, batch)
    if batch := topics.get("payments.events"):
        await wallet.project(connection, batch, changed)
        await deposits.project(connection, batch, changed)
    if batch := topics.get("inventory.events"):
        await stock.project(connection, batch)
        await imports.project(connection, batch)
        await recalls.project(connection, batch)
    if batch := topics.get("catalog.events"):
        about = [each for each in batch if isinstance(each.fact, catalogue.Followed)]
        if about:
            await catalogue.project(connection, about, changed)
        await coupons.project(connection, batch, changed)
    if batch := topics.get("gateway.events"):
        await people.project(connection, batch, changed)
    if batch := topics.get("delivery.events"):
        await reveals.project(connection, batch)
        await topups.project(connection, batch)
    if batch := topics.get("risk.events"):
        await holds.project(connection, batch, changed)
    await signals.send(connection, changed)


VIEWS: Final = Views(
    name="gateway.views",
    follows={
        "orders.events": order.FOLLOWED | refunds.FOLLOWED | {RecordParked},
        "payments.events": wallet.FOLLOWED | deposits.FOLLOWED,
        "risk.events": holds.FOLLOWED,
        "inventory.events": stock.FOLLOWED | imports.FOLLOWED | recalls.FOLLOWED,
        "catalog.events": catalogue.FOLLOWED | coupons.FOLLOWED,
        "gateway.events": people.FOLLOWED,
        "delivery.events": reveals.FOLLOWED | topups.FOLLOWED,
    },
    project=project,
)
"""All that the gateway follows."""
