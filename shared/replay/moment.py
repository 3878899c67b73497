"""One thing's aggregates as of any moment, in every service, from their facts alone. Pure.

Read twice: first where the thing is named at all, then those shards from the front.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from shared.contracts.message import Fact
from shared.contracts.registry import decode
from shared.kernel.decider import Domain

from .entry import NotOurs, RawRecord, entry_of
from .fold import Fold, Point
from .plain import plain

RELATED_MAX: Final = 200
"""Of other names; those that bear the thing's own are always told."""
EVENTS: Final = ".events"
Shard = tuple[str, int]


class Found(NamedTuple):
    """One aggregate as of then."""

    service: str
    shard: int
    position: int
    """Of the last fact that its shard had decided by then."""
    key: str
    state: Any
    """Plain, without what is sealed."""


class Lookup:
    """``domains`` by service; ``point``: None is now."""

    def __init__(self, name: str, domains: Mapping[str, Domain], point: Point | None) -> None:
        self._name, self._domains, self._point = name, domains, point
        self.shards: dict[Shard, Fold] = {}
        self._positions: dict[Shard, int] = {}
        self._touched: dict[Shard, dict[str, None]] = {}

    def locate(self, records: Iterable[RawRecord]) -> None:
        """First reading: which shards know of it."""
        name = self._name.encode()
        for record in records:
            service = record.topic.removesuffix(EVENTS)
            if service in self._domains and name in (record.value or b""):
                fold = Fold(self._domains[service])
                self.shards.setdefault((service, record.partition), fold)

    def feed(self, records: Iterable[RawRecord]) -> None:
        """Second reading: let what those shards decided have happened."""
        for record in records:
            shard = (record.topic.removesuffix(EVENTS), record.partition)
            fold = self.shards.get(shard)
            if fold is None:
                continue
            try:
                entry = entry_of(record)
            except NotOurs:
                continue
            if entry.position <= self._positions.get(shard, 0):
                continue  # sent again by who took the shard over
            if self._point and not self._point.includes(entry):
                continue
            fact = decode(entry.type.decode(), record.value or b"")
            assert isinstance(fact, Fact)
            fold.apply(fact)
            self._positions[shard] = entry.position
            if fact.owner != "shard" and self._name.encode() in (record.value or b""):
                keys = self._domains[shard[0]].keys(fact, fold.states)
                self._touched.setdefault(shard, {}).update(dict.fromkeys(keys))

    def named(self) -> list[Found]:
        """Aggregates that bear its name."""
        return [
            self._found(shard, key)
            for shard, fold in sorted(self.shards.items())
            for key in fold.states
            if self._name in key
        ]

    def related(self) -> list[Found]:
        """Aggregates of other names that a fact about it has changed."""
        found = [
            self._found(shard, key)
            for shard, keys in sorted(self._touched.items())
            for key in keys
            if self._name not in key and key in self.shards[shard].states
        ]
        return found[:RELATED_MAX]

    def _found(self, shard: Shard, key: str) -> Found:
        state = self.shards[shard].states[key]
        return Found(*shard, self._positions.get(shard, 0), key, plain(state))
