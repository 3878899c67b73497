"""Columns of an `unnest`, packed at once into PostgreSQL's binary array format.

psycopg packs a list element by element in Python, which costs more than everything else a batch
does; a column of numbers is one struct.pack here.
"""

from collections.abc import Sequence
from struct import Struct, pack
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

TEXT: Final = 25
BIGINT: Final = 20
INT: Final = 23
BYTEA: Final = 17

HEAD: Final = Struct("!iiIii")
"""Dimensions, whether there are nulls, the elements' type, their number, the first index."""
LENGTH: Final = Struct("!i")


class Column:
    """A packed array; what it is an array of is in its bytes."""

    __slots__ = ("packed",)

    def __init__(self, packed: bytes) -> None:
        self.packed = packed


def texts(values: Sequence[str]) -> Column:
    """A text[]."""
    return _packed(TEXT, [value.encode() for value in values])


def blobs(values: Sequence[bytes]) -> Column:
    """A bytea[]."""
    return _packed(BYTEA, values)


def bigints(values: Sequence[int]) -> Column:
    """A bigint[]."""
    flat: list[int] = [8] * (2 * len(values))
    flat[1::2] = values
    return Column(_head(BIGINT, len(values)) + pack("!" + "iq" * len(values), *flat))


def ints(values: Sequence[int]) -> Column:
    """An int[]."""
    flat: list[int] = [4] * (2 * len(values))
    flat[1::2] = values
    return Column(_head(INT, len(values)) + pack("!" + "ii" * len(values), *flat))


def _packed(oid: int, values: Sequence[bytes]) -> Column:
    length = LENGTH.pack
    parts = [_head(oid, len(values))]
    for value in values:
        parts.append(length(len(value)))
        parts.append(value)
    return Column(b"".join(parts))


def _head(oid: int, count: int) -> bytes:
    return HEAD.pack(1, 0, oid, count, 1) if count else HEAD.pack(0, 0, oid, 0, 0)[:12]


class ColumnDumper(Dumper):
    """Hands the bytes over as they are; the statement says `%b::text[]`."""

    format = Format.BINARY

    def dump(self, obj: Column) -> Buffer:
        """Already packed."""
        return obj.packed


def understand(connection: AsyncConnection[Any]) -> None:
    """Let this connection take columns as arguments."""
    connection.adapters.register_dumper(Column, ColumnDumper)
