"""What becomes of a record that arrives: to be decided, parked, skipped, a duplicate, or a halt.

Pure. Nothing is decoded that nobody subscribes to, and nothing of a body is ever repeated in a
reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from pydantic import ValidationError

from shared.contracts import shard as words
from shared.contracts.envelope import BadEnvelope, Envelope, Headers, Link, read
from shared.contracts.message import Message
from shared.contracts.registry import MESSAGES, UnknownType, decode
from shared.contracts.upcasters import UPCASTERS

from .draft import Draft
from .ledger import Halt, Ledger, Mark

BODY_BYTES_MAX: Final = 1_000_000
PARKED_MAX: Final = 10_000
"""Parked records of one shard; one more and it halts, because something else is wrong."""


class Incoming(Protocol):
    """A record as it was polled."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def timestamp(self) -> int: ...


@dataclass(slots=True)
class Step:
    """One input of a turn, in its order."""

    subject: str
    cause: str
    coordinates: str
    message: Message | None = None
    command: Any = None
    """What decide is asked; None where the record is to be parked, or is the engine's own."""
    key: str = ""
    """The aggregate whose deadline has passed, or whose effect was answered."""
    reason: str = ""
    """Why it cannot be processed."""
    retried: bool = False
    """It was parked, and stays so unless it succeeds."""
    counted: bool = True
    """It is a record in its turn, and so in the tally."""
    traceparent: str = ""
    """Of the record, where a trace is sampled."""


def admit(draft: Draft, record: Incoming) -> Step | None:
    """Move the ledger past ``record``; a Step where there is something to do.

    A gap or a fork sets ``draft.ledger.halt`` and moves nothing.
    """
    ledger, topic = draft.ledger, record.topic
    expected = ledger.offsets.get(topic, 0)
    if record.offset < expected:
        return None
    where = f"{topic}/{record.partition}/{record.offset}"
    if record.offset > expected:
        ledger.halt = Halt("LOST", where, detail=f"the log goes on here after {expected - 1}")
        return None
    step: Step | None
    try:
        envelope = read(record.headers)
        duplicate = _is_duplicate(ledger, topic, where, envelope, envelope.link)
    except BadEnvelope as bad:
        duplicate = False
        cause = f"{where}#{sha256(record.value or b'').hexdigest()}"
        step = Step(_key_or(record, where), cause, where, reason=f"envelope: {bad}")
    else:
        if ledger.halt:
            return None
        step = None if duplicate else _step(draft, record, envelope, where)
    ledger.offsets[topic] = record.offset + 1
    ledger.tally.read += 1
    if duplicate:
        ledger.tally.duplicate += 1
    elif step is None:
        ledger.tally.skipped += 1
    return step


def _is_duplicate(
    ledger: Ledger, topic: str, where: str, envelope: Envelope, link: Link | None
) -> bool:
    """Compare with the mark and move it; sets a halt where the two do not fit."""
    if link is None:
        return False
    route, position = f"{envelope.source} {topic}", int(envelope.id)
    mark = ledger.marks.get(route)
    reached = mark.position if mark else 0
    if position <= reached:
        if mark and position == reached and link.chain != mark.chain:
            ledger.halt = Halt("FORK", where, envelope.source, topic, detail="two histories")
        return True
    if link.previous != reached:
        ledger.halt = Halt("GAP", where, envelope.source, topic, reached, link.previous)
        return False
    ledger.marks[route] = Mark(position, link.chain)
    return False


def _step(draft: Draft, record: Incoming, envelope: Envelope, where: str) -> Step | None:
    """The record as an input, or None where nobody here subscribes to its type."""
    wanted = draft.service.subscriptions.get(record.topic, {})
    cls = MESSAGES.get(envelope.type)
    if cls is None and envelope.type not in UPCASTERS:
        return Step(envelope.subject, where, where, reason=f"unknown type {envelope.type}")
    target = cls or UPCASTERS[envelope.type].to
    ours = target in wanted or (target in ENGINE_COMMANDS and is_own_door(draft, record.topic))
    if not ours:
        return None
    return interpret(record, envelope, where)


ENGINE_COMMANDS: Final = frozenset({words.RetryParked, words.SkipParked, words.AcceptGap})


def is_own_door(draft: Draft, topic: str) -> bool:
    """Whether this is where the engine itself is asked."""
    return topic == f"{draft.service.name}.commands"


def interpret(record: Incoming, envelope: Envelope, where: str) -> Step:
    """Decode the record; a Step with a message, or with the reason why there is none."""
    body = record.value or b""
    cause = where if envelope.link else f"{where}#{sha256(body).hexdigest()}"
    step = Step(envelope.subject, cause, where, traceparent=envelope.traceparent)
    if len(body) > BODY_BYTES_MAX:
        step.reason = f"a body of {len(body)} bytes; {BODY_BYTES_MAX} are the most"
        return step
    try:
        message = decode(envelope.type, body)
    except UnknownType as unknown:
        step.reason = f"unknown type {unknown}"
    except ValidationError as invalid:
        step.reason = f"body: {places(invalid)}"
    except ValueError:
        step.reason = "body: not JSON"
    else:
        step.message = message
    return step


def places(invalid: ValidationError) -> str:
    """Where a body does not fit its type, without a word of what it says."""
    errors = invalid.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['type']}" for e in errors[:5])


def _key_or(record: Incoming, where: str) -> str:
    try:
        return (record.key or b"").decode() or where
    except UnicodeDecodeError:
        return where


def first_missing(halt: Halt, records: Sequence[Incoming]) -> Incoming | None:
    """The record that a gap waits for: the one that follows what was last taken."""
    for record in records:
        try:
            envelope = read(record.headers)
        except BadEnvelope:
            continue
        link = envelope.link
        if link and envelope.source == halt.source and link.previous == halt.expected:
            return record
    return None
