"""How far each service and each of its read models is behind, and how old the oldest is."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, Final

from shared.contracts.matrix import SERVICES

from .ledgers import read_ledgers, read_places
from .log import Look, Route, looking

MS_PER_S: Final = 1_000


@dataclass
class Lag:
    """Of one shard of one consumer group."""

    group: str
    """A service, or its read models: `orders`, `gateway.views`."""
    shard: int
    records: int = 0
    age_s: float = 0.0
    """Of the oldest unprocessed record; 0 without any."""
    oldest: str = ""
    """`topic/partition/offset` of that record."""
    parked: int = 0
    halted: str = ""


def topics_of(service: str) -> tuple[str, ...]:
    """What the service's shards read: what it subscribes to, and its own commands."""
    subscriptions = import_module(f"services.{service}.handlers").SUBSCRIPTIONS
    return tuple({**dict.fromkeys(subscriptions), f"{service}.commands": None})


async def measure(run: Mapping[str, Any]) -> list[Lag]:
    """Every shard of every group; raises Refusal where it cannot be read."""
    async with looking(run) as look:
        partitions = range(await look.partitions("orders.events"))
        # The ends first: what is processed meanwhile is then not taken for a lag.
        wanted = {s: [(t, p) for t in topics_of(s) for p in partitions] for s in SERVICES}
        places = await asyncio.to_thread(read_places, run["postgres"])
        routes = {r for some in (*wanted.values(), *places.values()) for r in some}
        ends = await look.ends(routes)
        found = {(s, p): Lag(s, p) for s in SERVICES for p in partitions}
        at = await _reached(look, run, wanted, found)
        for group, offsets in places.items():
            at[group] = offsets
            found |= {(group, p): Lag(group, p) for p in partitions}
        await _age(look, found, at, ends)
    return [found[key] for key in sorted(found)]


async def _reached(
    look: Look,
    run: Mapping[str, Any],
    wanted: Mapping[str, Iterable[Route]],
    found: Mapping[tuple[str, int], Lag],
) -> dict[str, dict[Route, int]]:
    """The shard's row says where it stands; what was passed over since, the group knows."""
    ledgers = await asyncio.to_thread(read_ledgers, run["postgres"])
    at: dict[str, dict[Route, int]] = {}
    for service, routes in wanted.items():
        rows, committed = ledgers.get(service, {}), await look.committed(service)
        at[service] = {}
        for topic, shard in routes:
            row = rows[shard].offsets.get(topic, 0) if shard in rows else 0
            at[service][topic, shard] = max(row, committed.get((topic, shard), 0))
        for shard, ledger in rows.items():
            lag = found[service, shard]
            lag.parked = sum(map(len, ledger.parked.values()))
            lag.halted = str(ledger.halt or "")
    return at


async def _age(
    look: Look,
    found: Mapping[tuple[str, int], Lag],
    at: Mapping[str, Mapping[Route, int]],
    ends: Mapping[Route, int],
) -> None:
    behind: list[tuple[Lag, Route, int]] = []
    for group, offsets in at.items():
        for route, offset in offsets.items():
            if (more := ends[route] - offset) > 0:
                lag = found[group, route[1]]
                lag.records += more
                behind.append((lag, route, offset))
    now_ms = time.time_ns() // 1_000_000
    while behind:  # as many rounds as groups are behind on one partition at different places
        place: dict[Route, int] = {}
        later: list[tuple[Lag, Route, int]] = []
        for _, route, offset in behind:
            place.setdefault(route, offset)
        times = await look.times_ms(place)
        for lag, route, offset in behind:
            if place[route] != offset:
                later.append((lag, route, offset))
                continue
            age_s = max(0, now_ms - times.get(route, now_ms)) / MS_PER_S
            if not lag.oldest or age_s > lag.age_s:
                lag.age_s, lag.oldest = age_s, f"{route[0]}/{route[1]}/{offset}"
        behind = later


def by_group(lags: Iterable[Lag]) -> list[dict[str, Any]]:
    """One row a group: the sum of the records, the oldest of the ages."""
    groups: dict[str, dict[str, Any]] = {}
    for lag in lags:
        row = groups.setdefault(
            lag.group, {"group": lag.group, "records": 0, "age_s": 0.0, "parked": 0, "halted": []}
        )
        row["records"] += lag.records
        row["age_s"] = max(row["age_s"], lag.age_s)
        row["parked"] += lag.parked
        row["halted"] += [f"{lag.shard}: {lag.halted}"] if lag.halted else []
    return list(groups.values())


def attention(lags: Iterable[Lag], age_s_max: float) -> list[dict[str, Any]]:
    """The shards that need somebody: halted, or behind for too long."""
    return [asdict(lag) for lag in lags if lag.halted or lag.age_s > age_s_max]
