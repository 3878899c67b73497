"""Orders through the HTTP door: many resellers, each on a connection of its own, lean."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from services.gateway.door.access import api_key_purpose
from shared.contracts.gateway import IssueApiKey
from shared.kernel import ids
from shared.security.box import Box
from shared.security.keys import FolderOfKeys
from shared.security.signatures import sign

from .appending import Appender
from .following import Follower
from .running import DOOR_USER, Running
from .shop import BY, PRICE, Shop

PATH: Final = "/v1/orders"
ACCEPTED: Final = 202
BUSY: Final = (429, 503)
PAUSE_S: Final = 0.005
BUSY_S: Final = 0.2
SECRET_BYTES: Final = 24


@dataclass(frozen=True)
class Reseller:
    """Who signs."""

    account_id: str
    key_id: str
    secret: str


async def resellers(running: Running, shop: Shop, resellers_count: int) -> list[Reseller]:
    """Give API keys to the first of the shop's buyers."""
    box = Box(FolderOfKeys(running.folder.keys / DOOR_USER).fetch("own"))
    made = [
        Reseller(buyer, ids.derive("key", buyer), secrets.token_urlsafe(SECRET_BYTES))
        for buyer in shop.buyers[:resellers_count]
    ]
    async with Appender(running.door, running.partitions) as appender:
        await appender.all([
            IssueApiKey(
                key_id=each.key_id, account_id=each.account_id, label=BY,
                sealed_secret=box.seal(each.secret, api_key_purpose(each.key_id)), by=BY,
            )
            for each in made
        ])  # fmt: skip
    return made


class Answer(NamedTuple):
    """What the door said."""

    status: int
    retry_after: bool
    """Whether it said when to come back."""


class Connection:
    """A kept-alive connection of one reseller, made when first asked: one request at a time."""

    def __init__(self, door_url: str, reseller: Reseller) -> None:
        where = urlsplit(door_url)
        self._host, self._port = str(where.hostname), int(where.port or 80)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.reseller = reseller

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._open:
            self._open[1].close()
        self._open = None

    async def order(self, key: str, sku: str) -> Answer:
        """Place an order for one card."""
        body = (
            f'{{"lines":[{{"sku":"{sku}","quantity":1,'
            f'"unit_price":{{"amount":{PRICE},"currency":"CNY"}}}}],"pay_with":"wallet"}}'
        ).encode()
        if self._open is None:
            self._open = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._open
        writer.write(self._head(key, body) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        return Answer(int(head[9:12]), b"\r\nretry-after:" in head.lower())

    def _head(self, key: str, body: bytes) -> bytes:
        seconds, nonce = str(int(time.time())), secrets.token_hex(12)
        signature = sign(self.reseller.secret, seconds, nonce, "POST", PATH, body)
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Idempotency-Key: {key}\r\nX-Kameng-Key: {self.reseller.key_id}\r\n"
            f"X-Kameng-Timestamp: {seconds}\r\nX-Kameng-Nonce: {nonce}\r\n"
            f"X-Kameng-Signature: {signature}\r\n\r\n"
        ).encode()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


@dataclass
class Visit:
    """What came of a time at the door."""

    accepted: int = 0
    turned_away: int = 0
    """429 and 503."""
    refused: int = 0
    """Any other status."""
    answers_s: list[float] = field(default_factory=list)
    """Seconds from asked to answered."""


async def visit(
    door_url: str, people: Sequence[Reseller], skus: Sequence[str], follower: Follower,
    s_max: float, backlog_max: int,
) -> Visit:  # fmt: skip
    """Every reseller orders, one request after the other, for ``s_max`` seconds."""
    visited, until_s = Visit(), time.monotonic() + s_max

    async def orders_of(number: int, reseller: Reseller) -> None:
        async with Connection(door_url, reseller) as connection:
            for key, sku in wishes(number, skus):
                if time.monotonic() > until_s:
                    return
                if len(follower.placed_s) >= backlog_max:
                    await asyncio.sleep(PAUSE_S)
                    continue
                await _order(connection, key, sku, follower, visited)

    await asyncio.gather(*(orders_of(number, each) for number, each in enumerate(people)))
    return visited


async def _order(
    connection: Connection, key: str, sku: str, follower: Follower, visited: Visit
) -> None:
    order_id = ids.order_id(connection.reseller.account_id, key)
    follower.placed(order_id)
    asked_s = time.monotonic()
    status = (await connection.order(key, sku)).status
    visited.answers_s.append(time.monotonic() - asked_s)
    if status == ACCEPTED:
        visited.accepted += 1
        return
    follower.forget(order_id)
    if status in BUSY:
        visited.turned_away += 1
        await asyncio.sleep(BUSY_S)
    else:
        visited.refused += 1


def wishes(number: int, skus: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A key that is new and the next SKU, without end."""
    run = secrets.token_hex(4)
    at = number
    while True:  # bounded by: whoever takes from it
        at += 1
        yield f"{run}-{at}", skus[at % len(skus)]
