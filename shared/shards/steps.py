"""Runs a turn's steps: loads what they name, lets each be decided, retries what was parked."""

import asyncio
from collections.abc import Mapping, Sequence

from shared.contracts import shard as words
from shared.contracts.envelope import BadEnvelope, Coordinates, read
from shared.contracts.message import Fact
from shared.contracts.orders import Seen

from .admission import Step, interpret
from .codec import Codec
from .deciding import (
    attempt,
    deadline_step,
    first_keys,
    handle,
    keys_ahead,
    park,
    skipped,
)
from .draft import Draft
from .ports import Log, Store
from .service import Service
from .table import TableReader

Topical = tuple[str, Step]
"""A step, and the topic whose handler it is for."""


class Steps:
    """The middle of a turn; the only waiting here is for aggregates and for parked records."""

    def __init__(self, service: Service, log: Log, store: Store, codec: Codec) -> None:
        self.service, self.log, self.store, self.codec = service, log, store, codec
        self.table: TableReader | None = None

    async def run(
        self, drafts: Mapping[int, Draft], steps: Mapping[int, Sequence[Topical]],
        table: TableReader | None,
    ) -> None:  # fmt: skip
        """Decide every step of every shard; raises Unavailable and leaves the drafts to die."""
        self.table = table
        await self._reach_table(steps)
        for shard, draft in drafts.items():
            for topic, step in steps[shard]:
                handle(draft, topic, step, table.rows if table else {})
        await self._load_all(drafts, steps)
        for shard, draft in drafts.items():
            for _, step in steps[shard]:
                if draft.lost:
                    break
                await self._run(draft, step)
            await asyncio.sleep(0)  # heartbeats share the loop: let them in between shards

    async def _reach_table(self, steps: Mapping[int, Sequence[Topical]]) -> None:
        table = self.service.table
        if self.table is None or table is None:
            return
        by_step = [
            (step, table.seen(step.message))
            for topical in steps.values()
            for _, step in topical
            if step.message is not None
        ]
        wanted: dict[int, int] = {}
        for _, seen in by_step:
            for one in seen:
                wanted[one.shard] = max(wanted.get(one.shard, 0), one.position)
        if not wanted:
            return
        if await self.table.refresh(Seen(shard=s, position=p) for s, p in wanted.items()):
            return
        for step, seen in by_step:
            if any(self.table.positions.get(s.shard, 0) < s.position for s in seen):
                step.reason = "names a place of the catalogue that does not exist"

    async def _load_all(
        self, drafts: Mapping[int, Draft], steps: Mapping[int, Sequence[Topical]]
    ) -> None:
        """Two looks for the whole turn: what the steps name, then what these will point at."""
        for named_by in (first_keys, keys_ahead):
            wanted = {
                shard: named_by(draft, [step for _, step in steps[shard]])
                for shard, draft in drafts.items()
                if not draft.lost
            }
            wanted = {shard: keys for shard, keys in wanted.items() if keys}
            if wanted:
                await self._load(drafts, wanted)

    async def _load(self, drafts: Mapping[int, Draft], wanted: Mapping[int, list[str]]) -> None:
        found = await self.store.load(wanted, {s: drafts[s].before.turn for s in wanted})
        for shard, keys in wanted.items():
            drafts[shard].lost |= shard not in found
            drafts[shard].learn(keys, self.codec.states(found.get(shard, {})))

    async def _run(self, draft: Draft, step: Step) -> None:
        message = step.message
        match message:
            case words.RetryParked():
                draft.ledger.tally.applied += 1
                await self._retry(draft, message.subject_id)
            case words.SkipParked():
                draft.ledger.tally.applied += 1
                await self._apply(draft, skipped(draft, message), step.cause)
                await self._retry(draft, message.subject_id)
            case words.AcceptGap():
                draft.ledger.tally.applied += 1
            case _:
                await self._decide(draft, step)

    async def _decide(self, draft: Draft, step: Step) -> None:
        for _ in range(self.codec.rounds_max):
            missing = attempt(draft, step)
            if not missing:
                return
            await self._learn(draft, missing)
        park(draft, step, "bug: keys() does not come to an end")

    async def _learn(self, draft: Draft, keys: list[str]) -> None:
        await self._load({draft.shard: draft}, {draft.shard: keys})

    async def _apply(self, draft: Draft, facts: Sequence[Fact], cause: str) -> None:
        for fact in facts:
            if missing := draft.missing(fact):
                await self._learn(draft, missing)
        draft.apply(facts, cause)

    async def _retry(self, draft: Draft, subject: str) -> None:
        """Process what is parked of a subject in order, until one fails again."""
        for where in list(draft.ledger.parked.get(subject, ())):
            before = draft.ledger.position
            if where.startswith("effect/"):  # the outside is called again, with the same id
                retried = words.ParkedRetried(subject_id=subject, coordinates=where)
                await self._apply(draft, [retried], where)
            elif step := await self._again(draft, where):
                step.retried, step.counted, step.subject = True, False, subject
                await self._decide(draft, step)
            if draft.ledger.position == before:
                return

    async def _again(self, draft: Draft, where: str) -> Step | None:
        if where.startswith("deadline/"):
            return deadline_step(where.removeprefix("deadline/"), draft.now_ms)
        at = Coordinates.parse(where)
        records = await self.log.read((at.topic, at.partition), at.offset, 1)
        if not records or records[0].offset != at.offset:
            return None
        try:
            envelope = read(records[0].headers)
        except BadEnvelope:
            return None
        step = interpret(records[0], envelope, where)
        handle(draft, at.topic, step, self.table.rows if self.table else {})
        return step
