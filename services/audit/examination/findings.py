"""From an examination that goes on and on to what is put on record of it: each thing once. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.audit.domain import Violation
from shared.contracts.audit import RecordFlaw
from shared.contracts.envelope import Coordinates
from shared.contracts.matrix import TOPICS
from shared.replay.finding import Finding

from .examining import Examination

MISFIT: Final = "BODY"
"""The code of a fact whose body does not fit its type."""
OWN: Final = "/kameng/audit/"


@dataclass(frozen=True)
class Pace:
    """How often, and how patiently; all in milliseconds."""

    checkpoint_ms: int = 60_000
    """How often the heads that have moved are signed."""
    rest_ms: int = 60_000
    """How often it is asked what has come to rest."""
    settle_ms: int = 600_000
    """An order that nothing has happened to for so long should be at rest."""
    explain_ms: int = 30_000
    """How long a flaw waits for the engine's own explanation before it is put on record."""
    report_ms: int = 86_400_000
    """How often a report for people is written and signed."""
    gap_ms: int = 30_000
    """How long a position is waited for before it counts as missing."""


class Findings:
    """Looks at an examination again and again; remembers how far it has told."""

    def __init__(self, examined: Examination, explain_ms: int) -> None:
        self._examined, self._explain_ms = examined, explain_ms
        self._since: dict[Finding, int] = {}
        self._told: set[tuple[str, str]] = set()
        self._signed: dict[str, int] = {}

    def flaws(self, now_ms: int) -> Iterator[RecordFlaw]:
        """What is wrong and has not been told; a flaw that may yet be explained waits a while."""
        for found in self._examined.unexplained:
            if now_ms - self._since.setdefault(found, now_ms) >= self._explain_ms:
                where = str(found.where or f"{found.source}:{found.position}")
                source = found.source or writer_at(found.where)
                yield from self._once(source, where, str(found.flaw), found.detail)
        for misfit in self._examined.misfits:
            source = writer_at(Coordinates.parse(misfit))
            yield from self._once(source, misfit, MISFIT, "the body does not fit its type")
        yield from self.violations(self._examined.violations)

    def violations(self, violations: list[Violation]) -> Iterator[RecordFlaw]:
        """Laws that do not hold."""
        for broken in violations:
            source = writer_at(Coordinates.parse(broken.where)) if "/" in broken.where else OWN
            order = f"; order {broken.order_id}" if broken.order_id else ""
            where = broken.where or str(broken.law)
            yield from self._once(source, where, str(broken.law), broken.detail + order)

    def heads(self) -> Iterator[tuple[str, int, bytes]]:
        """Sources whose head has moved since they were last given out, with position and chain.

        Audit's own heads move because others are signed: they are given out only beside others.
        """
        moved = [
            (source.name, source.head, source.chain)
            for source in self._examined.chains.sources.values()
            if source.chain is not None and source.head > self._signed.get(source.name, 0)
        ]
        if any(not name.startswith(OWN) for name, _, _ in moved):
            for name, position, chain in moved:
                self._signed[name] = position
                yield name, position, chain

    def _once(self, source: str, where: str, code: str, detail: str) -> Iterator[RecordFlaw]:
        if (code, where) not in self._told:
            self._told.add((code, where))
            yield RecordFlaw(source=source, coordinates=where, code=code, detail=detail)


def writer_at(where: Coordinates | None) -> str:
    """The source whose log this place belongs to."""
    if where is None or where.topic not in TOPICS:
        return OWN
    return f"/kameng/{TOPICS[where.topic].owner}/{where.partition}"
