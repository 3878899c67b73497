"""A shard from its own log alone: state, deadlines, offsets, position, chain, and what it sent.

Pure. Facts are folded one input at a time; numbering and chaining what follows from them again
must give the very chain that the log holds, or the log and the rules do not belong together.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from shared.contracts import shard as words
from shared.contracts.envelope import Envelope, Sealed, read, unix_ms
from shared.contracts.message import Fact
from shared.contracts.registry import decode

from .admission import Incoming
from .draft import Draft
from .ledger import Halt, Ledger, Mark

FOLLOWS_MAX: Final = 20_000
"""Derived records kept for sending again; more than any one turn can have made."""


NO_INPUT: Final = ("deadline/", "effect/")
CLOSING: Final = (words.GapClosed, words.GapAccepted)


class Own(NamedTuple):
    """A fact read back from the shard's own log."""

    fact: Fact
    envelope: Envelope
    offset: int
    body: bytes


def own_facts(records: Iterable[Incoming], after: int) -> Iterator[Own]:
    """The facts of positions above ``after``, in order; a blob sent again is passed over."""
    for record in records:
        envelope = read(record.headers)
        if envelope.position > after:
            after = envelope.position
            body = record.value or b""
            message = decode(envelope.type, body)
            assert isinstance(message, Fact)
            yield Own(message, envelope, record.offset, body)


def inputs(facts: Iterable[Own]) -> Iterator[list[Own]]:
    """Facts in the groups in which they were decided: one cause, positions side by side."""
    group: list[Own] = []
    for own in facts:
        if group and not _together(group[-1], own):
            yield group
            group = []
        group.append(own)
    if group:
        yield group


def _together(one: Own, other: Own) -> bool:
    left, right = one.envelope, other.envelope
    assert left.link
    assert right.link
    return (
        right.position == left.position + 1
        and right.link.cause == left.link.cause
        and right.time == left.time
    )


class Folder:
    """Folds groups into a draft, and remembers what a worker may not have sent."""

    def __init__(self, draft: Draft, early: set[str]) -> None:
        self.draft = draft
        self.unsent: list[Sealed] = []
        self.early = early
        """Inputs that were taken before their turn, to close a gap: they move no offset."""

    def fold(self, group: list[Own]) -> None:
        """Let these facts have happened; sets ``draft.ledger.halt`` where they cannot have."""
        draft, envelope = self.draft, group[0].envelope
        assert envelope.link
        draft.time = envelope.time
        draft.ledger.time_ms = max(draft.ledger.time_ms, unix_ms(envelope.time))
        before = len(draft.outbox.follows)
        draft.apply(
            [own.fact for own in group], envelope.link.cause,
            written=[(own.envelope.type, own.body) for own in group],
        )  # fmt: skip
        last = draft.outbox.facts.pop()[-1]
        self.unsent += draft.outbox.follows[before:]
        del draft.outbox.follows[before:]
        found = group[-1].envelope
        if (last.position, last.chain) != (found.position, found.link and found.link.chain):
            where = f"{draft.events}/{draft.shard}/{group[-1].offset}"
            draft.ledger.halt = Halt("DERIVED", where, detail="not what these rules derive")
            return
        self._move(group, envelope.link.cause)
        draft.ledger.log_end = group[-1].offset + 1

    def _move(self, group: list[Own], cause: str) -> None:
        if cause.startswith(NO_INPUT):
            return
        text = cause.partition("#")[0]
        for own in group:
            if own.fact.owner == "shard" and isinstance(own.fact, CLOSING):
                self.early.add(text)
        if text in self.early:
            return
        topic, _, offset = text.rsplit("/", 2)
        offsets, following = self.draft.ledger.offsets, int(offset) + 1
        if following > offsets.get(topic, 0):
            offsets[topic] = following


def remark(ledger: Ledger, records: Iterable[Incoming]) -> None:
    """Marks come back from the headers of what was read; so does how much was read."""
    for record in records:
        ledger.tally.read += 1
        ledger.tally.applied += 1
        try:
            envelope = read(record.headers)
        except ValueError:
            continue
        link = envelope.link
        route = f"{envelope.source} {record.topic}"
        mark = ledger.marks.get(route)
        if link and (mark is None or envelope.position > mark.position):
            ledger.marks[route] = Mark(envelope.position, link.chain)
