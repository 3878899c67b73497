"""A log as plain files, for whoever has no Kafka: one `<topic>.<partition>.jsonl` a partition.

One JSON object a line, in the order of offsets: `topic` `partition` `offset` `timestamp` (Unix
milliseconds, the broker's) `key` `headers` (a list of `[name, value]`) `value`. Bytes are written
as the text they are in UTF-8; bytes that are no text as `{"base64": "…"}`; none as null.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from .entry import RawRecord
from .merge import LOW_RECORDS, Merge, Route

SUFFIX: Final = ".jsonl"
PUBLIC_KEY: Final = "audit.pub"
"""The file beside them that holds the public key of the log's signed heads, in hex."""
FORM: Final = f"<topic>.<partition>{SUFFIX}"


class Base64(msgspec.Struct):
    """Bytes that are no text."""

    base64: str


Written = str | Base64 | None


class Line(msgspec.Struct):
    """One record as it is written."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: Written
    headers: list[tuple[str, Written]]
    value: Written


class Stored(NamedTuple):
    """One record as it is read back."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    timestamp: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


def name_of(topic: str, partition: int) -> str:
    """The file that holds this partition."""
    return f"{topic}.{partition}{SUFFIX}"


def line_of(record: RawRecord) -> bytes:
    """The record as a line, without its end."""
    headers = [(name, _written(value)) for name, value in record.headers]
    return _encode(
        Line(
            record.topic,
            record.partition,
            record.offset,
            record.timestamp,
            _written(record.key),
            headers,
            _written(record.value),
        )
    )


def stored(line: bytes) -> Stored:
    """The record in a line; raises msgspec.DecodeError."""
    read = _decode(line)
    headers = [(name, _bytes(value)) for name, value in read.headers]
    return Stored(
        read.topic,
        read.partition,
        read.offset,
        _bytes(read.key),
        _bytes(read.value),
        headers,
        read.timestamp,
    )


def batches(folder: Path) -> Iterator[list[RawRecord]]:
    """All records of a folder, partitions side by side, about in the order of time.

    A line that is not of this form comes as a record without headers, at its place: damage, to be
    named like any other.
    """
    lanes: dict[Route, Iterator[Stored]] = {}
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        topic, _, partition = file.name.removesuffix(SUFFIX).rpartition(".")
        lanes[topic, int(partition)] = _lines(file, (topic, int(partition)))
    merge = Merge(lanes)
    while not merge.done:
        for route in merge.hungry():
            records = list(islice(lanes[route], LOW_RECORDS))
            merge.add(route, records)
            if len(records) < LOW_RECORDS:
                merge.end(route)
        yield merge.take()


def _lines(file: Path, route: Route) -> Iterator[Stored]:
    offset = 0
    with file.open("rb") as lines:
        for line in lines:
            try:
                record = stored(line)
            except ValueError:
                record = Stored(*route, offset, None, line, [], 0)
            offset = record.offset + 1
            yield record


def _written(data: bytes | None) -> Written:
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return Base64(b64encode(data).decode())


def _bytes(read: Written) -> bytes | None:
    if isinstance(read, Base64):
        return b64decode(read.base64)
    return None if read is None else read.encode()


def write(folder: Path, records: Iterable[RawRecord]) -> int:
    """Append the records, in the order of their offsets, to the files of their partitions."""
    lines: dict[str, list[bytes]] = {}
    count = 0
    for record in records:
        lines.setdefault(name_of(record.topic, record.partition), []).append(line_of(record))
        count += 1
    for name, written in lines.items():
        with (folder / name).open("ab") as file:
            file.writelines(line + b"\n" for line in written)
    return count
