"""A roll of names: what an auditor must remember of each for ever, in about 14 bytes a name.

Orders end, cards are sold, reservations are closed; but a card must be recognised when it is sold
again a year later. So of what has ended only a hash of its name stays, and one small number.
"""

from array import array
from collections.abc import Hashable
from typing import Final

SLOTS_MIN: Final = 1_024
FULL_OF_3: Final = 2
"""Thirds of the slots that may be taken."""
HASH_MASK: Final = 2**64 - 1


class Roll:
    """Names with a number from 1 to 255 each; a name is known by 64 bits of its hash.

    Among n names two are taken for one with a chance of n² in 2⁶⁵: for ten million, one in
    370,000. What that raises is a false alarm, which a person looks into.
    """

    __slots__ = ("_mask", "_names", "_numbers", "_taken")

    def __init__(self) -> None:
        self._names = array("Q", bytes(8 * SLOTS_MIN))
        self._numbers = bytearray(SLOTS_MIN)
        self._mask, self._taken = SLOTS_MIN - 1, 0

    def __len__(self) -> int:
        return self._taken

    def __contains__(self, name: Hashable) -> bool:
        return self.get(name) != 0

    def get(self, name: Hashable) -> int:
        """The number that stands with the name; 0 where it is not on the roll."""
        names, mask = self._names, self._mask
        key = hash(name) & HASH_MASK or 1
        at = key & mask
        while (found := names[at]) and found != key:  # bounded by: a third of the slots is free
            at = (at + 1) & mask
        return self._numbers[at] if found else 0

    def put(self, name: Hashable, number: int = 1) -> None:
        """Write it down, or change its number."""
        self._put(hash(name) & HASH_MASK or 1, number)
        if self._taken * 3 > (self._mask + 1) * FULL_OF_3:
            self._grow()

    def _put(self, key: int, number: int) -> None:
        names, mask = self._names, self._mask
        at = key & mask
        while (found := names[at]) and found != key:  # bounded by: a third of the slots is free
            at = (at + 1) & mask
        self._taken += not found
        names[at] = key
        self._numbers[at] = number

    def _grow(self) -> None:
        names, numbers, slots = self._names, self._numbers, 2 * (self._mask + 1)
        self._names, self._numbers = array("Q", bytes(8 * slots)), bytearray(slots)
        self._mask, self._taken = slots - 1, 0
        for key, number in zip(names, numbers, strict=True):
            if key:
                self._put(key, number)
