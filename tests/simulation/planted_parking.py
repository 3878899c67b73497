"""Bugs on purpose, in how a record that cannot be processed is set aside."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from shared.contracts.envelope import BadEnvelope, read
from shared.contracts.shard import ParkedRetried, RecordParked
from shared.shards import deciding, steps
from shared.shards.admission import Incoming, Step
from shared.shards.draft import Draft
from shared.shards.ports import Route
from shared.shards.worker import Turn, Worker

from .planted import Switch


def batch_dropped_on_one_bad_record(bugs: pytest.MonkeyPatch) -> None:
    """A record that cannot be read takes what came with it along."""
    original = Worker._admit

    async def admit(self: Worker, turn: Turn, route: Route, records: Sequence[Incoming]) -> None:
        good = 0
        while good < len(records) and _readable(records[good]):
            good += 1
        await original(self, turn, route, records[: good + 1])
        if records[good:]:
            turn.drafts[route[1]].ledger.offsets[route[0]] = records[-1].offset + 1

    bugs.setattr(Worker, "_admit", admit)


def _readable(record: Incoming) -> bool:
    try:
        read(record.headers)
    except BadEnvelope:
        return False
    return True


def behind_a_parked_record_nobody_waits(bugs: pytest.MonkeyPatch) -> None:
    """Later records of a parked subject go on."""
    original = deciding.attempt

    def attempt(draft: Draft, step: Step) -> list[str]:
        hidden = {} if step.retried else draft.ledger.parked
        draft.ledger.parked = {} if hidden else draft.ledger.parked
        missing = original(draft, step)
        for subject, queue in hidden.items():
            more = draft.ledger.parked.get(subject, [])
            draft.ledger.parked[subject] = [*queue, *more]
        return missing

    bugs.setattr(steps, "attempt", attempt)


def retried_records_stay_parked(bugs: pytest.MonkeyPatch) -> None:
    """A record that was processed after all is processed again and again."""
    original = Draft._fold_engine

    def fold(self: Draft, fact: Any) -> None:
        if not isinstance(fact, ParkedRetried):
            original(self, fact)

    bugs.setattr(Draft, "_fold_engine", fold)


def parked_records_counted_twice(bugs: pytest.MonkeyPatch) -> None:
    """One record, two outcomes."""
    original = Draft._fold_engine

    def fold(self: Draft, fact: Any) -> None:
        original(self, fact)
        if isinstance(fact, RecordParked):
            self.ledger.tally.applied += 1

    bugs.setattr(Draft, "_fold_engine", fold)


PARKING_BUGS: Final[tuple[Switch, ...]] = (
    batch_dropped_on_one_bad_record,
    behind_a_parked_record_nobody_waits,
    retried_records_stay_parked,
    parked_records_counted_twice,
)
