"""delivery's internal door: the codes of a reveal that is on the log, to the gateway alone.

`POST /reveals` with a JSON body of order_id, account_id, line, request_id, shape, signed with the
secret that gateway and delivery share, in the headers that resellers use (api.md):
X-Kameng-Timestamp, X-Kameng-Nonce, X-Kameng-Signature. The answer: `{"cards": [{"card_id", "code",
"masked", "parts", "file"}, …]}`; what a card is made of is told by `shape`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.security.sealing import NotOurs, unseal
from shared.security.signatures import Signed, judge
from shared.shards.ports import Clock, Unavailable

from .domain.shapes import in_file, masked, parts
from .projections import RECEIPT, LineCards, Reveal, Reveals

BODY_BYTES_MAX: Final = 4_096
ID_LENGTH_MAX: Final = 200
RETRY_AFTER_S: Final = 1
NO_STORE: Final = {"Cache-Control": "no-store"}
STATUS: Final = {
    "UNSIGNED": 401,
    "BAD_REQUEST": 400,
    "BODY_TOO_LARGE": 413,
    "NOT_DELIVERED": 404,
    "OTHER_REQUEST": 409,
    "REVEAL_LIMIT": 429,
    "CARD_UNREADABLE": 500,
    "NOT_DECIDED_YET": 503,
}
"""By code: OTHER_REQUEST is the same request id for another line, order or account."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=ID_LENGTH_MAX)]

log = structlog.get_logger()


class Ask(BaseModel):
    """The line whose codes are asked for, and the RevealCard that was sent for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    order_id: Id
    account_id: Id
    line: int
    request_id: Id
    shape: Annotated[str, StringConstraints(max_length=ID_LENGTH_MAX)] = ""
    """What the line's cards are made of; empty: a single code."""


@dataclass(frozen=True)
class Patience:
    """How long the door waits, and how much it does at once."""

    answer_ms_max: int = 5_000
    """How long a caller waits for its reveal to be on the log."""
    poll_ms: int = 20
    """Pause between two looks for it."""
    connections_max: int = 4
    """To PostgreSQL."""


@dataclass(frozen=True)
class Door:
    """What the door needs: the read models, its two keys, and a clock."""

    reveals: Reveals
    private_key: bytes
    """X25519, 32 bytes: opens cards."""
    secret: bytes
    """Shared with the gateway."""
    clock: Clock
    patience: Patience

    async def decided(self, request_id: str) -> Reveal | None:
        """How the reveal was decided, as soon as that is on the log; None when it takes long."""
        deadline_ms = self.clock.now_ms() + self.patience.answer_ms_max
        while (found := await self.reveals.reveal(request_id)) is None:
            if self.clock.now_ms() >= deadline_ms:
                return None
            await self.clock.sleep(self.patience.poll_ms)
        return found

    def signed(self, request: Request, body: bytes) -> bool:
        """Whether the gateway has sent exactly this, just now."""
        headers = request.headers
        claim = Signed(
            headers.get("X-Kameng-Timestamp", ""),
            headers.get("X-Kameng-Nonce", ""),
            headers.get("X-Kameng-Signature", ""),
        )
        now_s = self.clock.now_ms() // 1000
        path = request.url.path
        return judge(self.secret.hex(), claim, request.method, path, body, now_s) is None

    def opened(self, lines: Sequence[LineCards], shape: str) -> list[dict[str, Any]]:
        """The cards with their codes, and what each is made of; raises NotOurs."""
        shown = []
        for line in lines:
            for card_id, sealed in line.cards:
                if sealed.startswith(RECEIPT):
                    shown.append(_shown(card_id, sealed.removeprefix(RECEIPT), "receipt"))
                else:
                    code = unseal(self.private_key, sealed, card_id, line.sku)
                    shown.append(_shown(card_id, code, shape))
        return shown


def _shown(card_id: str, code: str, shape: str) -> dict[str, Any]:
    return {
        "card_id": card_id,
        "code": code,
        "masked": masked(shape, code),
        "parts": [part._asdict() for part in parts(shape, code)],
        "file": in_file(shape, code),
    }


async def reveal(request: Request) -> Response:
    """Show the codes of a line once its reveal is on the log."""
    door: Door = request.app.state.door
    body = await _body(request)
    if body is None:
        return _refusal("BODY_TOO_LARGE")
    if not door.signed(request, body):
        return _refusal("UNSIGNED")
    try:
        asked = Ask.model_validate_json(body)
    except ValidationError:
        return _refusal("BAD_REQUEST")
    try:
        return await _answer(door, asked)
    except Unavailable:
        return _refusal("NOT_DECIDED_YET")


async def _answer(door: Door, asked: Ask) -> Response:
    found = await door.decided(asked.request_id)
    if found is None:
        return _refusal("NOT_DECIDED_YET")
    wanted = (asked.request_id, asked.order_id, asked.account_id, asked.line)
    if found[: len(wanted)] != wanted:
        return _refusal("OTHER_REQUEST")
    if found.code is not None:
        return _refusal(found.code)
    lines = await door.reveals.delivered(found.order_id, found.line)
    assert lines, "what was revealed was delivered before, on the same partition"
    try:
        cards = await asyncio.to_thread(door.opened, lines, asked.shape)
    except NotOurs:
        log.error("card unreadable", order=found.order_id, line=found.line)  # noqa: TRY400  # a traceback might quote a card
        return _refusal("CARD_UNREADABLE")
    return JSONResponse({"cards": cards}, headers=NO_STORE)


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is longer than a request to this door can be."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            return None
    return body


def _refusal(code: str) -> Response:
    status = STATUS[code]
    headers = NO_STORE | ({"Retry-After": str(RETRY_AFTER_S)} if status in {429, 503} else {})
    return JSONResponse(
        {"type": "about:blank", "status": status, "code": code},
        status,
        headers,
        media_type="application/problem+json",
    )


def application(door: Door) -> Starlette:
    """The door as an ASGI application."""
    app = Starlette(routes=list(ROUTES))
    app.state.door = door
    return app


ROUTES: Final = (Route("/reveals", reveal, methods=["POST"]),)
