"""Messages to audit, as its rules take them; the log itself is read by adapters/watch.py."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.audit import RecordCheckpoint, RecordFlaw, RecordReport
from shared.contracts.message import Message
from shared.shards.service import Arrival, Handler


def checkpoint(message: RecordCheckpoint, arrival: Arrival) -> RecordCheckpoint:
    """A head that the reader has signed."""
    return message


def flaw(message: RecordFlaw, arrival: Arrival) -> RecordFlaw:
    """Something that the reader has found wrong."""
    return message


def report(message: RecordReport, arrival: Arrival) -> RecordReport:
    """What the reader has written for people."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Handler]]] = {
    "audit.commands": {RecordCheckpoint: checkpoint, RecordFlaw: flaw, RecordReport: report},
}
