"""How a halted shard goes on: by the record it misses, or by a person's word that it is gone."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.contracts import shard as words
from shared.contracts.envelope import BadEnvelope, Envelope, read
from shared.contracts.message import Fact

from .admission import Incoming, Step, first_missing, interpret
from .draft import Draft
from .ledger import Halt, Mark
from .ports import Log, Route

READ_MAX: Final = 2_000
AHEAD_MAX: Final = 200_000
"""Records read ahead, headers only, at each look."""


class Way(NamedTuple):
    """The record that ends a halt, and the fact that says so."""

    record: Incoming
    envelope: Envelope
    fact: Fact


async def find_way(log: Log, draft: Draft, halt: Halt) -> Way | None:
    """Look ahead on the halted topic and at the shard's own commands; None: still halted."""
    if halt.code != "GAP":
        return None
    name = f"{draft.service.name}/{draft.shard}"
    start = int(halt.coordinates.rpartition("/")[2])
    for records in await _ahead(log, (halt.topic, draft.shard), start):
        if record := first_missing(halt, records):
            closed = words.GapClosed(
                subject_id=name,
                source=halt.source,
                topic=halt.topic,
                coordinates=f"{record.topic}/{record.partition}/{record.offset}",
            )
            envelope = read(record.headers)
            return Way(record, envelope, closed)
    commands = f"{draft.service.name}.commands"
    start = draft.ledger.offsets.get(commands, 0)
    for records in await _ahead(log, (commands, draft.shard), start):
        for record in records:
            if way := _accepted(record, name, halt):
                return way
    return None


async def _ahead(log: Log, route: Route, start: int) -> list[Sequence[Incoming]]:
    found: list[Sequence[Incoming]] = []
    for _ in range(AHEAD_MAX // READ_MAX):
        records = await log.read(route, start, READ_MAX)
        if not records:
            break
        found.append(records)
        start = records[-1].offset + 1
    return found


def _accepted(record: Incoming, name: str, halt: Halt) -> Way | None:
    try:
        envelope = read(record.headers)
        if envelope.type != words.AcceptGap.type:
            return None
        asked = words.AcceptGap.decode(record.value or b"")
    except (BadEnvelope, ValueError):
        return None
    gap = (asked.source, asked.topic, asked.expected, asked.found)
    if gap != (halt.source, halt.topic, halt.expected, halt.found):
        return None
    fact = words.GapAccepted(
        subject_id=name,
        source=asked.source,
        topic=asked.topic,
        expected=asked.expected,
        found=asked.found,
        reason=asked.reason,
        by=asked.by,
    )
    return Way(record, envelope, fact)


def go_on(draft: Draft, halt: Halt, way: Way) -> Step | None:
    """Write the fact, move the mark; the missing record as a step, to be decided at once."""
    where = f"{way.record.topic}/{way.record.partition}/{way.record.offset}"
    step = interpret(way.record, way.envelope, where)
    step.counted = False
    draft.apply([way.fact], step.cause)
    if isinstance(way.fact, words.GapAccepted):
        return None
    link = way.envelope.link
    assert link
    draft.ledger.marks[f"{halt.source} {halt.topic}"] = Mark(way.envelope.position, link.chain)
    wanted = draft.service.subscriptions.get(way.record.topic, {})
    return step if step.message is None or type(step.message) in wanted else None
