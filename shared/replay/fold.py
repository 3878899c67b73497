"""A service's state as of any moment, from its facts alone; and a fingerprint to compare it by."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, Final, NamedTuple

from shared.contracts.envelope import unix_ms
from shared.contracts.message import Fact
from shared.kernel.decider import Domain

from .entry import Entry

FINGERPRINT_MODULUS: Final = 2**256


class Moment(NamedTuple):
    """Everything decided up to a time."""

    time_ms: int
    """Unix milliseconds, included."""

    def includes(self, entry: Entry) -> bool:
        """Whether the record had been written by then."""
        return unix_ms(entry.time.decode()) <= self.time_ms


class Place(NamedTuple):
    """One source's history up to a position."""

    source: str
    position: int
    """Included."""

    def includes(self, entry: Entry) -> bool:
        """Whether the record is of that source, and no later."""
        return entry.source.decode() == self.source and entry.position <= self.position


Point = Moment | Place


def point_of(text: str) -> Point:
    """`2026-11-11T00:05:00+08:00`, or `/kameng/orders/3:1200`; raises ValueError."""
    if text.startswith("/"):
        source, _, position = text.rpartition(":")
        return Place(source, int(position))
    return Moment(unix_ms(text))


class Fold:
    """One shard's aggregates, moved by its own facts alone."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self.states: dict[str, Any] = {}
        self.facts = 0

    def apply(self, fact: Fact) -> None:
        """Let it have happened; the engine's own facts change no aggregate.

        All aggregates are at hand, so keys() names everything in its first round.
        """
        self.facts += 1
        if fact.owner == "shard":
            return
        states, evolve = self.states, self._domain.evolve
        for key in tuple(self._domain.keys(fact, states)):
            state = evolve(key, states.get(key), fact)
            if state is None:
                states.pop(key, None)
            else:
                states[key] = state


def fingerprint(states: Iterable[tuple[str, bytes]]) -> int:
    """One number for all aggregates of a shard, in whatever order they come.

    The sum, modulo 2^256, of the SHA-256 of each key and encoded state: one aggregate more, less
    or changed, and it is another number.
    """
    return sum(digest(key, state) for key, state in states) % FINGERPRINT_MODULUS


def digest(key: str, state: bytes) -> int:
    """What one aggregate adds to the fingerprint."""
    name = key.encode()
    return int.from_bytes(sha256(len(name).to_bytes(4, "big") + name + state).digest(), "big")


def encoded(states: dict[str, Any], encode: Callable[[Any], bytes]) -> Iterable[tuple[str, bytes]]:
    """Aggregates as they are stored."""
    return ((key, encode(state)) for key, state in states.items())
