"""What a worker's turns become: one line in the log, a few observations, the spans of traces."""

from collections.abc import Sequence
from typing import Final

import structlog

from shared.shards.turn import Report

from . import instruments
from .tracing import Tracer

MS_PER_S: Final = 1_000
log = structlog.get_logger()


class Watching:
    """The engine's watch in a process: some 30 µs a turn."""

    def __init__(self, service: str, tracer: Tracer) -> None:
        self.tracer, self.service = tracer, service
        self.turn_s = instruments.TURN.labels(service)
        self.batch = instruments.BATCH.labels(service)
        self.publish_s = instruments.PUBLISH.labels(service)
        self.take_over_s = instruments.TAKE_OVER.labels(service)

    def turn(self, report: Report) -> None:
        """The canonical line: what came, what became of it, how long it took. Never a body."""
        self.turn_s.observe(report.turn_s)
        self.batch.observe(report.read)
        if report.facts:
            self.publish_s.observe(report.publish_s)
        log.info(
            "turn",
            shards=report.shards,
            read=report.read,
            applied=report.applied,
            skipped=report.skipped,
            parked=report.parked,
            duplicate=report.duplicate,
            facts=report.facts,
            follows=report.follows,
            poll_ms=_ms(report.poll_s),
            decide_ms=_ms(report.decide_s),
            wait_ms=_ms(report.wait_s),
            commit_ms=_ms(report.commit_s),
            publish_ms=_ms(report.publish_s),
        )
        if report.spans:
            self.tracer.steps(self.service, report)

    def took_over(self, shards: Sequence[int], seconds: float) -> None:
        """How long a shard was nobody's, seen from here."""
        del shards
        self.take_over_s.observe(seconds)


def _ms(seconds: float) -> float:
    return round(seconds * MS_PER_S, 1)
