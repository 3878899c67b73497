"""Endpoints that an account is told at: set, challenged, given another secret, told again (F4)."""

import hmac
import time
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.addresses import AddressRefused
from services.gateway.door.requests import Answer
from services.gateway.projections.queries import ATTEMPT
from services.gateway.projections.webhooks import EndpointRow, MessageRow
from shared.contracts.message import Command
from shared.contracts.webhooks import (
    ReplayWebhook,
    RotateWebhookSecret,
    SetWebhook,
    VerifyWebhook,
    WebhookMessage,
)
from shared.kernel.ids import derive
from shared.security.webhooks import purpose, secret_of

from .asking import customer, door_of, spend
from .bodies import json_answer, read_body
from .messages import language_of
from .once import ask, once, request_id_of, wait_of
from .outcomes import outcome
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .webhook_shapes import (
    NewWebhook,
    NothingMore,
    Webhook,
    WebhookDeliveries,
    Webhooks,
    WebhookSecret,
    delivery,
    told,
)

NAME_LENGTH_MAX: Final = 40
NEW: Final = "new/"
"""What the first answer about an endpoint begins with."""
REFUSED: Final = "WEBHOOK_"
"""What a refusal is called on the wire begins with."""
LAST: Final = 2**63 - 1


async def read_many(request: Request) -> Response:
    """All endpoints of the account."""
    asking = await customer(request)
    language = language_of(request.headers.get("accept-language", ""))
    rows = await door_of(request).webhooks.of_account(asking.name)
    return json_answer({"items": [told(row, language) for row in rows], "next_cursor": None})


async def read_one(request: Request) -> Response:
    """One endpoint."""
    _, row = await _mine(request)
    language = language_of(request.headers.get("accept-language", ""))
    return json_answer(told(row, language))


async def put(request: Request) -> Response:
    """Be told at this URL. A new URL is challenged first; a new endpoint's secret is told here."""
    asking = await customer(request)
    spend(door_of(request).limits.webhooks, asking.name)
    new, door = await read_body(NewWebhook, request), door_of(request)
    name = _name(request)
    endpoint_id = _endpoint_id(asking, name)
    if new.enabled:
        await _refuse_inside(request, new.url)
    row = await door.webhooks.one(endpoint_id)
    said = Answer(endpoint_id if row else NEW + endpoint_id)
    answer = await once(request, asking, new, lambda: said)
    secret = _secret(request, endpoint_id, "first")
    command = SetWebhook(
        endpoint_id=endpoint_id,
        account_id=asking.name,
        request_id=request_id_of(request, asking),
        name=name,
        url=new.url,
        events=tuple(dict.fromkeys(new.events)),
        enabled=new.enabled,
        sealed_secret=door.secrets.own.seal(secret, purpose(endpoint_id)),
        by=asking.kind,
    )
    more = {"secret": secret} if answer.resource.startswith(NEW) else {}
    return await said_so(request, command, more)


async def verify(request: Request) -> Response:
    """Challenge the endpoint once more."""
    asking, row = await _mine(request)
    spend(door_of(request).limits.webhooks, asking.name)
    said = await read_body(NothingMore, request)
    await once(request, asking, said, lambda: Answer(row.endpoint_id))
    command = VerifyWebhook(
        endpoint_id=row.endpoint_id,
        account_id=asking.name,
        request_id=request_id_of(request, asking),
    )
    return await said_so(request, command)


async def rotate(request: Request) -> Response:
    """Another secret; the one before it signs too for a day."""
    asking, row = await _mine(request)
    spend(door_of(request).limits.webhooks, asking.name)
    said, door = await read_body(NothingMore, request), door_of(request)
    await once(request, asking, said, lambda: Answer(row.endpoint_id))
    request_id = request_id_of(request, asking)
    secret = _secret(request, row.endpoint_id, request_id)
    command = RotateWebhookSecret(
        endpoint_id=row.endpoint_id,
        account_id=asking.name,
        request_id=request_id,
        sealed_secret=door.secrets.own.seal(secret, purpose(row.endpoint_id)),
    )
    await ask(request, command)
    found = await outcome(request, ATTEMPT, request_id, wait_of(request))
    if found is not None and found[1]:
        raise Problem(REFUSED + found[1])
    return json_answer({"name": row.name, "secret": secret}, 202 if found is None else 200)


async def read_messages(request: Request) -> Response:
    """What the endpoint was told, or is to be; the newest first."""
    _, row = await _mine(request)
    return await messages_of(request, row)


async def replay(request: Request) -> Response:
    """Send a message once more, under the same id."""
    asking, row = await _mine(request)
    spend(door_of(request).limits.webhooks, asking.name)
    return await replayed(request, asking, row)


async def messages_of(request: Request, row: EndpointRow) -> Response:
    """A page of an endpoint's messages."""
    limit, cursor = limit_of(request), cursor_of(request, tuple[int])
    language = language_of(request.headers.get("accept-language", ""))
    before = cursor[0] if cursor else LAST
    rows = await door_of(request).webhooks.messages(row.endpoint_id, before, limit + 1)
    items = [delivery(each, language) for each in rows]
    return json_answer(page(items, [(each.position,) for each in rows], limit))


async def replayed(request: Request, asking: Asking, row: EndpointRow) -> Response:
    """Have the message named in the path sent again; raises NOT_FOUND."""
    said = await read_body(NothingMore, request)
    named = request.path_params["message_id"]
    found = await door_of(request).webhooks.message(row.endpoint_id, named)
    if found is None:
        raise Problem("NOT_FOUND")
    await once(request, asking, said, lambda: Answer(named))
    command = ReplayWebhook(
        endpoint_id=row.endpoint_id,
        account_id=row.account_id,
        request_id=request_id_of(request, asking),
        message=_message(found),
        by=asking.name,
    )
    return await said_so(request, command, to_shop=asking.kind == "operator")


async def said_so(
    request: Request, command: Command, more: dict[str, Any] | None = None, *, to_shop: bool = False
) -> Response:
    """Append the word; where the client waits, tell what became of it."""
    await ask(request, command)
    named: Any = command
    found = await outcome(request, ATTEMPT, named.request_id, wait_of(request))
    if found is not None and found[1]:
        raise Problem(REFUSED + found[1])
    row = await door_of(request).webhooks.one(named.endpoint_id)
    language = language_of(request.headers.get("accept-language", ""))
    shown = told(row, language, to_shop=to_shop) if row else _to_come(command)
    return json_answer({**shown, **(more or {})}, 202 if found is None else 200)


def _to_come(command: Any) -> dict[str, Any]:
    """An endpoint that nothing is known of but what was asked."""
    now_ms = time.time_ns() // 1_000_000
    row = EndpointRow(
        command.endpoint_id, command.account_id, command.name, command.url, list(command.events),
        "unverified" if command.enabled else "disabled", "", "", now_ms, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    return told(row, "zh")


async def _refuse_inside(request: Request, url: str) -> None:
    """Raises the problem that this URL leads to no public address; it is looked at again later."""
    try:
        await door_of(request).webhooks.guard.pin(url)
    except (AddressRefused, OSError, TimeoutError, UnicodeError):
        raise Problem("WEBHOOK_URL_REFUSED") from None


async def _mine(request: Request) -> tuple[Asking, EndpointRow]:
    """The endpoint named in the path, of who asks; raises NOT_FOUND."""
    asking = await customer(request)
    row = await door_of(request).webhooks.one(_endpoint_id(asking, _name(request)))
    if row is None or row.account_id != asking.name:
        raise Problem("NOT_FOUND")
    return asking, row


def _name(request: Request) -> str:
    name: str = request.path_params["name"]
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    if not plain or len(name) > NAME_LENGTH_MAX:
        raise Problem("NOT_FOUND")
    return name


def _endpoint_id(asking: Asking, name: str) -> str:
    """The one endpoint of this account by this name."""
    return derive("webhook endpoint", asking.name, name)


def _secret(request: Request, endpoint_id: str, which: str) -> str:
    """It follows from the gateway's own key: a repeat is told the same secret."""
    text = f"webhook secret\x1f{endpoint_id}\x1f{which}"
    return secret_of(hmac.digest(door_of(request).secrets.own_key, text.encode(), "sha256"))


def _message(row: MessageRow) -> WebhookMessage:
    return WebhookMessage(
        message_id=row.message_id, event=row.event, order_id=row.order_id, body=row.body
    )


ONE: Final = "/v1/webhooks/{name}"
ROUTES: Final = (
    Route("GET", "/v1/webhooks", read_many, "我的 Webhook · My webhooks", "customer",
          answer=Webhooks),
    Route("GET", ONE, read_one, "一个 Webhook · A webhook", "customer", answer=Webhook),
    Route("PUT", ONE, put, "设置 Webhook · Set a webhook", "customer", NewWebhook, Webhook, 202,
          once=True),
    Route("POST", ONE + "/verify", verify, "重新验证 · Challenge again", "customer", NothingMore,
          Webhook, 202, once=True),
    Route("POST", ONE + "/secret", rotate, "更换签名密钥 · Rotate the secret", "customer",
          NothingMore, WebhookSecret, 202, once=True),
    Route("GET", ONE + "/messages", read_messages, "推送记录 · Messages", "customer",
          answer=WebhookDeliveries, query=("limit", "cursor")),
    Route("POST", ONE + "/messages/{message_id}/replay", replay, "重新推送 · Replay a message",
          "customer", NothingMore, Webhook, 202, once=True),
)  # fmt: skip
