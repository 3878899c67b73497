"""A shard from its own log alone: state, deadlines, offsets, position, chain, and what it sent.

Pure. Facts are folded one input at a time. Their chain is made again from what the log holds,
that of what follows from them from what the rules derive: it must be the very chain of the log,
or the log and the rules do not belong together.
"""

from binascii import unhexlify
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from shared.contracts import shard as words
from shared.contracts.envelope import NO_CHAIN, Sealed, linked, read, unix_ms
from shared.contracts.message import Fact
from shared.contracts.registry import MESSAGES, decode

from .admission import Incoming
from .draft import Draft, parked_key
from .ledger import Halt, Ledger, Mark

FOLLOWS_MAX: Final = 20_000
"""Derived records kept for sending again; more than any one turn can have made."""
CHAIN_DIGITS: Final = 2 * len(NO_CHAIN)

NO_INPUT: Final = (b"deadline/", b"effect/")
CLOSING: Final = (words.GapClosed, words.GapAccepted)
READ: Final = {name.encode(): cls for name, cls in MESSAGES.items()}
"""As it is named in a header; of older versions `decode` makes the newest."""


class Own(NamedTuple):
    """A fact read back from the shard's own log, its headers as the bytes they are there."""

    fact: Fact
    position: int
    type: bytes
    subject: bytes
    time: bytes
    cause: bytes
    chain: bytes
    """32 bytes."""
    record: Incoming


def own_facts(records: Iterable[Incoming], after: int) -> Iterator[Own]:
    """The facts of positions above ``after``, in order; a blob sent again is passed over."""
    for record in records:
        found: dict[str, Any] = dict(record.headers)
        try:
            position, link = int(found["ce_id"]), found["ce_link"]
            wire_type, subject, time = found["ce_type"], found["ce_subject"], found["ce_time"]
            chain = unhexlify(link[-CHAIN_DIGITS:])
        except (KeyError, TypeError, ValueError):
            if read(record.headers).link is None:
                continue
            raise
        if position > after:
            after = position
            cls, body = READ.get(wire_type), record.value or b""
            message = cls.decode(body) if cls else decode(wire_type.decode(), body)
            assert isinstance(message, Fact)
            _, _, cause = link[: -CHAIN_DIGITS - 1].partition(b" ")
            yield Own(message, position, wire_type, subject, time, cause, chain, record)


def inputs(facts: Iterable[Own]) -> Iterator[list[Own]]:
    """Facts in the groups in which they were decided: one cause, positions side by side."""
    group: list[Own] = []
    following, cause, time = 0, b"", b""
    for own in facts:
        if group and (own.position != following or own.cause != cause or own.time != time):
            yield group
            group = []
        group.append(own)
        following, cause, time = own.position + 1, own.cause, own.time
    if group:
        yield group


class Past(Draft):
    """A draft of what was decided before: nothing is numbered or written, only made again."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._written, self._own = self.time.encode(), self.source.encode()
        self._topic, self._route = self.events.encode(), f"{self.events}/{self.shard}"
        self._asked: Fact | None = None
        self._named: tuple[str, ...] = ()

    def missing(self, message: Any) -> list[str]:
        """As of any draft; what it names is kept, for it is the next that is remembered."""
        named = self._names(message)
        missing = [key for key in named if key not in self.known]
        self._asked, self._named = None if missing else message, named
        return missing

    def _names(self, fact: Fact) -> tuple[str, ...]:
        if fact.owner == "shard":
            return tuple(filter(None, [parked_key(fact)]))
        return tuple(self.service.domain.keys(fact, self.states))

    def at(self, time: bytes) -> None:
        """The time of the turn that is folded next."""
        if time != self._written:
            self._written, self.time = time, time.decode()
            self.ledger.time_ms = max(self.ledger.time_ms, unix_ms(self.time))

    def remember(self, fact: Fact) -> None:
        """Let it have happened."""
        named = self._named if self._asked is fact else self._names(fact)
        self._asked = None
        if missing := [key for key in named if key not in self.known]:
            self._require(fact, missing)
        if fact.owner == "shard":
            self._fold_engine(fact)
            return
        states, evolve = self.states, self.service.domain.evolve
        for key in named:
            before = states.get(key)
            state = evolve(key, before, fact)
            if state is not before:
                self._put(key, state)
                self.changed[key] = None

    def link(self, own: Own) -> None:
        """Number and chain the fact as it must have been, from what the log holds of it."""
        ledger, record = self.ledger, own.record
        ledger.position += 1
        previous = ledger.lasts.get(self._route, 0)
        ledger.lasts[self._route] = ledger.position
        ledger.chain = linked(
            ledger.chain, self._topic, record.key or b"", b"%d" % ledger.position, own.type,
            self._own, own.subject, own.time, b"%d" % previous, own.cause, record.value or b"",
        )  # fmt: skip

    def follow(self, fact: Fact, cause: str) -> list[Sealed]:
        """What the fact led to, made and sealed again."""
        return [
            self._seal(
                send.topic, send.key, send.message.type, send.message.subject,
                send.message.encode(), cause,
            )
            for send in self.service.process.follows(fact)
        ]  # fmt: skip


class Folder:
    """Folds groups into a draft, and remembers what a worker may not have sent."""

    def __init__(self, draft: Past, early: set[str]) -> None:
        self.draft = draft
        self.unsent: list[Sealed] = []
        self.early = early
        """Inputs that were taken before their turn, to close a gap: they move no offset."""

    def fold(self, group: list[Own]) -> None:
        """Let these facts have happened; sets ``draft.ledger.halt`` where they cannot have."""
        draft, last = self.draft, group[-1]
        ledger = draft.ledger
        draft.at(last.time)
        for own in group:
            draft.remember(own.fact)
            draft.link(own)
        if ledger.chain != last.chain or ledger.position != last.position:
            where = f"{draft.events}/{draft.shard}/{last.record.offset}"
            ledger.halt = Halt("DERIVED", where, detail="not what these rules derive")
            return
        cause = last.cause.decode()
        for own in group:
            if own.fact.owner != "shard":
                self.unsent += draft.follow(own.fact, cause)
            elif isinstance(own.fact, CLOSING):
                self.early.add(cause.partition("#")[0])
        if not last.cause.startswith(NO_INPUT):
            self._move(cause.partition("#")[0])
        ledger.log_end = last.record.offset + 1

    def _move(self, coordinates: str) -> None:
        """The offsets of what was read, behind this input."""
        if coordinates in self.early:
            return
        topic, _, offset = coordinates.rsplit("/", 2)
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
