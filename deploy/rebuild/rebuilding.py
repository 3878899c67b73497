"""One service rebuilt from its log alone, beside the live one; compared; swapped on request."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from deploy.local.endpoints import PostgresEndpoint
from deploy.local.refusal import Refusal
from deploy.rebuild.schemas import NO_LOG, Schemas
from deploy.rebuild.services import SERVICES, VIEWS
from shared.replay.aside import Aside, halted
from shared.replay.comparing import (
    ENGINE_TABLES,
    Compared,
    Sum,
    Tables,
    end_of,
    first_difference,
    snapshot,
    unlike,
)
from shared.runtime.roles import readable
from shared.shards.kafka import KafkaLog
from shared.shards.ledger import Ledger
from shared.shards.outbox import Outbox

NOTHING: Final = Sum(0, 0)
POLL_S: Final = 0.2

Paused = Callable[[str], AbstractAsyncContextManager[None]]
"""Nobody decides for this service, and nobody writes its read models, until the block ends."""


@dataclass(frozen=True)
class Site:
    """Where the log and the database are."""

    client: Mapping[str, Any]
    """An aiokafka client's arguments; the right to read is enough."""
    admin: PostgresEndpoint
    partitions: int


@dataclass
class Report:
    """What a rebuild has come to."""

    service: str
    shards: list[Compared]
    views: dict[str, tuple[Sum, Sum]] = field(default_factory=dict)
    """Read model → live and rebuilt."""
    replaced: str = ""
    """What the schema is called that was swapped out."""

    @property
    def same(self) -> bool:
        """Whether the copy is the live one, aggregate by aggregate and row by row."""
        views = all(live == rebuilt for live, rebuilt in self.views.values())
        return views and all(compared.same for compared in self.shards)


async def rebuild(site: Site, service: str, paused: Paused | None = None) -> Report:
    """Build, compare; with ``paused``, and if nothing differs, swap. Raises Refusal."""
    async with _aside(site, service) as (aside, schemas):
        await _catch_up(aside, schemas)
        report = await compare(aside, schemas)
        if paused and report.same:
            async with paused(service):
                report = await compare(aside, schemas)
                if report.same:
                    schemas.hand_over(await _boxes(schemas))
                    await aside.close()
                    report.replaced = schemas.swap()
    return report


async def compare(aside: Aside, schemas: Schemas) -> Report:
    """The copy, brought exactly as far as the live one is now, against it."""
    async with snapshot(schemas.live_dsn) as live:
        rows, sums, followed = await live.rows(), await live.sums(), await live.followed()
        ends = {
            shard: await end_of(aside.log.log, aside.events, shard, ledger, box)
            for shard, (ledger, box) in rows.items()
        }
        ledgers = await aside.fold(ends) if ends else {}
        if broken := halted(ledgers):
            raise Refusal(f"The log does not fit the rules: {next(iter(broken.values()))}")
        await aside.follow(followed)
        async with snapshot(schemas.rebuilt_dsn) as rebuilt:
            other = await rebuilt.sums()
            shards = []
            for shard, (ledger, _) in sorted(rows.items()):
                pair = sums.get(shard, NOTHING), other.get(shard, NOTHING)
                found = _compared(shard, ledger, ledgers[shard], pair)
                if pair[0] != pair[1]:
                    first = await first_difference(live, rebuilt, shard, aside.codec)
                    found = found._replace(difference=first)
                shards.append(found)
            return Report(schemas.service, shards, await _views(schemas.service, live, rebuilt))


def _compared(shard: int, live: Ledger, rebuilt: Ledger, sums: tuple[Sum, Sum]) -> Compared:
    return Compared(shard, live.position, *sums, unlike(live, rebuilt), None)


async def _views(service: str, live: Tables, rebuilt: Tables) -> dict[str, tuple[Sum, Sum]]:
    if service not in VIEWS:
        return {}
    without = ENGINE_TABLES | frozenset(NO_LOG.get(service, ()))
    one, other = await live.views(without), await rebuilt.views(without)
    return {name: (one.get(name, NOTHING), other.get(name, NOTHING)) for name in one | other}


async def _catch_up(aside: Aside, schemas: Schemas) -> None:
    """Most of the way, before any snapshot is held open."""
    await aside.fold()
    async with snapshot(schemas.live_dsn) as live:
        followed = await live.followed()
    await aside.follow(followed)


async def _boxes(schemas: Schemas) -> dict[int, Outbox]:
    async with snapshot(schemas.live_dsn) as live:
        return {shard: box for shard, (_, box) in (await live.rows()).items()}


@asynccontextmanager
async def _aside(site: Site, name: str) -> AsyncIterator[tuple[Aside, Schemas]]:
    if name not in SERVICES:
        raise Refusal(f"There is no service {name}: it is one of {', '.join(SERVICES)}.")
    service, schemas = SERVICES[name](), Schemas(site.admin, name)
    views = VIEWS.get(name)
    routes = dict.fromkeys(readable(service, site.partitions))
    followed = views.follows if views else ()
    routes |= dict.fromkeys((topic, p) for topic in followed for p in range(site.partitions))
    log = KafkaLog(site.client, routes)
    schemas.make()
    aside = Aside(service, views, log, schemas.rebuilt_dsn, site.partitions)
    try:
        yield aside, schemas
    finally:
        await aside.close()
        await log.close()
        schemas.drop()


async def followed(site: Site, service: str, s_max: float) -> None:
    """Until the read models have followed the log to where it ends now. Raises Refusal."""
    views = VIEWS.get(service)
    if views is None:
        return
    routes = [(topic, p) for topic in views.follows for p in range(site.partitions)]
    log, dsn = KafkaLog(site.client, routes), Schemas(site.admin, service).live_dsn
    ends, until_s = await log.ends(routes), time.monotonic() + s_max
    await log.close()
    while time.monotonic() < until_s:
        async with snapshot(dsn) as live:
            places = await live.followed()
        if all(places.get(route, 0) >= end for route, end in ends.items()):
            return
        await asyncio.sleep(POLL_S)
    raise Refusal(f"The read models of {service} have not caught up within {s_max:.0f} s.")


async def partitions_of(client: Mapping[str, Any]) -> int:
    """Shards of each service, as the log was made with."""
    async with AIOKafkaConsumer("audit.events", **client) as consumer:
        return len(consumer.partitions_for_topic("audit.events") or ())
