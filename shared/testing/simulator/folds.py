"""Every shard's state as its log alone gives it, kept up as the log grows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from shared.kernel.decider import Domain
from shared.replay.fold import Fold
from shared.shards.ports import Polled

from .watch import facts_after

ENCODE: Final[Callable[[Any], bytes]] = msgspec.msgpack.Encoder().encode


class Folded:
    """One shard's log, folded as far as it has been read."""

    def __init__(self, domain: Domain) -> None:
        self.fold = Fold(domain)
        self.read = self.position = 0
        """Records of the log that were read, and the position of the last fact among them."""
        self.encoded: dict[str, tuple[Any, bytes]] = {}
        """By key, each aggregate and how it is stored."""

    def differs(self, log: Sequence[Polled], stored: Mapping[str, bytes]) -> str:
        """Read on; returns the first aggregate that is stored otherwise, or not at all."""
        for position, fact in facts_after(self.position, log[self.read :]):
            self.fold.apply(fact)
            self.position = position
        self.read = len(log)
        states, encoded = self.fold.states, self.encoded
        for key, state in states.items():
            known = encoded.get(key)
            if known is None or known[0] is not state:
                known = encoded[key] = (state, ENCODE(state))
            if stored.get(key) != known[1]:
                return key
        return next((key for key in stored if key not in states), "")
