"""Records that are on the log more than once, and those that were acted on more than once. Pure.

Every fact names its cause: the coordinates of the input that its writer decided on. A copy of a
record must never be a cause, and no input may be one twice. Both are counted here, from the log
alone and apart from the engine's own marks.
"""

from collections.abc import Iterable
from typing import Final

from shared.replay.entry import Entry, NotOurs, RawRecord, entry_of

EVENTS: Final = ".events"
NO_INPUT: Final = (b"deadline/", b"effect/")
"""Causes that are not records."""


class Doubles:
    """Feed it all records, each partition in its order."""

    def __init__(self) -> None:
        self.copies = 0
        """Records whose position had been seen on the same partition before."""
        self.again = 0
        """Inputs that their reader decided on for the second time."""
        self._highest: dict[tuple[bytes, str, int], int] = {}
        self._copied = set[int]()
        self._causes = set[int]()
        self._decided = set[tuple[bytes, int]]()
        self._last: dict[bytes, int] = {}

    @property
    def acted_on(self) -> int:
        """Copies that somebody decided on, and inputs that were decided on twice."""
        return len(self._copied & self._causes) + self.again

    def feed(self, records: Iterable[RawRecord]) -> None:
        """The next records."""
        for record in records:
            try:
                entry = entry_of(record)
            except NotOurs:
                continue
            if entry.position:
                self._take(entry)

    def _take(self, entry: Entry) -> None:
        record = entry.record
        route = entry.source, record.topic, record.partition
        if entry.position <= self._highest.get(route, 0):
            self.copies += 1
            place = f"{record.topic}/{record.partition}/{record.offset}"
            self._copied.add(hash(place.encode()))
            return
        self._highest[route] = entry.position
        if record.topic.endswith(EVENTS) and not entry.cause.startswith(NO_INPUT):
            self._decide(entry.source, hash(entry.cause.partition(b"#")[0]))

    def _decide(self, source: bytes, cause: int) -> None:
        """Facts of one input stand side by side."""
        if self._last.get(source) == cause:
            return
        self._last[source] = cause
        self._causes.add(cause)
        if (source, cause) in self._decided:
            self.again += 1
        self._decided.add((source, cause))
