"""What clients' commands said: a fact names the hash of the input that has no chain of its own.

The door appends without a link, so nothing but the facts that follow vouches for those records.
Kept: 32 bytes for each of them.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from shared.contracts.envelope import Coordinates

from .entry import Entry, RawRecord
from .finding import Finding, Flaw

HASH_BYTES: Final = 32


class Causes:
    """Compares each `coordinates#hash` with the record that lies there, whichever comes first."""

    def __init__(self) -> None:
        self._hashes: dict[tuple[str, int], dict[int, bytes]] = {}
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
        route = self._hashes.setdefault((record.topic, record.partition), {})
        route[record.offset] = sha256(record.value or b"").digest()

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
        found = self._hashes.get((where.topic, where.partition), {}).get(where.offset)
        if found is None:
            return "unknown"
        return "" if found == expected else f"its input {where} has another content than it had"

    def _finding(self, entry: Entry, detail: str) -> Finding:
        source = entry.source.decode(errors="replace")
        return Finding(Flaw.CAUSE, entry.where, source, entry.position, detail)
