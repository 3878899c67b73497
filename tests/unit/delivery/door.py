"""The door over read models in memory, and the gateway's side of it."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from services.delivery.api import Door, Patience, application
from services.delivery.projections import LineCards, Reveal, apply, decided, lines_of
from shared.contracts.delivery import CardDelivered, DeliveryPrepared
from shared.contracts.inventory import Card
from shared.contracts.message import Fact
from shared.security.sealing import seal
from shared.security.signatures import sign
from tests.unit.delivery import examples as say

PRIVATE: Final = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC: Final = PRIVATE.public_key().public_bytes_raw()
SECRET: Final = bytes(range(32, 64))
ANSWER_MS_MAX: Final = 1_000
PATIENCE: Final = Patience(ANSWER_MS_MAX, poll_ms=50)
CODES: Final = ("1234567890123456 6543210987654321", "AAAAA-BBBBB-CCCCC")


def sealed_line(codes: tuple[str, ...] = CODES) -> tuple[DeliveryPrepared, CardDelivered]:
    """Line 1, prepared and delivered, with cards that can be opened."""
    cards = tuple(
        Card(card_id=f"card-{n}", sealed=seal(PUBLIC, code, f"card-{n}", "sku-1"))
        for n, code in enumerate(codes)
    )
    ids = tuple(card.card_id for card in cards)
    return say.prepared(1, cards=cards), say.delivered(1, card_ids=ids)


class InMemory:
    """The read models, folded in memory."""

    def __init__(self, *facts: Fact) -> None:
        self.lines: dict[str, LineCards] = {}
        self.reveals: dict[str, Reveal] = {}
        self.fold(*facts)

    def fold(self, *facts: Fact) -> None:
        for fact in facts:
            for key in lines_of(fact):
                row = apply(self.lines.pop(key, None), fact)
                if row is not None:
                    self.lines[key] = row
            if (found := decided(fact)) is not None:
                self.reveals.setdefault(found.request_id, found)

    async def reveal(self, request_id: str) -> Reveal | None:
        return self.reveals.get(request_id)

    async def delivered(self, order_id: str, line: int) -> Sequence[LineCards]:
        rows = [row for row in self.lines.values() if row.delivered]
        return [row for row in rows if (row.order_id, row.line) == (order_id, line)]


class ByHand:
    """A clock that moves when somebody waits; what is to happen meanwhile, happens then."""

    def __init__(self) -> None:
        self.ms = say.NOON_MS
        self.meanwhile: dict[int, Callable[[], None]] = {}
        """By how many milliseconds after noon."""

    def now_ms(self) -> int:
        return self.ms

    async def sleep(self, wait_ms: float) -> None:
        self.ms += int(wait_ms)
        for after_ms in [ms for ms in self.meanwhile if say.NOON_MS + ms <= self.ms]:
            self.meanwhile.pop(after_ms)()


def door(reveals: Any, clock: ByHand) -> Door:
    return Door(reveals, PRIVATE.private_bytes_raw(), SECRET, clock, PATIENCE)


async def ask(opened: Door, off_s: int = 0, **changes: Any) -> httpx.Response:
    """What the gateway would get, its clock being off by so much."""
    transport = httpx.ASGITransport(application(opened))
    async with httpx.AsyncClient(transport=transport, base_url="http://delivery") as client:
        return await post(client, say.NOON_MS + off_s * 1000, **changes)


async def post(
    client: httpx.AsyncClient,
    now_ms: int,
    secret: bytes = SECRET,
    body: bytes = b"",
    **changes: Any,
) -> httpx.Response:
    """A request as the gateway signs it."""
    words = {**say.WHOSE, "line": 1, "request_id": "req-1", **changes}
    content = body or json.dumps(words).encode()
    timestamp, nonce = str(now_ms // 1000), "nonce-12345"
    headers = {
        "X-Kameng-Timestamp": timestamp,
        "X-Kameng-Nonce": nonce,
        "X-Kameng-Signature": sign(secret.hex(), timestamp, nonce, "POST", "/reveals", content),
    }
    return await client.post("/reveals", content=content, headers=headers)
