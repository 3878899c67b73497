"""One turn of a worker: what it has at hand, and what it tells when it is over."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .admission import Step
from .draft import Draft
from .effects import Answer
from .tracing import Span


@dataclass
class Turn:
    """What one turn has at hand, and when it came how far (seconds of a clock of its own)."""

    drafts: dict[int, Draft] = field(default_factory=dict)
    steps: dict[int, list[tuple[str, Step]]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    began_s: float = field(default_factory=time.perf_counter)
    polled_s: float = 0.0
    decided_s: float = 0.0
    waited_s: float = 0.0
    committed_s: float = 0.0

    def drop_lost(self) -> frozenset[int]:
        """Leave out the shards that another worker has moved; returns which."""
        lost = frozenset(shard for shard, draft in self.drafts.items() if draft.lost)
        self.drafts = {s: draft for s, draft in self.drafts.items() if s not in lost}
        self.answers = [answer for answer in self.answers if answer.shard not in lost]
        return lost


@dataclass(slots=True)
class Report:
    """What a turn has done: counted once for the whole turn, never for each record."""

    shards: list[int]
    read: int = 0
    applied: int = 0
    skipped: int = 0
    parked: int = 0
    duplicate: int = 0
    facts: int = 0
    follows: int = 0
    poll_s: float = 0.0
    decide_s: float = 0.0
    wait_s: float = 0.0
    """For the turn before to be acknowledged."""
    commit_s: float = 0.0
    publish_s: float = 0.0
    spans: list[Span] = field(default_factory=list)

    @property
    def turn_s(self) -> float:
        """From what arrived to what is committed."""
        return self.decide_s + self.wait_s + self.commit_s

    @property
    def idle(self) -> bool:
        """Whether nothing came in and nothing went out."""
        return not (self.read or self.facts)


class Watch(Protocol):
    """Is told how the work goes; must be quick, and must not raise."""

    def turn(self, report: Report) -> None:
        """A turn is over: committed, and where it had to say something, acknowledged."""

    def took_over(self, shards: Sequence[int], seconds: float) -> None:
        """These shards are at work here, so long after the group gave them."""


class Unwatched:
    """Nobody is told."""

    def turn(self, report: Report) -> None:
        """As Watch."""
        del report

    def took_over(self, shards: Sequence[int], seconds: float) -> None:
        """As Watch."""
        del shards, seconds


def report_of(turn: Turn, kept: Iterable[Draft]) -> Report:
    """What these drafts of the turn have moved; the others were lost with what they did."""
    drafts = list(kept)
    report = Report(
        [draft.shard for draft in drafts],
        poll_s=turn.polled_s - turn.began_s,
        decide_s=turn.decided_s - turn.polled_s,
        wait_s=turn.waited_s - turn.decided_s,
        commit_s=turn.committed_s - turn.waited_s,
    )
    for draft in drafts:
        before, after = draft.before.tally, draft.ledger.tally
        report.read += after.read - before.read
        report.applied += after.applied - before.applied
        report.skipped += after.skipped - before.skipped
        report.parked += after.parked - before.parked
        report.duplicate += after.duplicate - before.duplicate
        report.facts += sum(map(len, draft.outbox.facts))
        report.follows += len(draft.outbox.follows)
        report.spans += draft.spans
    return report


def tell(watch: Watch, report: Report, publishing: asyncio.Task[None] | None) -> None:
    """Now, or once what the turn says is acknowledged; of an idle turn nothing."""
    if publishing is None:
        if not report.idle:
            watch.turn(report)
        return
    since_s = time.perf_counter()

    def published(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is None:
            report.publish_s = time.perf_counter() - since_s
            watch.turn(report)

    publishing.add_done_callback(published)
