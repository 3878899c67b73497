"""Prove a log while it streams by: positions, links, chains, times, repeats. Pure.

A source writes to several topics, which are read side by side: its records come out of order.
Each source therefore holds back what came early until the positions before it have come, and
hands its records on in the one order in which they were written. What is held is bounded; a
position that has not come by then is missing.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from shared.contracts.envelope import NO_CHAIN, Coordinates
from shared.contracts.matrix import TOPICS
from shared.contracts.shard import ShardRebuilt

from .entry import Entry, NotOurs, RawRecord, chain_after, entry_of
from .finding import Finding, Flaw
from .remembered import Remembered

HELD_RECORDS_MAX: Final = 50_000
"""Early records that one source holds back, waiting for an earlier position."""

REBUILT: Final = ShardRebuilt.type.encode()

Route = tuple[str, int]


class Source:
    """One writer's history, as far as it has been read."""

    def __init__(self, name: bytes) -> None:
        self.name = name.decode(errors="replace")
        self.head = 0
        """All positions up to here have come, or are known to be missing."""
        self.chain: bytes | None = NO_CHAIN
        """At the head; None where the record there is missing."""
        self.time = b""
        self.last: Entry | None = None
        """The record at the head."""
        self.held: dict[int, Entry] = {}
        self.waits_since_ms = 0
        self.waits_for = 0
        """The position that held records wait for, since when; for who reads on and on."""
        self.marks: dict[Route, int] = {}
        """The last position handed on, by where it went."""
        self.highest: dict[Route, int] = {}
        """The highest position that has come, by where it lies."""
        self.remembered = Remembered()
        self.missing: set[int] = set()


class Chains:
    """Feed it every record of the log; it hands on each one once, in its source's order."""

    def __init__(self, *, held_records_max: int = HELD_RECORDS_MAX) -> None:
        self.sources: dict[bytes, Source] = {}
        self.offsets: dict[Route, int] = {}
        """The next offset of each partition."""
        self.findings: list[Finding] = []
        self.unread: list[RawRecord] = []
        """Among commands: nobody can read them, and the facts that park them name their hash."""
        self.tally: Counter[str] = Counter()
        """records, door (by it), repeated, unreadable, unverified, outrun (see _outrun)."""
        self.held_records_max = held_records_max

    def feed(self, records: Iterable[RawRecord]) -> list[Entry]:
        """The records that are next in their source's order; flaws go to ``findings``."""
        ready: list[Entry] = []
        offsets, sources = self.offsets, self.sources
        count = 0
        for record in records:
            count += 1
            route = (record.topic, record.partition)
            if record.offset != offsets.get(route, 0):
                self._offset_left_out(record, offsets.get(route, 0))
            offsets[route] = record.offset + 1
            try:
                entry = entry_of(record)
            except NotOurs as reason:
                self._unreadable(record, str(reason))
                continue
            if not entry.position:
                self._from_the_door(entry, ready)
                continue
            source = sources.get(entry.source)
            if source is None:
                source = sources[entry.source] = Source(entry.source)
            self._take(source, route, entry, ready)
        self.tally["records"] += count
        return ready

    def expire(self, now_ms: int, patience_ms: int) -> list[Entry]:
        """Go on behind positions that have been waited for longer than that; asked in passing."""
        ready: list[Entry] = []
        for source in self.sources.values():
            if not source.held:
                source.waits_for = 0
            elif source.waits_for != source.head + 1:
                source.waits_for, source.waits_since_ms = source.head + 1, now_ms
            elif now_ms - source.waits_since_ms > patience_ms:
                self._give_up(source, ready)
        return ready

    def finish(self) -> list[Entry]:
        """The log has been read to its end: what has not come by now is missing."""
        ready: list[Entry] = []
        for source in self.sources.values():
            while source.held:
                self._give_up(source, ready)
            for position in sorted(source.missing):
                self._find(Flaw.GAP, None, source, position, f"position {position} is missing")
            source.missing.clear()
        return ready

    def _take(self, source: Source, route: Route, entry: Entry, ready: list[Entry]) -> None:
        position = entry.position
        if position <= source.head:
            self._repeated(source, entry, ready)
            return
        if position in source.held:
            self._repeated_early(source, entry)
            return
        highest = source.highest.get(route)
        if highest is None:
            self._check_writer(source, route, entry)
        if highest is None or position > highest:
            source.highest[route] = position
        else:
            detail = f"position {position} of {source.name} stands after its {highest}"
            self._find(Flaw.ORDER, entry, source, position, detail)
        if position != source.head + 1:
            source.held[position] = entry
            if len(source.held) > self.held_records_max:
                self._give_up(source, ready)
            return
        self._hand_on(source, route, entry, ready)
        held = source.held
        while held and (early := held.pop(source.head + 1, None)):
            at = (early.record.topic, early.record.partition)
            self._hand_on(source, at, early, ready)

    def _hand_on(self, source: Source, route: Route, entry: Entry, ready: list[Entry]) -> None:
        """Verify the record that is next, and move the head to it."""
        position, before = entry.position, source.chain
        if before is None:
            self.tally["unverified"] += 1
        elif chain_after(before, entry) != entry.chain:
            after = f"{source.last.where}" if source.last else "the beginning"
            detail = f"its chain does not follow from its content and from {after}"
            self._find(Flaw.CHAIN, entry, source, position, detail)
        self._check_previous(source, route, entry)
        if entry.time < source.time:
            detail = f"{entry.time.decode(errors='replace')} comes after {source.time.decode()}"
            self._find(Flaw.TIME, entry, source, position, detail)
        else:
            source.time = entry.time
        source.head, source.chain, source.last = position, entry.chain, entry
        source.remembered.put(position, entry.chain)
        ready.append(entry)

    def _check_previous(self, source: Source, route: Route, entry: Entry) -> None:
        previous, mark = int(entry.previous), source.marks.get(route, 0)
        if previous in source.missing:
            source.missing.discard(previous)
            detail = f"position {previous} of {source.name} is missing here, before this record"
            self._find(Flaw.GAP, entry, source, previous, detail)
        elif previous != mark:
            detail = f"it says {previous} came before it on this partition; that was {mark}"
            self._find(Flaw.PREVIOUS, entry, source, entry.position, detail)
        source.marks[route] = entry.position

    def _give_up(self, source: Source, ready: list[Entry]) -> None:
        """Go on behind the positions that have not come."""
        following = min(source.held)
        source.missing.update(range(source.head + 1, following))
        for lost in range(source.head + 1, following):
            source.remembered.put(lost, None)
        source.head, source.chain = following - 1, None
        held = source.held
        while held and (entry := held.pop(source.head + 1, None)):
            route = (entry.record.topic, entry.record.partition)
            self._hand_on(source, route, entry, ready)

    def _repeated(self, source: Source, entry: Entry, ready: list[Entry]) -> None:
        """The position has come before: it must be the same record to the byte."""
        position = entry.position
        self.tally["repeated"] += 1
        if position in source.missing:
            source.missing.discard(position)
            source.remembered.put(position, entry.chain)
            detail = f"position {position} of {source.name} comes after its {source.head}"
            self._find(Flaw.ORDER, entry, source, position, detail)
            ready.append(entry)
            return
        known = source.remembered.get(position)
        before = source.remembered.get(position - 1) if position > 1 else NO_CHAIN
        if known is None:
            detail = f"a repeat of position {position} of {source.name}; too old to compare"
            self._find(Flaw.STALE, entry, source, position, detail)
        elif entry.chain != known and _outrun(entry, before):
            self.tally["outrun"] += 1
        elif entry.chain != known:
            detail = f"position {position} of {source.name} has another chain than before"
            self._find(Flaw.FORK, entry, source, position, detail)
        elif before is not None and chain_after(before, entry) != known:
            detail = f"a repeat of position {position} of {source.name} with another content"
            self._find(Flaw.CHAIN, entry, source, position, detail)

    def _repeated_early(self, source: Source, entry: Entry) -> None:
        self.tally["repeated"] += 1
        first = source.held[entry.position]
        one, other = entry.record, first.record
        if entry[1:] != first[1:] or (one.topic, one.partition, one.key, one.value) != (
            other.topic, other.partition, other.key, other.value,
        ):  # fmt: skip
            if entry.type == first.type == REBUILT:
                self.tally["outrun"] += 1
                return
            detail = f"position {entry.position} of {source.name} differs from {first.where}"
            self._find(Flaw.FORK, entry, source, entry.position, detail)

    def _check_writer(self, source: Source, route: Route, entry: Entry) -> None:
        """Once per source and partition: whether the matrix lets it write there."""
        topic, partition = route
        rule = TOPICS.get(topic)
        _, _, rest = source.name.partition("/kameng/")
        service, _, shard = rest.partition("/")
        if rule is None or service not in rule.writers:
            detail = f"{source.name} may not write to {topic}"
        elif rule.kind == "events" and shard != str(partition):
            detail = f"{source.name} writes to partition {partition}"
        else:
            return
        self._find(Flaw.FOREIGN, entry, source, entry.position, detail)

    def _from_the_door(self, entry: Entry, ready: list[Entry]) -> None:
        rule = TOPICS.get(entry.record.topic)
        if rule is None or rule.kind != "commands":
            self._unreadable(entry.record, "it has no ce_link")
            return
        self.tally["door"] += 1
        ready.append(entry)

    def _unreadable(self, record: RawRecord, reason: str) -> None:
        """Anybody's mistake among commands, where it is parked; damage among facts."""
        self.tally["unreadable"] += 1
        rule = TOPICS.get(record.topic)
        if rule is None or rule.kind != "commands":
            where = Coordinates(record.topic, record.partition, record.offset)
            self.findings.append(Finding(Flaw.ENVELOPE, where, "", 0, reason))
        else:
            self.unread.append(record)

    def _offset_left_out(self, record: RawRecord, expected: int) -> None:
        where = Coordinates(record.topic, record.partition, record.offset)
        detail = f"offsets {expected} to {record.offset - 1} of its partition are not there"
        self.findings.append(Finding(Flaw.OFFSET, where, "", 0, detail))

    def _find(
        self, flaw: Flaw, entry: Entry | None, source: Source, position: int, detail: str
    ) -> None:
        where = entry.where if entry else None
        self.findings.append(Finding(flaw, where, source.name, position, detail))


def _outrun(entry: Entry, before: bytes | None) -> bool:
    """Whether another worker was first to say that this shard is rebuilt.

    Each of them says it after the same record, and goes on only if it was first: the only second
    record of a position that an intact log may hold. It says nothing that anybody acts on.
    """
    return (
        entry.type == REBUILT and before is not None and chain_after(before, entry) == entry.chain
    )
