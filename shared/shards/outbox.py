"""A turn's outgoing records: bytes that are stored with the turn, then published as they are."""

from collections.abc import Iterator
from typing import Final

import msgspec

from shared.contracts.envelope import Sealed

Group = tuple[Sealed, ...]


class Outbox(msgspec.Struct, array_like=True):
    """What one turn of one shard sends: facts in whole groups, then what follows from them."""

    facts: list[Group] = []
    """One group an input: it is on the log whole or not at all."""
    follows: list[Sealed] = []

    def __bool__(self) -> bool:
        return bool(self.facts or self.follows)

    def records(self) -> Iterator[Sealed]:
        """All of it, facts first."""
        for group in self.facts:
            yield from group
        yield from self.follows


EMPTY: Final = Outbox()

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Outbox)


def encode(outbox: Outbox) -> bytes:
    """The blob in the shard's row."""
    return _ENCODER.encode(outbox)


def decode(data: bytes) -> Outbox:
    """The outbox in a row's blob; raises msgspec.DecodeError."""
    return _DECODER.decode(data)
