"""Two suppliers of top-ups over real HTTP: each with its own wire, both with one script.

星河: `POST /xinghe/orders`, `GET /xinghe/orders/<id>` · 九州: `POST /jiuzhou/api` ·
`GET /topups` (every order they have taken) · `POST /script` (see supplier_orders.py). The same
request id is the same top-up, for as long as the process lives.
"""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.ports import HOST
from deploy.local.twins.silence import until_gone
from deploy.local.twins.supplier_orders import Books, Order, Outcome, Script, Step
from deploy.local.twins.supplier_wires import (
    Asked,
    TurnedAway,
    read_jiuzhou,
    read_xinghe,
    say_jiuzhou,
    say_xinghe,
)

STOP_S_MAX = 1
Say = Callable[[Outcome, Order | None], dict[str, Any]]


class Suppliers:
    """The twin: its books and each supplier's secret."""

    def __init__(self, secrets: dict[str, bytes]) -> None:
        self.books, self.secrets = Books(), secrets

    async def xinghe(self, request: Request) -> Response:
        """A call to 星河."""
        body, path = await request.body(), request.url.path.removeprefix("/xinghe")
        secret, now_s = self.secrets["xinghe"], int(time.time())
        try:
            asked = read_xinghe(secret, request.method, path, request.headers, body, now_s)
        except TurnedAway as away:
            return JSONResponse(say_xinghe(away.outcome, None))
        return await self._answer("xinghe", asked, request, say_xinghe)

    async def jiuzhou(self, request: Request) -> Response:
        """A call to 九州."""
        body = await request.body()
        try:
            asked = read_jiuzhou(self.secrets["jiuzhou"], body, int(time.time()))
        except TurnedAway as away:
            return JSONResponse(say_jiuzhou(away.outcome, None))
        return await self._answer("jiuzhou", asked, request, say_jiuzhou)

    async def _answer(self, supplier: str, asked: Asked, request: Request, say: Say) -> Response:
        step = self.books.next(supplier, asked.on)
        await asyncio.sleep(step.delay_ms / 1000)
        if step.do == "refuse":
            return JSONResponse({"detail": "no service"}, 503)
        outcome, order = self._outcome(supplier, asked, step)
        if step.do == "lose":
            await until_gone(request)
        return JSONResponse(say(outcome, order))

    def _outcome(self, supplier: str, asked: Asked, step: Step) -> tuple[Outcome, Order | None]:
        now_ms = time.time_ns() // 1_000_000
        if asked.on == "ask":
            outcome, order = self.books.ask(supplier, asked.request_id, now_ms)
            scripted = step.do not in {"answer", "lose", "duplicate"}
            return (step.do, None) if scripted else (outcome, order)  # type: ignore[return-value]  # what is scripted is an outcome: refuse has been answered
        order = Order(
            supplier, asked.request_id, asked.product, asked.quantity, asked.account or {},
            now_ms, now_ms, "done",
        )  # fmt: skip
        return self.books.take(order, step)

    async def topups(self, _request: Request) -> Response:
        """Every order that was taken, with what became of it."""
        now_ms = time.time_ns() // 1_000_000
        items = [asdict(o) | {"state": o.state(now_ms)} for o in self.books.orders.values()]
        return JSONResponse({"items": items})

    async def script(self, request: Request) -> Response:
        """Behave like this from now on."""
        try:
            self.books.load(Script.model_validate_json(await request.body()))
        except ValidationError as error:
            return PlainTextResponse(str(error), 400)
        return Response(status_code=204)


async def ready(_request: Request) -> Response:
    """It listens."""
    return PlainTextResponse("ready")


def app(secrets: dict[str, bytes]) -> Starlette:
    """The twin, having taken nothing yet."""
    twin = Suppliers(secrets)
    return Starlette(
        routes=[
            Route("/xinghe/orders", twin.xinghe, methods=["POST"]),
            Route("/xinghe/orders/{request_id}", twin.xinghe),
            Route("/jiuzhou/api", twin.jiuzhou, methods=["POST"]),
            Route("/topups", twin.topups),
            Route("/script", twin.script, methods=["POST"]),
            Route("/readyz", ready),
            Route("/livez", ready),
        ]
    )


def read_secrets(folder: Path) -> dict[str, bytes]:
    """What each supplier signs with, from files named as in delivery's keys."""
    return {
        name: bytes.fromhex((folder / f"supplier_{name}").read_text("ascii"))
        for name in ("xinghe", "jiuzhou")
    }


def main() -> None:
    """Listen where the environment says."""
    uvicorn.run(
        app(read_secrets(Path(os.environ["KAMENG_KEYS"]))), host=HOST,
        port=int(os.environ["KAMENG_HTTP_PORT"]), log_level="warning",
        timeout_graceful_shutdown=STOP_S_MAX,
    )  # fmt: skip


if __name__ == "__main__":
    main()
