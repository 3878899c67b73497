"""A reseller's receiver of webhooks: verifies, keeps and shows what it is told, or misbehaves.

`POST /hook/{name}` · `GET /received?name=` · `POST /secret {"name", "secret"}` ·
`POST /behave {"name", "steps"}`: what the next calls at this name are answered with.
"""

import asyncio
import json
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Literal

import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from deploy.local.ports import HOST
from deploy.local.twins.silence import until_gone
from shared.security.webhooks import is_ours

CALLS_MAX = 100_000
NAMES_MAX = 1_000
STEPS_MAX = 1_000
DELAY_MS_MAX = 600_000
HUGE_BYTES = 50_000_000
PIECE = b"x" * 65_536
STOP_S_MAX = 1
CHALLENGE = "webhook.challenge"


class Step(BaseModel):
    """What happens to the next `times` calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Literal["answer", "fail", "hang", "redirect", "huge", "gone", "mute"] = "answer"
    """answer: 200 · fail: 500 · hang: no answer · redirect: to this machine · huge: far too much ·
    gone: 410 · mute: 200 without the challenge."""
    delay_ms: int = Field(default=0, ge=0, le=DELAY_MS_MAX)
    times: int = Field(default=1, ge=1, le=STEPS_MAX)


class Behaviour(BaseModel):
    """The body of POST /behave: replaces what was still to come."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    steps: tuple[Step, ...] = Field(default=(), max_length=STEPS_MAX)


class Told(BaseModel):
    """The body of POST /secret: what the sender signs with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as it came in and as it was answered."""

    name: str
    id: str
    body: str
    signature: str
    signed: bool | None
    """Whether its signature held; None where no secret was told."""
    did: str
    at_ms: int


@dataclass
class Receiver:
    """What was received, the oldest forgotten beyond CALLS_MAX; and what comes next."""

    calls: deque[Call] = field(default_factory=deque)
    secrets: dict[str, str] = field(default_factory=dict)
    steps: dict[str, deque[Step]] = field(default_factory=dict)

    def next(self, name: str) -> Step:
        """What happens to this call."""
        waiting = self.steps.get(name)
        if not waiting:
            return Step()
        step = waiting.popleft()
        if step.times > 1:
            waiting.appendleft(step.model_copy(update={"times": step.times - 1}))
        return step

    def keep(self, name: str, headers: dict[str, str], body: bytes, did: str) -> None:
        """Note a call."""
        secret, now_ms = self.secrets.get(name), time.time_ns() // 1_000_000
        signed = is_ours(secret, headers, body, now_ms // 1000) if secret else None
        told = (headers.get("webhook-id", ""), body.decode(), headers.get("webhook-signature", ""))
        self.calls.append(Call(name, *told, signed, did, now_ms))
        while len(self.calls) > CALLS_MAX:
            self.calls.popleft()


async def _huge() -> AsyncIterator[bytes]:
    for _ in range(HUGE_BYTES // len(PIECE)):
        yield PIECE


async def _answer(step: Step, request: Request, said: bytes) -> Response:
    match step.do:
        case "fail":
            return PlainTextResponse("no", 500)
        case "hang":
            await until_gone(request)
            return PlainTextResponse("late")
        case "redirect":
            return RedirectResponse(f"http://{HOST}:1/metadata", 307)
        case "huge":
            return StreamingResponse(_huge())
        case "gone":
            return PlainTextResponse("gone", 410)
        case "mute":
            return PlainTextResponse("ok")
        case "answer":
            return Response(said, media_type="application/json")


def app() -> Starlette:
    """The twin, having heard nothing yet."""
    receiver = Receiver()

    async def hook(request: Request) -> Response:
        name, body = request.path_params["name"], await request.body()
        step = receiver.next(name)
        receiver.keep(name, dict(request.headers), body, step.do)
        await asyncio.sleep(step.delay_ms / 1000)
        said = json.loads(body)
        proof = said["data"] if said["type"] == CHALLENGE else {}
        return await _answer(step, request, json.dumps(proof).encode())

    async def received(request: Request) -> Response:
        name = request.query_params.get("name", "")
        found = [asdict(call) for call in receiver.calls if not name or call.name == name]
        return JSONResponse({"items": found})

    async def secret(request: Request) -> Response:
        try:
            told = Told.model_validate_json(await request.body())
        except ValidationError as error:
            return PlainTextResponse(str(error), 400)
        if len(receiver.secrets) < NAMES_MAX:
            receiver.secrets[told.name] = told.secret
        return Response(status_code=204)

    async def behave(request: Request) -> Response:
        try:
            behaviour = Behaviour.model_validate_json(await request.body())
        except ValidationError as error:
            return PlainTextResponse(str(error), 400)
        if len(receiver.steps) < NAMES_MAX:
            receiver.steps[behaviour.name] = deque(behaviour.steps)
        return Response(status_code=204)

    async def ready(_request: Request) -> Response:
        return PlainTextResponse("ready")

    return Starlette(
        routes=[
            Route("/hook/{name}", hook, methods=["POST"]),
            Route("/received", received),
            Route("/secret", secret, methods=["POST"]),
            Route("/behave", behave, methods=["POST"]),
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
