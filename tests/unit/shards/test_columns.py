"""Columns are packed as PostgreSQL reads arrays."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.numeric import Int4, Int8

from shared.shards.columns import Column, bigints, blobs, ints, texts

BIG = 2**63 - 1


def psycopgs(values: list[object]) -> bytes:
    """What the client library itself makes of the list."""
    packed = Transformer().get_dumper(values, PyFormat.BINARY).dump(values)
    assert packed is not None
    return bytes(packed)


@given(values=some.lists(some.integers(-BIG, BIG), min_size=1))
def test_bigints_are_packed_as_psycopg_packs_them(values: list[int]) -> None:
    assert bigints(values).packed == psycopgs([Int8(value) for value in values])


@given(values=some.lists(some.integers(-(2**31), 2**31 - 1), min_size=1))
def test_ints_are_packed_as_psycopg_packs_them(values: list[int]) -> None:
    assert ints(values).packed == psycopgs([Int4(value) for value in values])


@given(values=some.lists(some.binary(), min_size=1))
def test_blobs_are_packed_as_psycopg_packs_them(values: list[bytes]) -> None:
    assert blobs(values).packed == psycopgs(list(values))


@given(values=some.lists(some.text(), min_size=1))
def test_texts_are_packed_as_psycopg_packs_them(values: list[str]) -> None:
    assert texts(values).packed[:8] == psycopgs(list(values))[:8]
    assert texts(values).packed[12:] == psycopgs(list(values))[12:]


@pytest.mark.parametrize("column", [texts([]), blobs([]), bigints([]), ints([])])
def test_an_empty_column_has_no_dimension(column: Column) -> None:
    assert column.packed[:4] == bytes(4)
    assert len(column.packed) == 12
