"""Support quotes what buyers ask for, or says why it cannot be had (E4)."""

import time
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.bespoke import CustomRow
from shared.contracts.bespoke import CloseRequest, GiveQuote
from shared.contracts.message import Command

from .asking import door_of, operator
from .bespoke import NO_REQUEST
from .bespoke_shapes import Asking, Customs, NewDecline, NewQuote, State, to_shop, told
from .bodies import json_answer, read_body
from .heard import heard
from .once import once, request_id_of
from .pages import cursor_of, limit_of, page, state_of
from .problems import Problem, speaks
from .routes import Route

FIRST: Final = (0, "")
STATES: Final = get_args(State)
DAY_MS: Final = 86_400_000


async def read_many(request: Request) -> Response:
    """Requests in a state, the oldest first."""
    await operator("support", "stock")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[int, str]) or FIRST
    state = state_of(request, STATES)
    door = door_of(request)
    rows = await door.bespoke.in_state(state, after, limit + 1)
    said = await told(rows, speaks(request), door)
    items = [to_shop(row, each) for row, each in zip(rows, said, strict=True)]
    found = page(items, [(row.asked_ms, row.custom_id) for row in rows], limit)
    return json_answer({**found, "answer_ms": await door.bespoke.answer_ms()})


async def quote(request: Request) -> Response:
    """Say what it costs and until when; a newer quote takes an older one's place."""
    asking = await operator("support")(request)
    row, new = await _row(request), await read_body(NewQuote, request)
    request_id, now_ms = request_id_of(request, asking), time.time_ns() // 1_000_000
    await once(request, asking, new, lambda: Answer(row.custom_id))
    command = GiveQuote(
        custom_id=row.custom_id,
        account_id=row.account_id,
        request_id=request_id,
        name=new.name,
        quantity=new.quantity,
        unit_price=new.unit_price,
        currency=row.currency,
        shape=new.shape,
        until_ms=now_ms + new.valid_days * DAY_MS,
        by=asking.name,
    )
    return await _answered(request, row, command, request_id)


async def decline(request: Request) -> Response:
    """Say why it cannot be had."""
    asking = await operator("support")(request)
    row, new = await _row(request), await read_body(NewDecline, request)
    request_id = request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(row.custom_id))
    command = CloseRequest(
        custom_id=row.custom_id, account_id=row.account_id, request_id=request_id,
        by=asking.name, reason=new.reason,
    )  # fmt: skip
    return await _answered(request, row, command, request_id)


async def _answered(
    request: Request, row: CustomRow, command: Command, request_id: str
) -> Response:
    body = {"request_id": row.custom_id}
    return await heard(request, command, request_id, NO_REQUEST, body, "/v1/admin/requests")


async def _row(request: Request) -> CustomRow:
    """The request named in the path; raises NOT_FOUND."""
    row = await door_of(request).bespoke.one(request.path_params["request_id"])
    if row is None:
        raise Problem("NOT_FOUND")
    return row


ONE: Final = "/v1/admin/requests/{request_id}"
ROUTES: Final = (
    Route("GET", "/v1/admin/requests", read_many, "定制需求 · Custom requests", "operator",
          answer=Customs, query=("state", "limit", "cursor")),
    Route("POST", ONE + "/quote", quote, "报价 · Give a quote", "operator", NewQuote, Asking, 202,
          once=True),
    Route("POST", ONE + "/decline", decline, "无法提供 · Decline a request", "operator",
          NewDecline, Asking, 202, once=True),
)  # fmt: skip
