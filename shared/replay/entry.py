"""A record as a reader of the log takes it: raw bytes, headers split once, nothing decoded."""

from binascii import unhexlify
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from shared.contracts.envelope import Coordinates, Headers, linked

CHAIN_BYTES: Final = 32


class RawRecord(Protocol):
    """A record as aiokafka, a file or a twin hands it out."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def timestamp(self) -> int: ...


Records = Sequence[RawRecord]


class Entry(NamedTuple):
    """A record of our own, its headers as the bytes they are on the wire."""

    record: RawRecord
    type: bytes
    source: bytes
    id: bytes
    subject: bytes
    time: bytes
    previous: bytes
    cause: bytes
    chain: bytes
    """32 bytes; empty on what the door appended."""
    position: int
    """0 on what the door appended."""

    @property
    def where(self) -> Coordinates:
        """Where it lies."""
        return Coordinates(self.record.topic, self.record.partition, self.record.offset)


class NotOurs(ValueError):
    """The headers are not those of a record of ours; the text says why."""


def entry_of(record: RawRecord) -> Entry:
    """Split the headers; raises NotOurs."""
    found = dict(record.headers)
    try:
        wire_type, source, record_id, subject, time = (
            found["ce_type"], found["ce_source"], found["ce_id"], found["ce_subject"],
            found["ce_time"],
        )  # fmt: skip
    except KeyError as missing:
        raise NotOurs(f"header {missing.args[0]} is missing") from None
    if not (wire_type and source and record_id and subject and time):
        raise NotOurs("a header is empty")
    text = found.get("ce_link")
    if text is None:
        none = b""
        return Entry(
            record, wire_type, source, record_id, subject, time, none, none, none, 0
        )  # fmt: skip
    previous, _, rest = text.partition(b" ")
    cause, _, chain = rest.rpartition(b" ")
    try:
        position, digest = int(record_id), unhexlify(chain)
    except ValueError:
        raise NotOurs("ce_link or ce_id cannot be read") from None
    if not cause or len(digest) != CHAIN_BYTES or position < 1 or not previous.isdigit():
        raise NotOurs("ce_link or ce_id is out of bounds")
    return Entry(
        record, wire_type, source, record_id, subject, time, previous, cause, digest, position
    )  # fmt: skip


def chain_after(before: bytes, entry: Entry) -> bytes:
    """What the chain must be after this record; the same rule as contracts' ``chained``."""
    record = entry.record
    return linked(
        before, record.topic.encode(), record.key or b"", entry.id, entry.type, entry.source,
        entry.subject, entry.time, entry.previous, entry.cause, record.value or b"",
    )  # fmt: skip
