"""Taking shards over: the row against the log, the last blob once more, then on from there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.contracts import shard as words
from shared.contracts.envelope import BadEnvelope, Sealed, read
from shared.contracts.message import Fact
from shared.kernel.decider import Effect

from . import ledger as ledgers
from . import outbox as outboxes
from .admission import Incoming
from .codec import Codec
from .draft import Draft
from .folding import FOLLOWS_MAX, Folder, Own, Past, inputs, own_facts, remark
from .ledger import Halt, Ledger
from .outbox import Outbox
from .ports import Claimed, Fenced, Log, Route, Row, Store, Unavailable
from .service import Service

READ_MAX: Final = 2_000
"""Records of the log read at once."""
NOT_TO_BE_TRUSTED: Final = frozenset({"LOST", "DERIVED"})
"""Halts in which row and log disagree: nothing is sent on the word of either."""
REBUILD_TRIES_MAX: Final = 5
"""How often another worker may come between a rebuild and its first own record."""


@dataclass
class Owned:
    """A shard that this worker has."""

    ledger: Ledger
    written: int = 0
    """Of the records read, how many the row knows of."""
    seeks: dict[Route, int] = field(default_factory=dict)
    """Where to read on."""
    since_ms: int = 0
    """When this worker took it over, Unix milliseconds."""


class TakeOver:
    """Makes a shard's row, its log and this worker agree before the first turn."""

    def __init__(
        self, service: Service, log: Log, store: Store, codec: Codec, partitions: int,
        worker: str, *, claim: Callable[[], Claimed],
    ) -> None:  # fmt: skip
        self.service, self.log, self.store, self.claim = service, log, store, claim
        self.ours = claim()
        """Since a row was last read or moved."""
        self.codec, self.partitions, self.worker = codec, partitions, worker
        self.events = f"{service.name}.events"

    def seeks(self, shard: int, ledger: Ledger) -> dict[Route, int]:
        """Where the shard reads on, for each partition that it reads."""
        return {(topic, shard): ledger.offsets.get(topic, 0) for topic in self.service.topics}

    async def take(self, shards: Sequence[int]) -> dict[int, Owned]:
        """Raises Unavailable, or Fenced where another worker is moving a shard already."""
        self.ours = ours = self.claim()
        rows = await self.store.rows(shards)
        topics = (self.events, *self.service.topics)
        ends = await self.log.ends([(topic, shard) for shard in shards for topic in topics])
        owned: dict[int, Owned] = {}
        boxes: dict[str, Outbox] = {}
        for shard in shards:
            ledger, box = self._open(rows.get(shard))
            ledger, box = await self._agree(shard, ledger, box, ends[self.events, shard])
            if box:
                boxes[f"/kameng/{self.service.name}/{shard}"] = box
            seeks = self._can_be_read(ledger, self.seeks(shard, ledger), ends)
            owned[shard] = Owned(ledger, ledger.tally.read, seeks)
        acknowledged = await self.log.publish(boxes, ours)
        for shard, own in owned.items():
            end = acknowledged.get((self.events, shard), 0)
            own.ledger.log_end = max(own.ledger.log_end, end)
        return owned

    async def fold(self, shards: Sequence[int]) -> dict[int, Ledger]:
        """Bring these rows up to the end of their own log, and publish nothing.

        For a copy beside the live one; whoever has the live shards is not disturbed.
        """
        folded: dict[int, Ledger] = {}
        for shard, row in (await self.store.rows(shards)).items():
            ledger, box = self._open(row)
            folded[shard] = await self._catch_up(shard, ledger, list(box.follows))
        return folded

    def _can_be_read(
        self, ledger: Ledger, seeks: Mapping[Route, int], ends: Mapping[Route, int]
    ) -> dict[Route, int]:
        """No further than the ends; what was read and is no longer there halts the shard."""
        for (topic, shard), offset in seeks.items():
            end = ends[topic, shard]
            if offset > end and ledger.halt is None:
                lost = f"read up to {offset}; the partition ends before"
                ledger.halt = Halt("LOST", f"{topic}/{shard}/{end}", detail=lost)
        return {route: min(offset, ends[route]) for route, offset in seeks.items()}

    def _open(self, row: Row | None) -> tuple[Ledger, Outbox]:
        if row is None:
            return Ledger(), outboxes.EMPTY
        return ledgers.decode(row.ledger), outboxes.decode(row.outbox)

    async def _agree(
        self, shard: int, ledger: Ledger, box: Outbox, end: int
    ) -> tuple[Ledger, Outbox]:
        """Compare the row with the end of the shard's own log; catch up where the log is ahead.

        Returns also what is to be published before the first turn.
        """
        where = f"{self.events}/{shard}/{end}"
        if end < ledger.log_end:
            lost = f"records up to {ledger.log_end} were acknowledged; the log ends before"
            ledger.halt = Halt("LOST", where, detail=lost)
            return ledger, outboxes.EMPTY
        tail = await self._tail(shard, ledger.log_end, end)
        if not any(_position(record) > ledger.position for record in tail):
            return ledger, box
        await self.log.renew()
        unsent = list(box.follows)
        for _ in range(REBUILD_TRIES_MAX):
            ledger = await self._catch_up(shard, ledger, unsent)
            if ledger.halt and ledger.halt.code == "DERIVED":
                return ledger, outboxes.EMPTY
            if await self._first_record(shard, ledger):
                ledger = await self._catch_up(shard, ledger, unsent)
                return ledger, Outbox(facts=[], follows=unsent)
        raise Unavailable(f"{where}: another worker keeps writing to this shard")

    async def effects(
        self, owned: Mapping[int, Owned]
    ) -> tuple[list[tuple[int, str, Effect]], set[int]]:
        """The open effects of shards just taken over, and those that have been moved since.

        What another worker has committed meanwhile may not be on the log yet: nobody is called
        for it before that turn is taken over too.
        """
        wanted: dict[int, list[str]] = {}
        for shard, key in await self.store.effects(owned):
            wanted.setdefault(shard, []).append(key)
        if not wanted:
            return [], set()
        found = await self.store.load(wanted, {s: owned[s].ledger.turn for s in wanted})
        opened = [
            (shard, key, effect)
            for shard, states in found.items()
            for key, state in self.codec.states(states).items()
            if (effect := self.service.process.effect(key, state))
        ]
        return opened, wanted.keys() - found.keys()

    async def moved(self, owned: Mapping[int, Owned]) -> frozenset[int]:
        """Those that a rival has moved: it may have left a call open where nothing more arrives."""
        turns = {shard: own.ledger.turn for shard, own in owned.items()}
        found = await self.store.load(dict.fromkeys(turns, ()), turns) if turns else {}
        return frozenset(turns.keys() - found.keys())

    async def _tail(self, shard: int, start: int, end: int) -> list[Incoming]:
        records: list[Incoming] = []
        while start < end:  # bounded by: the end that was asked for
            more = await self.log.read((self.events, shard), start, READ_MAX)
            if not more:
                break
            records += more
            start = more[-1].offset + 1
        return records

    async def _catch_up(self, shard: int, ledger: Ledger, unsent: list[Sealed]) -> Ledger:
        """Fold the shard's own log from the row's position on, a chunk a transaction.

        ``unsent`` collects what follows from the last facts: whether it was sent is not known.
        """
        start, held = ledger.log_end, list[Own]()
        early: set[str] = set()
        while True:  # bounded by: the end of the log
            records = await self.log.read((self.events, shard), start, READ_MAX)
            after = held[-1].position if held else ledger.position
            groups = list(inputs([*held, *own_facts(records, after)]))
            held = groups.pop() if groups and records else []
            if groups:
                ledger = await self._fold_chunk(shard, ledger, groups, early, unsent)
            if not records or (ledger.halt and ledger.halt.code == "DERIVED"):
                return ledger
            start = records[-1].offset + 1

    async def _fold_chunk(
        self, shard: int, ledger: Ledger, groups: list[list[Own]], early: set[str],
        unsent: list[Sealed],
    ) -> Ledger:  # fmt: skip
        draft = Past(self.service, shard, ledger, ledger.time_ms, self.partitions)
        await self._learn(draft, [own.fact for group in groups for own in group])
        folder = Folder(draft, early)
        for group in groups:
            for _ in range(self.codec.rounds_max):
                if not await self._learn(draft, [own.fact for own in group]):
                    break
            folder.fold(group)
            if draft.ledger.halt and draft.ledger.halt.code == "DERIVED":
                return draft.ledger
        await self._remark(shard, draft.ledger, since=ledger.offsets)
        unsent += folder.unsent
        del unsent[:-FOLLOWS_MAX]
        draft.ledger.turn += 1
        write = self.codec.write(draft, Outbox(facts=[], follows=unsent))
        self.ours = self.claim()
        if await self.store.commit([write]):
            raise Fenced(f"{draft.source} was moved by another worker")
        return draft.ledger

    async def _learn(self, draft: Draft, facts: Sequence[Fact]) -> bool:
        """Load what these facts change; False where it is all at hand."""
        missing = list({key: None for fact in facts for key in draft.missing(fact)})
        if missing:
            shard = draft.shard
            found = await self.store.load({shard: missing}, {shard: draft.before.turn})
            if shard not in found:
                raise Fenced(f"{draft.source} was moved by another worker")
            draft.learn(missing, self.codec.states(found[shard]))
        return bool(missing)

    async def _remark(self, shard: int, ledger: Ledger, since: dict[str, int]) -> None:
        """Marks come back from the inputs' headers, as far as the facts' causes reach."""
        for topic, end in ledger.offsets.items():
            start = since.get(topic, 0)
            while start < end:  # bounded by: the offset that the causes reach
                records = await self.log.read((topic, shard), start, READ_MAX)
                if not records:
                    break
                remark(ledger, [record for record in records if record.offset < end])
                start = records[-1].offset + 1

    async def _first_record(self, shard: int, ledger: Ledger) -> bool:
        """Write ShardRebuilt; True when it is the next record of this log, and nobody else's."""
        draft = Draft(self.service, shard, ledger, ledger.time_ms, self.partitions)
        name = f"{self.service.name}/{shard}"
        fact = words.ShardRebuilt(subject_id=name, position=ledger.position, worker=self.worker)
        draft.apply([fact], f"effect/rebuilt-{self.worker}")
        await self.log.publish({draft.source: draft.outbox}, self.ours)
        tail = await self._tail(
            shard, ledger.log_end, (await self.log.ends([(self.events, shard)]))[self.events, shard]
        )
        first = next((r for r in tail if _position(r) > ledger.position), None)
        link = read(first.headers).link if first else None
        return link is not None and link.chain == draft.ledger.chain


def _position(record: Incoming) -> int:
    try:
        return read(record.headers).position
    except BadEnvelope:
        return 0
