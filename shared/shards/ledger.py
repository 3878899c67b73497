"""What a shard knows of itself: one row, moved as a whole by compare-and-set."""

from typing import Final

import msgspec

from shared.contracts.envelope import NO_CHAIN

LEDGER_VERSION: Final = 1


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """The last record applied, skipped or parked of one source on one topic."""

    position: int
    chain: bytes
    """Empty where a person vouched for what came before."""


class Halt(msgspec.Struct, frozen=True, array_like=True):
    """Why a shard stands still, in coordinates that a person can look up."""

    code: str
    """GAP (something is missing), FORK (two histories), LOST (the broker forgot), DERIVED."""
    coordinates: str
    """`topic/partition/offset` at which it stopped."""
    source: str = ""
    topic: str = ""
    expected: int = 0
    """With GAP: the position that must come before the next record."""
    found: int = 0
    """With GAP: the position that the record says came before it."""
    detail: str = ""

    def __str__(self) -> str:
        if self.code == "GAP":
            return (
                f"{self.coordinates}: {self.source} says its record before this one on "
                f"{self.topic} was {self.found}; the last one here is {self.expected}"
            )
        return f"{self.coordinates}: {self.code} {self.detail}"


class Tally(msgspec.Struct, array_like=True):
    """in = applied + skipped + parked + duplicate, always."""

    read: int = 0
    applied: int = 0
    skipped: int = 0
    parked: int = 0
    duplicate: int = 0

    @property
    def balanced(self) -> bool:
        """Whether each record that was read has had exactly one outcome."""
        return self.read == self.applied + self.skipped + self.parked + self.duplicate


class Ledger(msgspec.Struct, array_like=True):
    """A shard's row: how far it has read, written and chained, and what stands in its way."""

    version: int = LEDGER_VERSION
    turn: int = 0
    position: int = 0
    """Of the last record this shard has decided on, over all topics."""
    chain: bytes = NO_CHAIN
    time_ms: int = 0
    """Unix milliseconds of the last turn; never falls."""
    offsets: dict[str, int] = {}
    """Topic → the next offset to read of this shard's partition."""
    marks: dict[str, Mark] = {}
    """`source topic` → the last record taken from there."""
    lasts: dict[str, int] = {}
    """`topic/partition` → position of this shard's last record there."""
    parked: dict[str, list[str]] = {}
    """Subject → coordinates of its parked records, in order."""
    log_end: int = 0
    """Offset after the last record of the shard's own log known to be acknowledged."""
    halt: Halt | None = None
    tally: Tally = msgspec.field(default_factory=Tally)

    def copy(self) -> "Ledger":
        """A ledger to draft a turn on; this one stays as it is."""
        return msgspec.structs.replace(
            self,
            offsets=dict(self.offsets),
            marks=dict(self.marks),
            lasts=dict(self.lasts),
            parked={subject: list(queue) for subject, queue in self.parked.items()},
            tally=msgspec.structs.replace(self.tally),
        )


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Ledger)


def encode(ledger: Ledger) -> bytes:
    """The row's bytes."""
    return _ENCODER.encode(ledger)


def decode(data: bytes) -> Ledger:
    """The ledger in a row's bytes; raises msgspec.DecodeError."""
    return _DECODER.decode(data)
