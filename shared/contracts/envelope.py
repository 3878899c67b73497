"""A record on the log: CloudEvents 1.0 in Kafka's binary mode, and the link that chains it.

The seven headers and the chain are described for strangers in docs/record.md.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

Headers = Sequence[tuple[str, bytes | None]]

NO_CHAIN: Final = bytes(32)
"""The chain before a source's position 1."""

SHORT_BYTES_MAX: Final = 4096
LENGTHS: Final = tuple(size.to_bytes(4, "big") for size in range(SHORT_BYTES_MAX))
"""Length prefixes by length: looked up, because each record takes ten."""

API_SOURCE: Final = "/kameng/gateway/api"
"""What the door appends on a client's behalf: a UUID as id, and no link."""


class BadEnvelope(ValueError):
    """The headers are not those of a record of ours; the text says which and why."""


class Coordinates(NamedTuple):
    """Where a record lies on the log."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> "Coordinates":
        """The opposite of str(); raises ValueError."""
        topic, partition, offset = text.rsplit("/", 2)
        return cls(topic, int(partition), int(offset))


class Link(NamedTuple):
    """What ties a record to its source's history and to its cause."""

    previous: int
    """Position of the source's last record to this topic and partition; 0 = none."""
    cause: str
    """`topic/partition/offset`, with `#` and the SHA-256 of its value where that has no link
    itself; or `deadline/<id>`; or `effect/<id>`."""
    chain: bytes
    """32 bytes."""


class Envelope(NamedTuple):
    """The headers of a record, read."""

    type: str
    source: str
    id: str
    subject: str
    time: str
    link: Link | None
    """None on what the door appended."""
    traceparent: str = ""
    """Only where a trace is sampled."""

    @property
    def position(self) -> int:
        """The record's place among all its source has written; 0 where it has no link."""
        return int(self.id) if self.link else 0


class Sealed(NamedTuple):
    """A record with its place in the chain: bytes, ready to be published, again if need be."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    type: str
    subject: str
    time: str
    position: int
    previous: int
    cause: str
    chain: bytes
    traceparent: str = ""
    """Only where a trace is sampled; beside the chain, not in it."""

    def headers(self, source: str) -> list[tuple[str, bytes]]:
        """The seven headers, in their fixed order; an eighth where a trace is sampled."""
        seven = [
            ("ce_specversion", b"1.0"),
            ("ce_type", self.type.encode()),
            ("ce_source", source.encode()),
            ("ce_id", b"%d" % self.position),
            ("ce_subject", self.subject.encode()),
            ("ce_time", self.time.encode()),
            ("ce_link", f"{self.previous} {self.cause} {self.chain.hex()}".encode()),
        ]
        if self.traceparent:
            seven.append(("traceparent", self.traceparent.encode()))
        return seven


def chained(  # noqa: PLR0913, PLR0917  # one argument a link of the chain, in its order
    before: bytes, topic: str, key: bytes, position: int, wire_type: str, source: str,
    subject: str, time: str, previous: int, cause: str, value: bytes,
) -> bytes:  # fmt: skip
    """The chain after this record: SHA-256 over the chain before it and all that it says."""
    return linked(
        before, topic.encode(), key, b"%d" % position, wire_type.encode(), source.encode(),
        subject.encode(), time.encode(), b"%d" % previous, cause.encode(), value,
    )  # fmt: skip


def linked(  # noqa: PLR0913, PLR0917  # one argument a link of the chain, in its order
    before: bytes, topic: bytes, key: bytes, position: bytes, wire_type: bytes, source: bytes,
    subject: bytes, time: bytes, previous: bytes, cause: bytes, value: bytes,
) -> bytes:  # fmt: skip
    """The same from bytes."""
    parts = topic, key, position, wire_type, source, subject, time, previous, cause, value
    try:
        return _hashed(before, LENGTHS, *parts)
    except IndexError:
        return _hashed(before, _Lengths(), *parts)


def _hashed(  # noqa: PLR0913, PLR0917  # written out: it runs once for every record
    before: bytes, size: "_Lengths | tuple[bytes, ...]", topic: bytes, key: bytes,
    position: bytes, wire_type: bytes, source: bytes, subject: bytes, time: bytes,
    previous: bytes, cause: bytes, value: bytes,
) -> bytes:  # fmt: skip
    return sha256(
        b"".join((
            before, size[len(topic)], topic, size[len(key)], key, size[len(position)], position,
            size[len(wire_type)], wire_type, size[len(source)], source,
            size[len(subject)], subject, size[len(time)], time,
            size[len(previous)], previous, size[len(cause)], cause, size[len(value)], value,
        ))
    ).digest()  # fmt: skip


class _Lengths:
    """Length prefixes of whatever length."""

    def __getitem__(self, size: int) -> bytes:
        return size.to_bytes(4, "big")


def read(headers: Headers) -> Envelope:
    """The envelope in a record's headers; raises BadEnvelope."""
    try:
        found = {name: value.decode() for name, value in headers if value is not None}
        link = found.get("ce_link")
        return Envelope(
            found["ce_type"],
            found["ce_source"],
            found["ce_id"],
            found["ce_subject"],
            found["ce_time"],
            None if link is None else _link(link, found["ce_id"]),
            found.get("traceparent", ""),
        )
    except UnicodeDecodeError as error:
        raise BadEnvelope(f"a header is not UTF-8: {error.reason}") from None
    except KeyError as missing:
        raise BadEnvelope(f"header {missing.args[0]} is missing") from None


def _link(text: str, record_id: str) -> Link:
    previous, _, rest = text.partition(" ")
    cause, _, chain = rest.rpartition(" ")
    try:
        link = Link(int(previous), cause, bytes.fromhex(chain))
        position = int(record_id)
    except ValueError:
        raise BadEnvelope("ce_link or ce_id cannot be read") from None
    if not cause or len(link.chain) != len(NO_CHAIN) or not 0 <= link.previous < position:
        raise BadEnvelope("ce_link or ce_id is out of bounds")
    return link


def rfc3339(time_ms: int) -> str:
    """Unix milliseconds as RFC 3339, UTC, milliseconds kept."""
    seconds, milliseconds = divmod(time_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def unix_ms(time: str) -> int:
    """The opposite of rfc3339(); raises ValueError."""
    moment = datetime.fromisoformat(time)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
