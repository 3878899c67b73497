"""payments' own door: what payment channels say, on the log before they are thanked.

`POST /notices/<channel>`, signed in the channel's own way. A notice that is not what the channel
has signed, just now, is turned away with 400 and leaves no record: anybody can knock here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.contracts.charges import NotifyPayment
from shared.kernel.ids import derive
from shared.runtime.appending import Appender, NotAppended, outgoing
from shared.runtime.batching import TurnedAway
from shared.shards.ports import Clock

from .adapters.channels import Channel, Forged, Notice

BODY_BYTES_MAX: Final = 65_536
RETRY_AFTER_S: Final = 1
UNAVAILABLE: Final = 503

log = structlog.get_logger()


@dataclass(frozen=True)
class Door:
    """What the door needs."""

    channels: Mapping[str, Channel]
    appender: Appender
    clock: Clock


async def notice(request: Request) -> Response:
    """Verify it, append it, and thank for it once Kafka has acknowledged it."""
    door: Door = request.app.state.door
    name = request.path_params["channel"]
    channel = door.channels.get(name)
    if channel is None:
        return _refusal(404, "UNKNOWN_CHANNEL")
    body = await _body(request)
    if body is None:
        return _refusal(413, "BODY_TOO_LARGE")
    now_ms = door.clock.now_ms()
    try:
        found = channel.read(request.headers, body, now_ms // 1000)
    except Forged as forged:
        log.warning("notice turned away", channel=name, code=str(forged))
        return _refusal(400, str(forged))
    if found is not None:
        try:
            await door.appender.append(outgoing(command_of(name, found, now_ms)))
        except (NotAppended, TurnedAway):
            return _refusal(UNAVAILABLE, "UNAVAILABLE")
    return Response(channel.thanks)


def command_of(channel: str, found: Notice, now_ms: int) -> NotifyPayment:
    """What a verified notice asks payments to enter; the same notice is the same id."""
    said = (channel, *map(str, found))
    return NotifyPayment(
        notice_id=derive("notice", *said),
        account_id=found.account_id,
        charge_id=found.charge_id,
        channel=channel,
        merchant=found.merchant,
        their_id=found.their_id,
        amount=found.amount,
        currency=found.currency,
        received_ms=now_ms,
    )


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is longer than a notice can be."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            return None
    return body


def _refusal(status: int, code: str) -> Response:
    return JSONResponse(
        {"type": "about:blank", "status": status, "code": code},
        status,
        {"Retry-After": str(RETRY_AFTER_S)} if status == UNAVAILABLE else {},
        media_type="application/problem+json",
    )


def application(door: Door) -> Starlette:
    """The door as an ASGI application."""
    app = Starlette(routes=list(ROUTES))
    app.state.door = door
    return app


ROUTES: Final = (Route("/notices/{channel}", notice, methods=["POST"]),)
