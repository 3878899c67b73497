"""Our people watch over webhook endpoints: replay, bar one, allow it again (F4)."""

from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.webhooks import EndpointRow
from shared.contracts.webhooks import JudgeWebhook

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .messages import language_of
from .once import once, request_id_of
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .webhook_shapes import (
    NewJudgement,
    NothingMore,
    State,
    Webhook,
    WebhookDeliveries,
    Webhooks,
    told,
)
from .webhooks import messages_of, replayed, said_so

ID_LENGTH_MAX: Final = 64


async def read_many(request: Request) -> Response:
    """Endpoints of all accounts; `?state=` for those in one state."""
    await operator("support", "auditor")(request)
    state = request.query_params.get("state", "")
    if state not in {"", *get_args(State)}:
        raise Problem("BAD_REQUEST")
    limit, cursor = limit_of(request), cursor_of(request, tuple[str])
    after = cursor[0][:ID_LENGTH_MAX] if cursor else ""
    rows = await door_of(request).webhooks.many(state, after, limit + 1)
    language = language_of(request.headers.get("accept-language", ""))
    items = [told(row, language, to_shop=True) for row in rows]
    return json_answer(page(items, [(row.endpoint_id,) for row in rows], limit))


async def read_one(request: Request) -> Response:
    """One endpoint."""
    await operator("support", "auditor")(request)
    row = await _row(request)
    language = language_of(request.headers.get("accept-language", ""))
    return json_answer(told(row, language, to_shop=True))


async def read_messages(request: Request) -> Response:
    """What an endpoint was told, or is to be; the newest first."""
    await operator("support", "auditor")(request)
    return await messages_of(request, await _row(request))


async def replay(request: Request) -> Response:
    """Send a message once more, under the same id."""
    asking = await operator("support")(request)
    return await replayed(request, asking, await _row(request))


async def bar(request: Request) -> Response:
    """Nothing goes there any more until one of us allows it."""
    return await _judged(request, barred=True)


async def allow(request: Request) -> Response:
    """Its owner may enable it again."""
    return await _judged(request, barred=False)


async def _judged(request: Request, *, barred: bool) -> Response:
    asking = await operator("support")(request)
    row, new = await _row(request), await read_body(NewJudgement, request)
    await once(request, asking, new, lambda: Answer(row.endpoint_id))
    command = JudgeWebhook(
        endpoint_id=row.endpoint_id,
        account_id=row.account_id,
        request_id=request_id_of(request, asking),
        barred=barred,
        reason=new.reason,
        by=asking.name,
    )
    return await said_so(request, command, to_shop=True)


async def _row(request: Request) -> EndpointRow:
    """The endpoint named in the path; raises NOT_FOUND."""
    row = await door_of(request).webhooks.one(request.path_params["endpoint_id"][:ID_LENGTH_MAX])
    if row is None:
        raise Problem("NOT_FOUND")
    return row


ONE: Final = "/v1/admin/webhooks/{endpoint_id}"
ROUTES: Final = (
    Route("GET", "/v1/admin/webhooks", read_many, "Webhook 列表 · Webhooks", "operator",
          answer=Webhooks, query=("state", "limit", "cursor")),
    Route("GET", ONE, read_one, "一个 Webhook · A webhook", "operator", answer=Webhook),
    Route("GET", ONE + "/messages", read_messages, "推送记录 · Messages", "operator",
          answer=WebhookDeliveries, query=("limit", "cursor")),
    Route("POST", ONE + "/messages/{message_id}/replay", replay, "重新推送 · Replay a message",
          "operator", NothingMore, Webhook, 202, once=True),
    Route("POST", ONE + "/bar", bar, "停用 Webhook · Bar a webhook", "operator", NewJudgement,
          Webhook, 202, once=True),
    Route("POST", ONE + "/allow", allow, "恢复 Webhook · Allow a webhook", "operator",
          NewJudgement, Webhook, 202, once=True),
)  # fmt: skip
