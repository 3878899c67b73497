"""Parked records and halted shards: found in the rows, explained by the log, ended by a person."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final

from deploy.local.refusal import Refusal
from shared.contracts import shard as words
from shared.contracts.envelope import Coordinates
from shared.shards.ledger import Halt, Ledger

from .ledgers import Ledgers, read_ledgers
from .log import Look, looking, type_of

OUTCOME_S_MAX: Final = 30.0
LOOK_S: Final = 0.2
UNKNOWN: Final = "(its RecordParked is not on the log yet)"


@dataclass
class Parked:
    """One record that waits for a person."""

    service: str
    shard: int
    subject: str
    coordinates: str
    behind: bool = False
    """It waits only because an earlier one of its subject does."""
    reason: str = UNKNOWN
    since: str = ""


def parked_in(found: Ledgers) -> list[Parked]:
    """All of them, in the order in which they would be retried."""
    return [
        Parked(service, shard, subject, where)
        for service, rows in found.items()
        for shard, ledger in rows.items()
        for subject, queue in ledger.parked.items()
        for where in queue
    ]


async def explained(look: Look, some: list[Parked]) -> list[Parked]:
    """With what their RecordParked facts say; looks back from the end of each shard's log."""
    by_shard: dict[tuple[str, int], dict[str, Parked]] = {}
    for parked in some:
        by_shard.setdefault((parked.service, parked.shard), {})[parked.coordinates] = parked
    for (service, shard), missing in by_shard.items():
        async for records in look.back((f"{service}.events", shard)):
            for record in reversed(records):
                if type_of(record) == words.RecordParked.type:
                    _explain(missing, record)
            if not missing:
                break
    return some


def _explain(missing: dict[str, Parked], record: Any) -> None:
    fact = words.RecordParked.decode(record.value)
    if parked := missing.pop(fact.coordinates, None):
        parked.reason, parked.behind = fact.reason, fact.behind
        parked.since = dict(record.headers)["ce_time"].decode()


async def shown(look: Look, parked: Parked) -> dict[str, Any]:
    """The record itself: where it lies and what its headers say; of its body the size alone."""
    about: dict[str, Any] = asdict(parked)
    if parked.coordinates.startswith(("deadline/", "effect/")):
        return about
    at = Coordinates.parse(parked.coordinates)
    records = await look.records((at.topic, at.partition), at.offset, at.offset + 1)
    if not records:
        raise Refusal(f"{at} is not on the log.")
    body = records[0].value or b""
    about["headers"] = {
        name: (value or b"").decode(errors="replace") for name, value in records[0].headers
    }
    about["body"] = {"bytes": len(body), "sha256": sha256(body).hexdigest()}
    return about


@dataclass
class Outcome:
    """What became of a command."""

    command: str
    by: str
    facts: list[dict[str, Any]]
    """ParkedRetried, ParkedSkipped or GapAccepted, as they stand on the log."""
    remaining: list[str]
    """What still waits of the subject; or the halt that still stands."""
    timed_out: bool

    @property
    def fine(self) -> bool:
        """Whether it did what was wanted, wholly."""
        return bool(self.facts) and not self.remaining and not self.timed_out


class Awaiting:
    """Waits for the facts with which a shard answers an operator's command."""

    def __init__(self, run: Mapping[str, Any], service: str, shard: int) -> None:
        self.run, self.service, self.shard = run, service, shard
        self.route = (f"{service}.events", shard)

    async def after(
        self, ask: Callable[[], dict[str, Any]], subject: str, kinds: tuple[type, ...],
        left: Callable[[Ledger], list[str]],
    ) -> Outcome:  # fmt: skip
        """Ask, then watch until the shard has read the command and said what came of it."""
        async with looking(self.run) as look:
            start = (await look.ends([self.route]))[self.route]
            before = left(await self._ledger())
            asked = await asyncio.to_thread(ask)
            outcome = Outcome(asked["command"], asked["by"], [], before, True)
            deadline = time.monotonic() + OUTCOME_S_MAX
            while outcome.timed_out and time.monotonic() < deadline:
                await asyncio.sleep(LOOK_S)
                passed = await self._has_read(look, asked["command"])
                outcome.remaining = left(await self._ledger())
                outcome.facts = await self._facts(look, start, subject, kinds)
                gone = len(before) - len(outcome.remaining)
                outcome.timed_out = not (passed and len(outcome.facts) >= gone)
            return outcome

    async def _ledger(self) -> Ledger:
        found = await asyncio.to_thread(read_ledgers, self.run["postgres"], (self.service,))
        return found.get(self.service, {}).get(self.shard) or Ledger()

    async def _has_read(self, look: Look, command: str) -> bool:
        at = Coordinates.parse(command)
        route = (at.topic, at.partition)
        row = (await self._ledger()).offsets.get(at.topic, 0)
        committed = (await look.committed(self.service)).get(route, 0)
        return max(row, committed) > at.offset

    async def _facts(
        self, look: Look, start: int, subject: str, kinds: tuple[type, ...]
    ) -> list[dict[str, Any]]:
        end = (await look.ends([self.route]))[self.route]
        wanted = {kind.type: kind for kind in kinds}  # type: ignore[attr-defined]  # messages all
        found: dict[str, dict[str, Any]] = {}
        for record in await look.records(self.route, start, end):
            cls = wanted.get(type_of(record))
            if cls and (fact := cls.decode(record.value)).subject_id == subject:  # type: ignore[attr-defined]  # as above
                said = {"fact": cls.__name__, **fact.model_dump()}
                found[dict(record.headers)["ce_id"].decode()] = said
        return list(found.values())


def halts(found: Ledgers) -> list[tuple[str, int, Halt]]:
    """Every shard that stands still."""
    return [
        (service, shard, ledger.halt)
        for service, rows in found.items()
        for shard, ledger in rows.items()
        if ledger.halt
    ]
