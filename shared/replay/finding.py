"""What is wrong with a log, and the exact record at which it shows."""

from enum import StrEnum
from typing import NamedTuple

from shared.contracts.envelope import Coordinates


class Flaw(StrEnum):
    """Kinds of damage; each says what an intact log cannot hold."""

    ENVELOPE = "ENVELOPE"
    """A record on a service's own topic whose headers cannot be read."""
    OFFSET = "OFFSET"
    """The partition does not begin at 0, or leaves an offset out."""
    FOREIGN = "FOREIGN"
    """A source that may not write here, or a shard on another's partition."""
    GAP = "GAP"
    """A position that the source has used and that is nowhere on the log."""
    ORDER = "ORDER"
    """A record after one that its source wrote later."""
    PREVIOUS = "PREVIOUS"
    """`previous` names another record than the one that stands before it."""
    CHAIN = "CHAIN"
    """The content is not what its chain was made from."""
    FORK = "FORK"
    """Two records claim one position."""
    STALE = "STALE"
    """A repeat of a position so old that the two can no longer be compared."""
    TIME = "TIME"
    """`ce_time` fell."""
    CAUSE = "CAUSE"
    """The input it names has another content, or is not on the log."""
    HEAD = "HEAD"
    """A signed head says that the chain stood otherwise here."""


class Finding(NamedTuple):
    """One flaw."""

    flaw: Flaw
    where: Coordinates | None
    """The record at which it shows; None where nothing is left that could show it."""
    source: str
    position: int
    """The position in question, 0 where the record has none."""
    detail: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.flaw} {self.detail}"
