"""Read models: rows that follow every service's facts, and the signals that wake who waits.

A batch is folded in memory first, what it touches is loaded in one query a table and written in
one, and what changed is told once, all in the transaction that also moves the offsets.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg

from shared.contracts.message import Fact
from shared.shards.columns import understand
from shared.shards.views import Landed, Views

from . import (
    bespoke,
    catalogue,
    coupons,
    deeds,
    deposits,
    disputes,
    holds,
    imports,
    invoices,
    low,
    order,
    orders,
    parked,
    people,
    quarantines,
    recalls,
    refunds,
    reports,
    reveals,
    reviews,
    signals,
    standing,
    stock,
    suppliers,
    targets,
    threads,
    topups,
    waitlists,
    wallet,
    webhooks,
)
from .signals import Signals

HEARD: Final = "orders.events"
"""Also what is parked there tells how far orders has come with what it was asked."""


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of facts, whichever services they are of."""
    understand(connection)
    topics, aside = _by_topic(landed)
    changed: Signals = {}
    if batch := topics.get(HEARD):
        await orders.project(connection, batch, changed)
        await refunds.project(connection, batch)
        await disputes.project(connection, batch, changed)
        await invoices.project(connection, batch, changed)
        await bespoke.project(connection, batch, changed)
        await reviews.project(connection, batch, changed)
        await standing.project_orders(connection, batch)
    if batch := topics.get("payments.events"):
        await wallet.project(connection, batch, changed)
        await deposits.project(connection, batch, changed)
    if batch := topics.get("inventory.events"):
        await stock.project(connection, batch)
        await imports.project(connection, batch)
        await recalls.project(connection, batch)
        await quarantines.project(connection, batch)
        await low.project(connection, batch)
    if batch := topics.get("catalog.events"):
        about = [each for each in batch if isinstance(each.fact, catalogue.Followed)]
        if about:
            await catalogue.project(connection, about, changed)
        await coupons.project(connection, batch, changed)
        await reviews.project(connection, batch, changed)
        await waitlists.project(connection, batch, changed)
    if batch := topics.get("gateway.events"):
        await people.project(connection, batch, changed)
        await standing.project(connection, batch, changed)
        await threads.project(connection, batch, changed)
        await targets.project(connection, batch, changed)
        await webhooks.project(connection, batch, changed)
    if batch := topics.get("delivery.events"):
        await reveals.project(connection, batch)
        await topups.project(connection, batch)
        await suppliers.project(connection, batch)
    if batch := topics.get("risk.events"):
        await holds.project(connection, batch, changed)
    if batch := topics.get("audit.events"):
        await reports.project(connection, batch)
    await parked.project(connection, aside)
    await deeds.project(connection, landed)
    await signals.send(connection, changed)


def _by_topic(landed: Sequence[Landed]) -> tuple[dict[str, list[Landed]], list[Landed]]:
    """What each service says of its own, and what any of them has parked."""
    topics: dict[str, list[Landed]] = {}
    aside: list[Landed] = []
    for each in landed:
        is_parking, topic = type(each.fact) in parked.FOLLOWED, each.coordinates.topic
        if is_parking:
            aside.append(each)
        if not is_parking or topic == HEARD:
            topics.setdefault(topic, []).append(each)
    return topics, aside


OWN: Final[Mapping[str, frozenset[type[Fact]]]] = {
    "orders.events": (
        order.FOLLOWED | refunds.FOLLOWED | disputes.FOLLOWED | invoices.FOLLOWED
        | bespoke.FOLLOWED | reviews.FROM_ORDERS
    ),
    "payments.events": wallet.FOLLOWED | deposits.FOLLOWED,
    "risk.events": holds.FOLLOWED,
    "inventory.events": (
        stock.FOLLOWED | imports.FOLLOWED | recalls.FOLLOWED | quarantines.FOLLOWED | low.FOLLOWED
    ),
    "catalog.events": (
        catalogue.FOLLOWED | coupons.FOLLOWED | reviews.FROM_CATALOGUE | waitlists.FOLLOWED
    ),
    "gateway.events": (
        people.FOLLOWED | threads.FOLLOWED | webhooks.FOLLOWED | targets.FOLLOWED
        | standing.FOLLOWED
    ),
    "delivery.events": reveals.FOLLOWED | topups.FOLLOWED | suppliers.FOLLOWED,
    "audit.events": reports.FOLLOWED,
}  # fmt: skip
"""What each service says of its own; what it has parked is said by every one."""
VIEWS: Final = Views(
    name="gateway.views",
    follows={
        topic: facts | parked.FOLLOWED | deeds.followed(topic.partition(".")[0], "shard")
        for topic, facts in OWN.items()
    },
    project=project,
)
"""All that the gateway follows."""
