"""Buyers say what is wrong with what they got, and take what is offered for a bad card (C7, F2)."""

import time
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.requests import Answer
from services.gateway.projections.disputes import DisputeRow
from services.gateway.projections.queries import ATTEMPT
from shared.contracts.disputes import AddEvidence, ChooseRemedy, OpenDispute
from shared.contracts.message import Command

from .asking import customer, door_of
from .bodies import json_answer, read_body
from .dispute_shapes import (
    Dispute,
    Disputes,
    Disputing,
    NewChoice,
    NewDispute,
    NewEvidence,
    sealed,
    told,
    words,
)
from .messages import language_of
from .once import ask, once, request_id_of, wait_of
from .orders import own_order
from .outcomes import outcome
from .problems import Problem
from .routes import Route

NO_DISPUTE: Final = "DISPUTE_"
"""What a refusal by orders is called on the wire begins with."""


async def open_one(request: Request) -> Response:
    """Dispute a delivered line, in the time that the order stays open for it."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    said = await read_body(NewDispute, request)
    dispute_id = request_id_of(request, asking)
    known = any(line.line == said.line for line in doc.lines)
    await once(request, asking, said, lambda: Answer(dispute_id, "" if known else "NOT_FOUND"))
    command = OpenDispute(
        order_id=doc.order_id,
        account_id=asking.name,
        request_id=dispute_id,
        line=said.line,
        quantity=said.quantity,
        wants=said.wants,
        evidence=sealed(door_of(request), dispute_id, said),
        received_ms=time.time_ns() // 1_000_000,
    )
    return await said_so(request, command, dispute_id)


async def add_evidence(request: Request) -> Response:
    """Say more; the shop has the word again where it had asked."""
    asking, row = await _mine(request)
    said = await read_body(NewEvidence, request)
    await once(request, asking, said, lambda: Answer(row.dispute_id))
    command = AddEvidence(
        order_id=row.order_id,
        account_id=asking.name,
        request_id=request_id_of(request, asking),
        line=row.line,
        dispute_id=row.dispute_id,
        evidence=sealed(door_of(request), row.dispute_id, said),
    )
    return await said_so(request, command, row.dispute_id)


async def choose(request: Request) -> Response:
    """Take another card, or the money, for one that was recalled."""
    asking, row = await _mine(request)
    said = await read_body(NewChoice, request)
    await once(request, asking, said, lambda: Answer(row.dispute_id))
    command = ChooseRemedy(
        order_id=row.order_id,
        account_id=asking.name,
        request_id=request_id_of(request, asking),
        line=row.line,
        dispute_id=row.dispute_id,
        wants=said.wants,
    )
    return await said_so(request, command, row.dispute_id)


async def read_many(request: Request) -> Response:
    """All disputes of an order."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    language = language_of(request.headers.get("accept-language", ""))
    rows = await door_of(request).disputes.of_order(doc.order_id, asking.name)
    items = [told(row, language) for row in rows]
    return json_answer({"items": items, "next_cursor": None})


async def read_one(request: Request) -> Response:
    """One dispute, with what was said."""
    _, row = await _mine(request)
    language = language_of(request.headers.get("accept-language", ""))
    said = await door_of(request).disputes.words(row.dispute_id)
    return json_answer({**told(row, language), "words": words(door_of(request), said)})


async def said_so(request: Request, command: Command, dispute_id: str) -> Response:
    """Append the word; where the client waits, tell whether it could be."""
    await ask(request, command)
    named: Any = command
    found = await outcome(request, ATTEMPT, named.request_id, wait_of(request))
    if found is not None and found[1]:
        raise Problem(NO_DISPUTE + found[1])
    body = {"dispute_id": dispute_id, "order_id": named.order_id}
    where = {"Location": f"/v1/orders/{named.order_id}/disputes/{dispute_id}"}
    return json_answer(body, 202 if found is None else 200, where)


async def _mine(request: Request) -> tuple[Asking, DisputeRow]:
    """The dispute named in the path, of who asks; raises NOT_FOUND."""
    asking = await customer(request)
    row = await door_of(request).disputes.one(request.path_params["dispute_id"])
    here = row is not None and row.order_id == request.path_params["order_id"]
    if row is None or not here or row.account_id != asking.name:
        raise Problem("NOT_FOUND")
    return asking, row


ONE: Final = "/v1/orders/{order_id}/disputes/{dispute_id}"
ROUTES: Final = (
    Route("POST", "/v1/orders/{order_id}/disputes", open_one, "申请售后 · Dispute a line",
          "customer", NewDispute, Disputing, 202, once=True),
    Route("GET", "/v1/orders/{order_id}/disputes", read_many, "售后记录 · Disputes of an order",
          "customer", answer=Disputes),
    Route("GET", ONE, read_one, "售后详情 · A dispute", "customer", answer=Dispute),
    Route("POST", ONE + "/evidence", add_evidence, "补充证据 · Add evidence", "customer",
          NewEvidence, Disputing, 202, once=True),
    Route("POST", ONE + "/choice", choose, "选择补发或退款 · Choose a remedy", "customer",
          NewChoice, Disputing, 202, once=True),
)  # fmt: skip
