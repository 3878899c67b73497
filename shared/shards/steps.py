"""Runs a turn's steps: loads what they name, lets each be decided, retries what was parked."""

import asyncio
from collections.abc import Mapping, Sequence

from shared.contracts import shard as words
from shared.contracts.envelope import BadEnvelope, Coordinates, read
from shared.contracts.orders import Seen

from .admission import Step, interpret
from .codec import Codec
from .deciding import attempt, first_keys, handle, park, parked_of, skip
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
        wanted = {
            shard: first_keys(draft, (step for _, step in steps[shard]))
            for shard, draft in drafts.items()
        }
        wanted = {shard: keys for shard, keys in wanted.items() if keys}
        if wanted:
            found = await self.store.load(wanted)
            for shard, keys in wanted.items():
                drafts[shard].learn(keys, self.codec.states(found.get(shard, {})))

    async def _run(self, draft: Draft, step: Step) -> None:
        message = step.message
        match message:
            case words.RetryParked():
                draft.ledger.tally.applied += 1
                await self._retry(draft, message.subject_id)
            case words.SkipParked():
                draft.ledger.tally.applied += 1
                skip(draft, message, step.cause)
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
            found = await self.store.load({draft.shard: missing})
            draft.learn(missing, self.codec.states(found.get(draft.shard, {})))
        park(draft, step, "bug: keys() does not come to an end")

    async def _retry(self, draft: Draft, subject: str) -> None:
        """Process what is parked of a subject in order, until one fails again."""
        for parked in parked_of(draft, subject):
            step = await self._again(draft, parked)
            if step is None:
                return
            step.retried, step.counted, step.subject = True, False, subject
            before = draft.ledger.position
            await self._decide(draft, step)
            if draft.ledger.position == before:
                return

    async def _again(self, draft: Draft, parked: Coordinates | Step) -> Step | None:
        if isinstance(parked, Step):
            return parked
        records = await self.log.read((parked.topic, parked.partition), parked.offset, 1)
        if not records or records[0].offset != parked.offset:
            return None
        try:
            envelope = read(records[0].headers)
        except BadEnvelope:
            return None
        step = interpret(records[0], envelope, str(parked))
        handle(draft, parked.topic, step, self.table.rows if self.table else {})
        return step
