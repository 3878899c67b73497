"""Support looks at disputes, asks the buyer and decides, in its own name, with a reason (C7)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.disputes import order_ms
from services.gateway.door.requests import Answer
from services.gateway.projections.disputes import DisputeRow
from shared.contracts.disputes import AskBuyer, DecideDispute

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .dispute_shapes import (
    Dispute,
    Disputes,
    Disputing,
    NewQuestion,
    NewVerdict,
    purpose,
    told,
    words,
)
from .disputes import said_so
from .messages import language_of
from .once import once, request_id_of
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .shapes import NAME_LENGTH_MAX

FIRST: Final = (0, "")


async def read_many(request: Request) -> Response:
    """Where somebody has the word, the first deadline first; `?ended=1`: all others, by their age.

    `?by=recall`: those of recalled cards alone; `?by=buyer`: complaints.
    """
    await operator("support", "finance", "auditor")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[int, str]) or FIRST
    ended = request.query_params.get("ended", "") not in {"", "0", "false"}
    by = request.query_params.get("by", "")[:NAME_LENGTH_MAX]
    rows = await door_of(request).disputes.many(after, limit + 1, ended=ended, by=by)
    language = language_of(request.headers.get("accept-language", ""))
    items = [told(row, language, to_shop=True) for row in rows]
    return json_answer(page(items, [(order_ms(row), row.dispute_id) for row in rows], limit))


async def read_one(request: Request) -> Response:
    """One dispute, with what was said."""
    await operator("support", "finance")(request)
    row = await _row(request)
    language = language_of(request.headers.get("accept-language", ""))
    said = await door_of(request).disputes.words(row.dispute_id)
    found = {**told(row, language, to_shop=True), "words": words(door_of(request), said)}
    return json_answer(found)


async def ask_buyer(request: Request) -> Response:
    """Ask the buyer; silence until the deadline ends the dispute."""
    asking = await operator("support")(request)
    row, new = await _row(request), await read_body(NewQuestion, request)
    await once(request, asking, new, lambda: Answer(row.dispute_id))
    command = AskBuyer(
        order_id=row.order_id,
        account_id=row.account_id,
        request_id=request_id_of(request, asking),
        line=row.line,
        dispute_id=row.dispute_id,
        sealed_text=door_of(request).secrets.own.seal(new.text, purpose(row.dispute_id)),
        by=asking.name,
    )
    return await said_so(request, command, row.dispute_id)


async def decide(request: Request) -> Response:
    """End it. Of two people who decide the first counts."""
    asking = await operator("support", "finance")(request)
    row, new = await _row(request), await read_body(NewVerdict, request)
    await once(request, asking, new, lambda: Answer(row.dispute_id))
    command = DecideDispute(
        order_id=row.order_id,
        account_id=row.account_id,
        request_id=request_id_of(request, asking),
        line=row.line,
        dispute_id=row.dispute_id,
        outcome=new.outcome,
        amount=new.amount,
        to=new.to,
        by=asking.name,
        reason=new.reason,
    )
    return await said_so(request, command, row.dispute_id)


async def _row(request: Request) -> DisputeRow:
    """The dispute named in the path; raises NOT_FOUND."""
    row = await door_of(request).disputes.one(request.path_params["dispute_id"])
    if row is None:
        raise Problem("NOT_FOUND")
    return row


ONE: Final = "/v1/admin/disputes/{dispute_id}"
ROUTES: Final = (
    Route("GET", "/v1/admin/disputes", read_many, "售后列表 · Disputes", "operator",
          answer=Disputes, query=("ended", "by", "limit", "cursor")),
    Route("GET", ONE, read_one, "一笔售后 · A dispute", "operator", answer=Dispute),
    Route("POST", ONE + "/ask", ask_buyer, "询问买家 · Ask the buyer", "operator", NewQuestion,
          Disputing, 202, once=True),
    Route("POST", ONE + "/decide", decide, "裁定售后 · Decide a dispute", "operator", NewVerdict,
          Disputing, 202, once=True),
)  # fmt: skip
