"""The wire as strangers read it: seven headers, and a chain that anyone can compute."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.envelope import (
    NO_CHAIN,
    BadEnvelope,
    Coordinates,
    Sealed,
    chained,
    read,
    rfc3339,
    unix_ms,
)  # fmt: skip

TIME = "2026-11-11T00:05:00.000Z"
SOURCE = "/kameng/orders/3"
RECORD = Sealed(
    "orders.events", 3, b"a1", b"{}", "kameng.orders.OrderPaid.v1", "o1", TIME, 7, 4,
    "payments.events/3/12", bytes(range(32)),
)  # fmt: skip


def test_a_record_carries_exactly_seven_headers_and_reads_back_as_it_was_written() -> None:
    headers = RECORD.headers(SOURCE)
    assert [name for name, _ in headers] == [
        "ce_specversion", "ce_type", "ce_source", "ce_id", "ce_subject", "ce_time", "ce_link",
    ]  # fmt: skip
    envelope = read(headers)
    assert (envelope.source, envelope.position, envelope.subject) == (SOURCE, 7, "o1")
    assert envelope.link is not None
    assert envelope.link == (4, "payments.events/3/12", bytes(range(32)))


def test_the_chain_is_what_the_published_recipe_says() -> None:
    """Written out here with the standard library alone, as a stranger would."""
    parts = ("orders.events", "a1", "7", RECORD.type, SOURCE, "o1", TIME, "4", "c/3/12", "{}")
    plain = NO_CHAIN
    for part in parts:
        plain += len(part.encode()).to_bytes(4, "big") + part.encode()
    ours = chained(
        NO_CHAIN, "orders.events", b"a1", 7, RECORD.type, SOURCE, "o1", TIME, 4, "c/3/12", b"{}"
    )
    assert ours == sha256(plain).digest()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_link", b"x c 00"),
        ("ce_link", b"7 c " + b"00" * 32),
        ("ce_link", b"1  " + b"00" * 32),
        ("ce_link", b"1 c " + b"00" * 31),
        ("ce_id", b"seven"),
        ("ce_type", b"\xff"),
        ("ce_subject", None),
    ],
)
def test_headers_that_cannot_be_ours_are_refused_with_a_reason(
    name: str, value: bytes | None
) -> None:
    headers = [(n, value if n == name else v) for n, v in RECORD.headers(SOURCE)]
    with pytest.raises(BadEnvelope, match=r"."):
        read(headers)


@given(st.integers(min_value=0, max_value=4_000_000_000_000))
def test_times_survive_the_wire_to_the_millisecond(time_ms: int) -> None:
    assert unix_ms(rfc3339(time_ms)) == time_ms


def test_coordinates_read_back_whatever_the_topic_is_called() -> None:
    assert Coordinates.parse("a/b/3/12") == ("a/b", 3, 12)
