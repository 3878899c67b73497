"""How fast one client may go: a bucket of tokens each; how much of it at once. In this process."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

CLIENTS_MAX: Final = 50_000
"""Buckets in memory; beyond, the one used least lately starts anew."""
PLACE_S: Final = 5
"""After so long a place may be free again."""


class TooFast(Exception):
    """This client has to wait."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"wait {retry_after_s} s")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Pace:
    """So many at once, so many a second in the long run."""

    burst: int
    per_s: float


class Limiter:
    """One pace for each of many clients."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, client: str, now_s: float, tokens: int = 1) -> None:
        """Take tokens from the client's bucket; raises TooFast when it holds too few."""
        full = float(self._pace.burst)
        left, since_s = self._buckets.get(client, (full, now_s))
        left = min(full, left + (now_s - since_s) * self._pace.per_s)
        if left < tokens:
            raise TooFast(1 + int((tokens - left) / self._pace.per_s))
        self._buckets[client] = (left - tokens, now_s)
        self._buckets.move_to_end(client)
        if len(self._buckets) > CLIENTS_MAX:
            self._buckets.popitem(last=False)


class Places:
    """So many at once for each client."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = Counter[str]()

    def expect_one(self, client: str) -> None:
        """Raises TooFast where this client holds as many as it may."""
        if self._taken[client] >= self._most:
            raise TooFast(PLACE_S)

    @contextmanager
    def one(self, client: str) -> Iterator[None]:
        """Hold one."""
        self._taken[client] += 1
        try:
            yield
        finally:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
