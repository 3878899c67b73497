"""What is put on record of the reading: signed heads, and what was found wrong, each once.

Aggregates: `head/<source>`, `flaw/<code>/<coordinates>`, `report/<period>`.
"""

from collections.abc import Iterable
from typing import Final, assert_never

import msgspec

from shared.contracts.audit import (
    AuditFailed,
    AuditPassed,
    CheckpointSigned,
    RecordCheckpoint,
    RecordFlaw,
    RecordReport,
    ReportSigned,
)
from shared.contracts.message import Fact
from shared.kernel.decider import States
from shared.replay.finding import Flaw

DAMAGE: Final = frozenset(str(flaw) for flaw in Flaw)
"""Flaws of the log itself: a source that has one is not signed for any more."""

Command = RecordCheckpoint | RecordFlaw | RecordReport
Event = CheckpointSigned | AuditPassed | AuditFailed | ReportSigned


class Head(msgspec.Struct, frozen=True, array_like=True, tag="h"):
    """`head/<source>`: how far it is signed for."""

    position: int = 0
    damaged: bool = False


class Known(msgspec.Struct, frozen=True, array_like=True, tag="k"):
    """`flaw/<code>/<coordinates>`, `report/<period>`: this is on record."""


State = Head | Known


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case RecordCheckpoint() | CheckpointSigned() | AuditPassed():
            return (_head(message),)
        case RecordFlaw() | AuditFailed():
            return (_flaw(message), _head(message))
        case RecordReport() | ReportSigned():
            return (_report(message),)
        case _ as never:
            assert_never(never)


def decide(states: States, command: Command) -> list[Fact]:
    """What is new; [] where it is on record, or where the source is not signed for any more."""
    match command:
        case RecordCheckpoint():
            head = states.get(_head(command), Head())
            if head.damaged or command.position <= head.position:
                return []
            return [
                CheckpointSigned(
                    source=command.source,
                    position=command.position,
                    chain=command.chain,
                    key_id=command.key_id,
                    signature=command.signature,
                ),
                AuditPassed(source=command.source, position=command.position),
            ]
        case RecordFlaw():
            if _flaw(command) in states:
                return []
            return [
                AuditFailed(
                    source=command.source,
                    coordinates=command.coordinates,
                    code=command.code,
                    detail=command.detail,
                )
            ]
        case RecordReport():
            if _report(command) in states:
                return []
            return [
                ReportSigned(
                    series=command.series,
                    report_id=command.report_id,
                    text=command.text,
                    key_id=command.key_id,
                    signature=command.signature,
                )
            ]
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    head = state if isinstance(state, Head) else Head()
    match fact:
        case CheckpointSigned():
            return Head(fact.position, head.damaged) if key == _head(fact) else state
        case AuditFailed() if key == _flaw(fact):
            return Known()
        case AuditFailed() if key == _head(fact):
            return Head(head.position, head.damaged or fact.code in DAMAGE)
        case ReportSigned():
            return Known()
        case AuditPassed() | AuditFailed():
            return state
        case _ as never:
            assert_never(never)


def _head(
    message: RecordCheckpoint | RecordFlaw | CheckpointSigned | AuditPassed | AuditFailed,
) -> str:
    return f"head/{message.source}"


def _flaw(message: RecordFlaw | AuditFailed) -> str:
    return f"flaw/{message.code}/{message.coordinates}"


def _report(message: RecordReport | ReportSigned) -> str:
    return f"report/{message.report_id}"
