"""What clients' commands said: a fact names the hash of the input that has no chain of its own.

The door appends without a link, so nothing but the facts that follow vouches for those records.
Kept: 32 bytes for each of them, in blocks of a partition.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from shared.contracts.envelope import Coordinates

from .entry import Entry, RawRecord
from .finding import Finding, Flaw

HASH_BYTES: Final = 32
UNKNOWN: Final = bytes(HASH_BYTES)
BLOCK_RECORDS: Final = 256


class Causes:
    """Compares each `coordinates#hash` with the record that lies there, whichever comes first."""

    def __init__(self) -> None:
        self._hashes: dict[tuple[str, int, int], bytearray] = {}
        """By topic, partition and block: a hash an offset, zeros where a record has a link."""
        self._early: dict[bytes, Entry] = {}

    def feed(self, entry: Entry) -> Iterator[Finding]:
        """What the record shows to be wrong."""
        if not entry.position:
            self.heed(entry.record)
        elif b"#" in entry.cause and (fault := self._fault(entry)):
            if fault != "unknown":
                yield self._finding(entry, fault)
            else:
                self._early.setdefault(entry.cause, entry)

    def heed(self, record: RawRecord) -> None:
        """A record without a link of its own, readable or not."""
        block, nth = divmod(record.offset, BLOCK_RECORDS)
        where = (record.topic, record.partition, block)
        hashes = self._hashes.get(where)
        if hashes is None:
            hashes = self._hashes[where] = bytearray(BLOCK_RECORDS * HASH_BYTES)
        start = nth * HASH_BYTES
        hashes[start : start + HASH_BYTES] = sha256(record.value or b"").digest()

    def finish(self) -> Iterator[Finding]:
        """Inputs that were named before they were read, looked at once more."""
        for entry in self._early.values():
            if fault := self._fault(entry):
                named = entry.cause.decode(errors="replace").partition("#")[0]
                missing = f"its input {named} is not on the log"
                yield self._finding(entry, missing if fault == "unknown" else fault)
        self._early.clear()

    def _fault(self, entry: Entry) -> str:
        place, _, named = entry.cause.rpartition(b"#")
        try:
            where = Coordinates.parse(place.decode())
            expected = bytes.fromhex(named.decode())
        except ValueError:
            return "its cause cannot be read"
        block, nth = divmod(where.offset, BLOCK_RECORDS)
        hashes = self._hashes.get((where.topic, where.partition, block), b"")
        found = bytes(hashes[nth * HASH_BYTES : (nth + 1) * HASH_BYTES])
        if found in {b"", UNKNOWN}:
            return "unknown"
        return "" if found == expected else f"its input {where} has another content than it had"

    def _finding(self, entry: Entry, detail: str) -> Finding:
        source = entry.source.decode(errors="replace")
        return Finding(Flaw.CAUSE, entry.where, source, entry.position, detail)
