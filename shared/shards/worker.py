"""The worker: polls, decides over all its shards at once, commits, publishes; and again."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from .admission import Incoming, admit
from .codec import Codec
from .deadlines import Deadlines
from .deciding import answer_step, deadline_step
from .draft import Draft
from .effects import Effects
from .halts import find_way, go_on
from .lagging import Lagging
from .ledger import Ledger
from .limits import Limits
from .outbox import Outbox
from .ports import Claimed, Clock, Fenced, Inbox, Log, Route, Store, Unavailable, claimed
from .service import Service
from .steps import Steps
from .table import TableReader
from .takeover import Owned, TakeOver
from .turn import Turn, Unwatched, Watch, report_of, tell

log = structlog.get_logger()

PARTITIONS: Final = 12
__all__ = ["PARTITIONS", "Turn", "Worker"]


class Worker:
    """Owns some shards of one service for as long as the group gives them to it."""

    def __init__(
        self, service: Service, log: Log, inbox: Inbox, store: Store, clock: Clock,
        *, name: str, partitions: int = PARTITIONS, limits: Limits | None = None,
    ) -> None:  # fmt: skip
        self.service, self.log, self.inbox, self.store = service, log, inbox, store
        self.clock, self.name, self.partitions = clock, name, partitions
        self.limits = limits or Limits()
        self.watch: Watch = Unwatched()
        self.codec = Codec(service)
        self.claim = claim = partial(claimed, clock, self.limits.claim_ms)
        self.takeover = TakeOver(service, log, store, self.codec, partitions, name, claim=claim)
        self.table = TableReader(service.table, log, clock, partitions) if service.table else None
        self.steps = Steps(service, log, store, self.codec)
        self.deadlines = Deadlines(
            log, store, clock, service.topics,
            every_ms=self.limits.due_every_ms, keys_max=self.limits.due_keys_max,
        )  # fmt: skip
        self.effects = Effects(service.performers, clock)
        self.owned: dict[int, Owned] = {}
        self.untaken: set[int] = set()
        self.lock = asyncio.Lock()
        self.publishing: asyncio.Task[None] | None = None
        self.stopping = self.joined = False
        self.look_at_ms = self.advised_at_ms = self.turns = 0
        self.lagging = Lagging()
        self.assigned_s = 0.0

    async def run(self) -> None:
        """Until stop(); an outage is waited out with growing pauses, nothing needs a restart."""
        await self.inbox.start(self._assigned, self._revoked)
        pause_ms = self.limits.pause_ms_min
        while not self.stopping:
            try:
                async with self.lock:
                    await self._take_over()
                    await self._turn()
                    await self._now_and_then()
                pause_ms = self.limits.pause_ms_min
            except (Unavailable, Fenced) as error:
                log.warning("waiting", worker=self.name, why=str(error), pause_ms=pause_ms)
                await self._give_back()
                await self.clock.sleep(pause_ms)
                pause_ms = min(2 * pause_ms, self.limits.pause_ms_max)
        async with self.lock:
            with suppress(Unavailable):
                await self._published()
                await self._advise()
        self.effects.drop(self.owned)
        await self.inbox.stop()

    def stop(self) -> None:
        """End after the turn in hand."""
        self.stopping = True

    async def _assigned(self, shards: frozenset[int]) -> None:
        async with self.lock:
            self.untaken = set(shards)
            self.owned = {}
            self.joined, self.assigned_s = True, time.perf_counter()

    async def _revoked(self, _: frozenset[int]) -> None:
        async with self.lock:
            with suppress(Unavailable):
                await self._published()
            self.publishing = None
            self.effects.drop(self.owned)
            self.owned, self.untaken = {}, set()

    async def _give_back(self) -> None:
        """Whatever was in hand is uncertain: read all rows again before going on."""
        async with self.lock:
            if self.publishing:
                self.publishing.cancel()
                with suppress(Unavailable, TimeoutError, asyncio.CancelledError):
                    await self.publishing
                self.publishing = None
            self.effects.drop(self.owned)
            self.untaken |= set(self.owned)
            self.owned = {}
            await self.log.renew()

    async def _take_over(self) -> None:
        if not self.untaken:
            return
        if self.table and not await self.table.refresh():
            raise Unavailable("the table cannot be read")
        shards = sorted(self.untaken)
        owned = await self.takeover.take(shards)
        for own in owned.values():
            self.inbox.seek(own.seeks)
            own.since_ms = self.clock.now_ms()
        self.lagging.forget(shards)
        self.owned |= owned
        self.untaken -= set(shards)
        await self._open_effects(shards)
        self.watch.took_over(shards, time.perf_counter() - self.assigned_s)
        log.info("took over", worker=self.name, shards=shards, halted=self.halted())

    async def _open_effects(self, shards: Sequence[int]) -> None:
        effects, moved = await self.takeover.effects({s: self.owned[s] for s in shards})
        for shard, key, effect in effects:
            self.effects.open(shard, key, effect)
        self._lose(frozenset(moved))

    def halted(self) -> dict[int, str]:
        """Shards that stand still, and why."""
        return {s: str(o.ledger.halt) for s, o in self.owned.items() if o.ledger.halt}

    async def _turn(self) -> None:
        if self.publishing and self.publishing.done():
            await self._published()
        turn, records_max = Turn(), self.limits.poll_records_max
        polled = await self.inbox.poll(records_max, self.limits.poll_wait_ms)
        turn.polled_s = time.perf_counter()
        self.lagging.polled(polled, records_max, self.clock.now_ms())
        for (topic, shard), records in polled.items():
            if shard in self.owned and self.owned[shard].ledger.halt is None:
                await self._admit(turn, (topic, shard), records)
        await self._time(turn)
        await self._outside(turn)
        looked_ms_ago = abs(self.clock.now_ms() - self.look_at_ms)
        if self.halted() and looked_ms_ago >= self.limits.halt_look_ms:
            self.look_at_ms = self.clock.now_ms()
            await self._look_for_ways(turn)
        if not turn.drafts:
            return
        await self.steps.run(turn.drafts, turn.steps, self.table)
        self._lose(turn.drop_lost())
        await self._commit(turn)

    def _draft(self, turn: Turn, shard: int) -> Draft:
        draft = turn.drafts.get(shard)
        if draft is None:
            ledger, now_ms = self.owned[shard].ledger, self.clock.now_ms()
            draft = Draft(self.service, shard, ledger, now_ms, self.partitions)
            turn.drafts[shard], turn.steps[shard] = draft, []
        return draft

    async def _admit(self, turn: Turn, route: Route, records: Sequence[Incoming]) -> None:
        draft = self._draft(turn, route[1])
        if draft.ledger.halt:
            return
        expected = draft.ledger.offsets.get(route[0], 0)
        if records[0].offset > expected and await self.log.read(route, expected, 1):
            self.inbox.seek({route: expected})  # fetched before the take-over moved the position
            return
        steps = turn.steps[route[1]]
        for record in records:
            step = admit(draft, record)
            if draft.ledger.halt:
                log.error("halted", worker=self.name, shard=route[1], why=str(draft.ledger.halt))
                return
            if step:
                steps.append((route[0], step))

    def _running(self) -> list[int]:
        return [shard for shard, own in self.owned.items() if own.ledger.halt is None]

    async def _time(self, turn: Turn) -> None:
        ledgers = {s: self.owned[s].ledger for s in self._running()}
        ledgers |= {s: draft.ledger for s, draft in turn.drafts.items()}
        offsets = {s: ledger.offsets for s, ledger in ledgers.items() if ledger.halt is None}
        for shard, key, passed_ms in await self.deadlines.ready(offsets):
            self._draft(turn, shard)
            turn.steps[shard].append(("", deadline_step(key, passed_ms)))

    async def _outside(self, turn: Turn) -> None:
        turn.answers = self.effects.take(self._running())
        for answer in turn.answers:
            self._draft(turn, answer.shard)
            step = answer_step(answer.key, answer.effect_id, answer.command)
            turn.steps[answer.shard].append(("", step))

    async def _look_for_ways(self, turn: Turn) -> None:
        for shard in self.halted():
            draft = self._draft(turn, shard)
            halt = draft.ledger.halt
            way = await find_way(self.log, draft, halt) if halt else None
            if halt and way:
                step = go_on(draft, halt, way)
                if step:
                    turn.steps[shard].append((way.record.topic, step))
                self.inbox.seek(self.takeover.seeks(shard, draft.ledger))

    async def _commit(self, turn: Turn) -> None:
        turn.decided_s = time.perf_counter()
        moved = [draft for draft in turn.drafts.values() if self._to_write(draft)]
        await self._published()
        turn.waited_s = time.perf_counter()
        for draft in turn.drafts.values():
            draft.ledger.log_end = self.owned[draft.shard].ledger.log_end
        for draft in moved:
            draft.ledger.turn += 1
        ours, writes = self.claim(), [self.codec.write(draft, draft.outbox) for draft in moved]
        lost = await self.store.commit(writes) if writes else frozenset[int]()
        for shard, draft in turn.drafts.items():
            if shard not in lost:
                self.owned[shard].ledger = draft.ledger
        kept = [draft for draft in moved if draft.shard not in lost]
        for draft in kept:
            self.owned[draft.shard].written = draft.ledger.tally.read
        self._lose(lost)
        self.effects.close(answer for answer in turn.answers if answer.shard not in lost)
        self.turns += 1
        turn.committed_s = time.perf_counter()
        if kept:
            self.publishing = asyncio.create_task(self._publish(kept, ours))
        report = report_of(turn, (d for s, d in turn.drafts.items() if s not in lost))
        tell(self.watch, report, self.publishing if kept else None)

    def _lose(self, lost: frozenset[int]) -> None:
        if lost:
            log.warning("moved by another worker", worker=self.name, shards=sorted(lost))
            self.effects.drop(lost)
            self.untaken |= {shard for shard in lost if self.owned.pop(shard, None)}

    def _to_write(self, draft: Draft) -> bool:
        unwritten = draft.ledger.tally.read - self.owned[draft.shard].written
        return draft.moved or unwritten >= self.limits.unwritten_records_max

    async def _publish(self, drafts: Sequence[Draft], ours: Claimed) -> None:
        """Facts, then what follows; then the outside may be called."""
        boxes: dict[str, Outbox] = {d.source: d.outbox for d in drafts if d.outbox}
        ends = await self.log.publish(boxes, ours)
        for draft in drafts:
            draft.ledger.log_end = ends.get((draft.events, draft.shard), draft.ledger.log_end)
            for key in draft.changed:
                effect = draft.effect(key)
                if effect and draft.shard in self.owned:
                    self.effects.open(draft.shard, key, effect)

    async def _published(self) -> None:
        """The turn before is acknowledged, or Unavailable."""
        if self.publishing:
            try:
                await self.publishing
            finally:
                self.publishing = None

    async def _now_and_then(self) -> None:
        if abs(self.clock.now_ms() - self.advised_at_ms) >= self.limits.advise_every_ms:
            await self._advise()
            self._lose(await self.takeover.moved(self.owned))

    async def _advise(self) -> None:
        self.advised_at_ms = self.clock.now_ms()
        offsets: dict[Route, int] = {}
        for shard, own in self.owned.items():
            offsets |= {(topic, shard): offset for topic, offset in own.ledger.offsets.items()}
        with suppress(Unavailable):  # it is advice
            await self.inbox.advise(offsets)

    def shards(self) -> dict[int, Ledger]:
        """What this worker has, for its metrics."""
        return {shard: own.ledger for shard, own in self.owned.items()}

    def health(self) -> tuple[bool, str]:
        """Whether it is at work, and in words: starting, ready, or halted and why."""
        if not self.joined or self.untaken:
            return False, "starting"
        halted = next(iter(self.halted().values()), "")
        return not halted, f"halted: {halted}" if halted else "ready"
