"""Two payment channels over real HTTP: each with its own wire, both with one script.

云付: `POST /yunfu/gateway` · 卡付: `POST /kapay/v1/…` · the buyer's page: `GET` and `POST
/pay/<channel>/<their id>` · `GET /payments` (all of them) · `POST /script` (payment_books.py).
"""

import asyncio
import json
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.ports import HOST
from deploy.local.twins import payment_yunfu
from deploy.local.twins.payment_books import Books, On, Payment, Script, Step
from deploy.local.twins.payment_wires import (
    Letter,
    TurnedAway,
    dotted,
    letter_kapay,
    letter_yunfu,
    read_yunfu,
)
from deploy.local.twins.silence import until_gone

STOP_S_MAX = 1
NOTICES_MAX = 8
"""How often a notice is sent that nobody thanks for."""
PAUSE_S_MIN = 0.2
TIMEOUT_S = 10.0
COPIES = 10
PAGE = """<!doctype html><html lang=zh><meta charset=utf-8><title>付款</title>
<meta name=viewport content="width=device-width"><h1>{asked}</h1>{shown}"""
SHOWN = {
    "open": "<form method=post><button>确认付款</button></form>",
    "paid": "<p>已付款，请回到商店页面。</p>",
    "closed": "<p>这笔付款已关闭。</p>",
}
DOWN = JSONResponse({"detail": "no service"}, 503)


@dataclass(frozen=True)
class Secrets:
    """What both sign and verify with."""

    yunfu: bytes
    """PEM, 云付's own."""
    yunfu_merchant: bytes
    """PEM, the shop's public half."""
    kapay: bytes
    """Signs notices."""
    kapay_api: bytes
    """The shop's bearer key."""


class Twin:
    """Both channels."""

    def __init__(self, secrets: Secrets, client: httpx.AsyncClient) -> None:
        self.books, self.secrets, self.client = Books(), secrets, client
        self.sending: set[asyncio.Task[None]] = set()

    async def _answer(
        self, request: Request, channel: str, on: On, done: Callable[[Step], Any]
    ) -> Response:
        step = self.books.next(channel, on)
        await asyncio.sleep(step.delay_ms / 1000)
        if step.do == "down":
            return DOWN
        status, body = done(step)
        if step.do == "lose":
            await until_gone(request)
        return JSONResponse(body, status)

    # --- 云付

    async def yunfu(self, request: Request) -> Response:
        """One call."""
        try:
            said = read_yunfu(self.secrets.yunfu_merchant, await request.body())
        except TurnedAway as away:
            return JSONResponse({"code": "40001", "sub_code": str(away)})
        base = str(request.base_url)
        books = self.books
        match said.get("method"):
            case "create":
                return await self._answer(
                    request, "yunfu", "create",
                    lambda step: (200, payment_yunfu.create(books, step, said, base)),
                )  # fmt: skip
            case "close":
                return await self._answer(
                    request, "yunfu", "close",
                    lambda step: (200, payment_yunfu.close(books, step, said)),
                )  # fmt: skip
            case _:
                return await self._answer(
                    request, "yunfu", "refund",
                    lambda step: (200, payment_yunfu.refund(books, step, said)),
                )  # fmt: skip

    # --- 卡付

    def _known(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.secrets.kapay_api.hex()}"

    async def kapay_create(self, request: Request) -> Response:
        """POST /kapay/v1/payments."""
        if not self._known(request):
            return JSONResponse({"reason": "unauthorized"}, 401)
        said, base = json.loads(await request.body()), str(request.base_url)

        def done(step: Step) -> tuple[int, dict[str, Any]]:
            if step.do == "refuse":
                return 400, {"reason": "amount_limit"}
            payment = self.books.create(
                Payment(
                    "kapay", said["merchant"], said["reference"], f"kp_{uuid.uuid4().hex}",
                    said["metadata"]["account"], said["amount"], said["currency"],
                    said["notify_url"],
                )
            )  # fmt: skip
            url = f"{base}pay/kapay/{payment.their_id}"
            return 200, {"id": payment.their_id, "status": "open", "url": url}

        return await self._answer(request, "kapay", "create", done)

    async def kapay_cancel(self, request: Request) -> Response:
        """POST /kapay/v1/payments/<reference>/cancel."""
        if not self._known(request):
            return JSONResponse({"reason": "unauthorized"}, 401)

        def done(step: Step) -> tuple[int, dict[str, Any]]:
            if step.do == "unknown":
                return 200, {"status": "processing"}
            payment = self.books.close("kapay", request.path_params["reference"])
            if payment is None:
                return 404, {"reason": "no_such_payment"}
            if payment.state == "closed":
                return 200, {"status": "canceled"}
            paid = {"amount": payment.amount, "currency": payment.currency}
            return 200, {"id": payment.their_id, "status": "succeeded", **paid}

        return await self._answer(request, "kapay", "close", done)

    async def kapay_refund(self, request: Request) -> Response:
        """POST /kapay/v1/refunds."""
        if not self._known(request):
            return JSONResponse({"reason": "unauthorized"}, 401)
        said = json.loads(await request.body())

        def done(step: Step) -> tuple[int, dict[str, Any]]:
            if step.do == "unknown":
                return 200, {"status": "pending"}
            payment = self.books.of("kapay", said["payment"])
            refused = step.do == "refuse" or payment is None
            request_id, amount = said["reference"], said["amount"]
            if refused or not payment or not self.books.refund(payment, request_id, amount):
                return 200, {"status": "failed", "reason": "refund_refused"}
            return 200, {"status": "succeeded"}

        return await self._answer(request, "kapay", "refund", done)

    # --- the buyer

    async def page(self, request: Request) -> Response:
        """What a buyer sees."""
        payment = self.books.of(request.path_params["channel"], request.path_params["their_id"])
        if payment is None:
            return PlainTextResponse("没有这笔付款", 404)
        asked = f"{dotted(payment.amount)} {escape(payment.currency)}"
        return HTMLResponse(PAGE.format(asked=asked, shown=SHOWN[payment.state]))

    async def pay(self, request: Request) -> Response:
        """The buyer pays; the shop is told."""
        payment = self.books.of(request.path_params["channel"], request.path_params["their_id"])
        if payment is None or payment.state == "closed":
            return JSONResponse({"state": "closed"}, 409)
        if payment.state == "open":
            payment.state = "paid"
            task = asyncio.create_task(self._notify(payment))
            self.sending.add(task)
            task.add_done_callback(self.sending.discard)
        if "text/html" in request.headers.get("accept", ""):
            return Response(None, 303, {"Location": request.url.path})
        return JSONResponse({"state": payment.state})

    async def again(self, request: Request) -> Response:
        """The shop is told again, as the script says: a paid payment's notice is sent once more."""
        payment = self.books.of(request.path_params["channel"], request.path_params["their_id"])
        if payment is None:
            return JSONResponse({"detail": "no such payment"}, 404)
        await self._notify(payment)
        return JSONResponse({"state": payment.state})

    async def _notify(self, payment: Payment) -> None:
        step = self.books.next(payment.channel, "notify")
        await asyncio.sleep(step.delay_ms / 1000)
        if step.do != "lose":
            copies = COPIES if step.do == "duplicate" else 1
            await asyncio.gather(*(self._deliver(payment, step) for _ in range(copies)))

    async def _deliver(self, payment: Payment, step: Step) -> None:
        for sent in range(NOTICES_MAX):
            headers, body = self._letter(payment, step)
            try:
                answer = await self.client.post(
                    payment.notify_url, content=body, headers=headers, timeout=TIMEOUT_S
                )
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return
            await asyncio.sleep(PAUSE_S_MIN * 2**sent)

    def _letter(self, payment: Payment, step: Step) -> Letter:
        now_s = int(time.time())
        if payment.channel == "yunfu":
            return letter_yunfu(self.secrets.yunfu, payment, step, now_s)
        return letter_kapay(self.secrets.kapay, payment, step, now_s)

    async def payments(self, _request: Request) -> Response:
        """Every payment that was asked for."""
        return JSONResponse({"items": [asdict(each) for each in self.books.payments.values()]})

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


def app(secrets: Secrets, client: httpx.AsyncClient | None = None) -> Starlette:
    """The twin, having taken nothing yet; ``client`` reaches the shop."""
    twin = Twin(secrets, client or httpx.AsyncClient())
    page = "/pay/{channel}/{their_id}"
    return Starlette(
        routes=[
            Route("/yunfu/gateway", twin.yunfu, methods=["POST"]),
            Route("/kapay/v1/payments", twin.kapay_create, methods=["POST"]),
            Route("/kapay/v1/payments/{reference}/cancel", twin.kapay_cancel, methods=["POST"]),
            Route("/kapay/v1/refunds", twin.kapay_refund, methods=["POST"]),
            Route(page, twin.page),
            Route(page, twin.pay, methods=["POST"]),
            Route(page + "/again", twin.again, methods=["POST"]),
            Route("/payments", twin.payments),
            Route("/script", twin.script, methods=["POST"]),
            Route("/readyz", ready),
            Route("/livez", ready),
        ]
    )


def read_secrets(folder: Path) -> Secrets:
    """From files named as in payments' keys."""
    return Secrets(
        yunfu=(folder / "yunfu").read_bytes(),
        yunfu_merchant=(folder / "yunfu_merchant.pub").read_bytes(),
        kapay=bytes.fromhex((folder / "kapay").read_text("ascii")),
        kapay_api=bytes.fromhex((folder / "kapay_api").read_text("ascii")),
    )


def main() -> None:
    """Listen where the environment says."""
    uvicorn.run(
        app(read_secrets(Path(os.environ["KAMENG_KEYS"]))), host=HOST,
        port=int(os.environ["KAMENG_HTTP_PORT"]), log_level="warning",
        timeout_graceful_shutdown=STOP_S_MAX,
    )  # fmt: skip


if __name__ == "__main__":
    main()
