"""What changed, told to every process of the gateway in the transaction that changed it."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import psycopg

CHANNEL: Final = "gateway"
PAYLOAD_BYTES_MAX: Final = 7_900
"""PostgreSQL takes less than 8,000."""
CATALOGUE: Final = "catalogue"
ACCESS: Final = "access"
"""An API key or an operator."""

Signals = dict[str, None]
"""The keys of what changed, in order, each once."""


def account(account_id: str) -> str:
    """One of the account's orders has moved."""
    return f"account:{account_id}"


def support(account_id: str) -> str:
    """One of the account's support threads has moved."""
    return f"support:{account_id}"


def waiting(account_id: str) -> str:
    """The account is told of something it waited for."""
    return f"waiting:{account_id}"


def rest(order_id: str) -> str:
    """The order has come to rest."""
    return f"rest:{order_id}"


def request(request_id: str) -> str:
    """A request (attempt, deposit, listing) has had its answer."""
    return f"request:{request_id}"


async def send(connection: psycopg.AsyncConnection[Any], signals: Iterable[str]) -> None:
    """Tell whoever listens, once the transaction is committed."""
    payloads = list(split(signals))
    if payloads:
        await connection.execute(
            "select pg_notify(%s, p) from unnest(%b::text[]) as p", (CHANNEL, payloads)
        )


def split(signals: Iterable[str]) -> Iterator[str]:
    """Payloads of at most PAYLOAD_BYTES_MAX bytes, a key on each line."""
    lines: list[str] = []
    used_bytes = 0
    for key in signals:
        key_bytes = len(key.encode()) + 1
        if used_bytes + key_bytes > PAYLOAD_BYTES_MAX and lines:
            yield "\n".join(lines)
            lines, used_bytes = [], 0
        lines.append(key)
        used_bytes += key_bytes
    if lines:
        yield "\n".join(lines)
