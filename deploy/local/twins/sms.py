"""A sender of text messages: takes them, keeps them, shows them; nothing leaves this machine.

`POST /send {"request_id", "phone", "text"}` · `GET /sms?phone=` · `POST /script` (see script.py).
The same request id is the same message, for as long as the process lives.
"""

import asyncio
import os
import time
from collections import deque
from dataclasses import asdict, dataclass

import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.ports import HOST
from deploy.local.twins.script import Playing, Script
from deploy.local.twins.silence import until_gone

MESSAGES_MAX = 100_000
STOP_S_MAX = 1


class Send(BaseModel):
    """The body of POST /send."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: str = Field(min_length=1, max_length=100)
    phone: str = Field(min_length=3, max_length=32)
    text: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class Sms:
    """One message as a phone would show it."""

    request_id: str
    phone: str
    text: str
    sent_at_ms: int


class Outbox:
    """All messages sent, the oldest forgotten beyond MESSAGES_MAX."""

    def __init__(self) -> None:
        self._messages: deque[Sms] = deque()
        self._known: dict[str, Send] = {}

    def put(self, send: Send, copies: int) -> bool:
        """Send it unless this request has been sent; False if that was another message."""
        first = self._known.setdefault(send.request_id, send)
        if first is not send:
            return first == send
        now_ms = time.time_ns() // 1_000_000
        for _ in range(copies):
            self._messages.append(Sms(send.request_id, send.phone, send.text, now_ms))
        while len(self._messages) > MESSAGES_MAX:
            self._known.pop(self._messages.popleft().request_id, None)
        return True

    def of(self, phone: str) -> list[Sms]:
        """What this phone has got, oldest first; everything without a phone."""
        return [each for each in self._messages if not phone or each.phone == phone]


def app() -> Starlette:
    """The twin with an empty outbox."""
    outbox, playing = Outbox(), Playing()

    async def send(request: Request) -> Response:
        try:
            message = Send.model_validate_json(await request.body())
        except ValidationError as error:
            return PlainTextResponse(str(error), 400)
        step = playing.next()
        await asyncio.sleep(step.delay_ms / 1000)
        if step.do == "refuse":
            return JSONResponse({"status": "refused"}, 503)
        if not outbox.put(message, copies=2 if step.do == "duplicate" else 1):
            return JSONResponse({"status": "another message has this request id"}, 409)
        if step.do == "lose":
            await until_gone(request)
        return JSONResponse({"request_id": message.request_id, "status": "sent"})

    async def sms(request: Request) -> Response:
        found = outbox.of(request.query_params.get("phone", ""))
        return JSONResponse({"items": [asdict(each) for each in found]})

    async def script(request: Request) -> Response:
        try:
            playing.load(Script.model_validate_json(await request.body()))
        except ValidationError as error:
            return PlainTextResponse(str(error), 400)
        return Response(status_code=204)

    async def ready(_request: Request) -> Response:
        return PlainTextResponse("ready")

    return Starlette(
        routes=[
            Route("/send", send, methods=["POST"]),
            Route("/sms", sms),
            Route("/script", script, methods=["POST"]),
            Route("/readyz", ready),
            Route("/livez", ready),
        ]
    )


def main() -> None:
    """Listen where the environment says."""
    uvicorn.run(
        app(), host=HOST, port=int(os.environ["KAMENG_HTTP_PORT"]), log_level="warning",
        timeout_graceful_shutdown=STOP_S_MAX,
    )  # fmt: skip


if __name__ == "__main__":
    main()
