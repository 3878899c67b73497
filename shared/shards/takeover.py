"""Taking shards over: the row against the log, the last blob once more, then on from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts import shard as words
from shared.contracts.envelope import BadEnvelope, Sealed, read

from . import ledger as ledgers
from . import outbox as outboxes
from .admission import Incoming
from .codec import Codec
from .draft import Draft
from .folding import FOLLOWS_MAX, Folder, Own, inputs, own_facts, remark
from .ledger import Halt, Ledger
from .outbox import Outbox
from .ports import Fenced, Log, Route, Row, Store, Unavailable
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


class TakeOver:
    """Makes a shard's row, its log and this worker agree before the first turn."""

    def __init__(
        self, service: Service, log: Log, store: Store, codec: Codec, partitions: int, worker: str
    ) -> None:
        self.service, self.log, self.store = service, log, store
        self.codec, self.partitions, self.worker = codec, partitions, worker
        self.events = f"{service.name}.events"

    def routes(self, shard: int) -> list[Route]:
        """The partitions that the shard reads."""
        return [(topic, shard) for topic in self.service.subscriptions]

    async def take(self, shards: Sequence[int]) -> dict[int, Owned]:
        """Raises Unavailable, or Fenced where another worker is moving a shard already."""
        rows = await self.store.rows(shards)
        own_log = [(self.events, shard) for shard in shards]
        ends = await self.log.ends(own_log + [r for s in shards for r in self.routes(s)])
        owned: dict[int, Owned] = {}
        boxes: dict[str, Outbox] = {}
        for shard in shards:
            ledger, box = self._open(rows.get(shard))
            _check_inputs(shard, ledger, ends)
            ledger, derived = await self._agree(shard, ledger, ends[self.events, shard])
            if derived is not None:
                box = derived
            if box and not (ledger.halt and ledger.halt.code in NOT_TO_BE_TRUSTED):
                boxes[f"/kameng/{self.service.name}/{shard}"] = box
            owned[shard] = Owned(ledger, ledger.tally.read)
        acknowledged = await self.log.publish(boxes)
        for shard, own in owned.items():
            end = acknowledged.get((self.events, shard), 0)
            own.ledger.log_end = max(own.ledger.log_end, end)
        return owned

    def _open(self, row: Row | None) -> tuple[Ledger, Outbox]:
        if row is None:
            return Ledger(), outboxes.EMPTY
        return ledgers.decode(row.ledger), outboxes.decode(row.outbox)

    async def _agree(self, shard: int, ledger: Ledger, end: int) -> tuple[Ledger, Outbox | None]:
        """Compare the row with the end of the shard's own log; catch up where the log is ahead."""
        where = f"{self.events}/{shard}/{end}"
        if end < ledger.log_end:
            lost = f"records up to {ledger.log_end} were acknowledged; the log ends before"
            ledger.halt = ledger.halt or Halt("LOST", where, detail=lost)
            return ledger, None
        tail = await self._tail(shard, ledger.log_end, end)
        if not any(_position(record) > ledger.position for record in tail):
            return ledger, None
        await self.log.renew()
        unsent: list[Sealed] = []
        for _ in range(REBUILD_TRIES_MAX):
            ledger = await self._catch_up(shard, ledger, unsent)
            if ledger.halt and ledger.halt.code == "DERIVED":
                return ledger, None
            if await self._first_record(shard, ledger):
                ledger = await self._catch_up(shard, ledger, unsent)
                return ledger, Outbox(facts=[], follows=unsent)
        raise Unavailable(f"{where}: another worker keeps writing to this shard")

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
            after = held[-1].envelope.position if held else ledger.position
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
        draft = Draft(self.service, shard, ledger, ledger.time_ms, self.partitions)
        folder = Folder(draft, early)
        for group in groups:
            await self._fold(folder, group)
            if draft.ledger.halt and draft.ledger.halt.code == "DERIVED":
                return draft.ledger
        await self._remark(shard, draft.ledger, since=ledger.offsets)
        unsent += folder.unsent
        del unsent[:-FOLLOWS_MAX]
        draft.ledger.turn += 1
        write = self.codec.write(draft, Outbox(facts=[], follows=unsent))
        if await self.store.commit([write]):
            raise Fenced(f"{draft.source} was moved by another worker")
        return draft.ledger

    async def _fold(self, folder: Folder, group: list[Own]) -> None:
        draft = folder.draft
        for own in group:
            if own.fact.owner == "shard":
                continue
            for _ in range(self.codec.rounds_max):
                missing = draft.missing(own.fact)
                if not missing:
                    break
                found = await self.store.load({draft.shard: missing})
                draft.learn(missing, self.codec.states(found.get(draft.shard, {})))
        folder.fold(group)

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
        await self.log.publish({draft.source: draft.outbox})
        tail = await self._tail(
            shard, ledger.log_end, (await self.log.ends([(self.events, shard)]))[self.events, shard]
        )
        first = next((r for r in tail if _position(r) > ledger.position), None)
        link = read(first.headers).link if first else None
        return link is not None and link.chain == draft.ledger.chain


def _check_inputs(shard: int, ledger: Ledger, ends: Mapping[Route, int]) -> None:
    """What was read must still be there: a log that ends before has lost something."""
    for topic, offset in ledger.offsets.items():
        end = ends.get((topic, shard), offset)
        if end < offset:
            lost = f"read up to {offset}; the log ends before"
            ledger.halt = Halt("LOST", f"{topic}/{shard}/{end}", detail=lost)


def _position(record: Incoming) -> int:
    try:
        return read(record.headers).position
    except BadEnvelope:
        return 0
