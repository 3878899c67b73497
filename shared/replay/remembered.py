"""A source's last chains, so that repeats can be compared with what they repeat."""

from typing import Final

from .entry import CHAIN_BYTES

REMEMBERED_MAX: Final = 65_536
"""Positions a source looks back; 2 MiB each. A blob that is published again, also by a worker
that slept while its shard went on, lies well within."""

UNKNOWN: Final = bytes(CHAIN_BYTES)


class Remembered:
    """Chains by position: a ring that grows to its size."""

    def __init__(self) -> None:
        self._ring = bytearray()
        self._highest = 0

    def put(self, position: int, chain: bytes | None) -> None:
        """The chain at this position; None where nobody knows it."""
        start = position % REMEMBERED_MAX * CHAIN_BYTES
        ring = self._ring
        if start > len(ring):
            ring.extend(bytes(start - len(ring)))
        ring[start : start + CHAIN_BYTES] = chain or UNKNOWN
        self._highest = max(self._highest, position)

    def get(self, position: int) -> bytes | None:
        """The chain there; None where it was never known or is forgotten."""
        if self.forgotten(position) or position > self._highest:
            return None
        start = position % REMEMBERED_MAX * CHAIN_BYTES
        found = bytes(self._ring[start : start + CHAIN_BYTES])
        return None if found == UNKNOWN else found

    def forgotten(self, position: int) -> bool:
        """Whether it lies too far back."""
        return position <= self._highest - REMEMBERED_MAX
