"""Operators find an order by whatever they were told, and see all there is to know of it."""

import re
import time
from collections.abc import Sequence
from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.door import Door
from services.gateway.projections.order import OrderDoc
from services.gateway.projections.refunds import RefundRow
from shared.contracts.envelope import rfc3339
from shared.contracts.gateway import Role

from .admin_holds import HoldShape, hold_json
from .asking import door_of, operator
from .auth import plain, sign_in_id
from .bodies import json_answer
from .messages import Language
from .order_json import money, order_json
from .pages import cursor_of, limit_of, packed, page
from .problems import Problem, speaks
from .routes import Route
from .shapes import Order, Shape, Sum, TimelineEntry
from .timeline import timeline_json

READERS: Final[tuple[Role, ...]] = ("support", "risk", "finance", "auditor")
AHEAD_MS: Final = 60_000
"""Clocks of two doors differ by less."""
ASKED_LENGTH_MAX: Final = 100
ORDER_PREFIX: Final = re.compile(r"[0-9a-f][0-9a-f-]{5,35}")
PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{5,19}")


class FoundOrder(Order):
    """An order, and whose it is."""

    account_id: str
    cancelled_by: str | None = None
    """Who of our people gave it up in the buyer's place."""


class FoundOrders(Shape):
    """A page of orders, the newest first."""

    items: list[FoundOrder]
    next_cursor: str | None


class RefundShape(Shape):
    """Money that went back or is on its way, or why it did not."""

    refund_id: str
    amount: Sum
    state: Literal["refunding", "refunded", "denied"]
    code: str | None = None
    """Why it was denied."""
    by: str | None = None
    """`delivery`, or the person."""
    reason: str | None = None
    at: str


class WholeOrder(FoundOrder):
    """An order with its history and what people have decided about it."""

    timeline: list[TimelineEntry]
    refunds: list[RefundShape]
    hold: HoldShape | None = None
    """Where risk wanted a person's word."""


async def read_many(request: Request) -> Response:
    """All orders, the newest first; `q` is whatever one was told of them.

    An order's id or how it begins, an account's, a phone; the id of a refund, top-up, dispute,
    invoice (or its number), thread, request, review, recalled card or batch; or words that are in
    a product's name, a SKU, a coupon, a payment's id, a code. What nobody has is an empty list.
    Words are looked for in so many orders at once: a page may be short and still go on.
    """
    await operator(*READERS)(request)
    door, limit, language = door_of(request), limit_of(request), speaks(request)
    asked = request.query_params.get("q", "").strip()[:ASKED_LENGTH_MAX]
    state = request.query_params.get("state", "")
    newest = (time.time_ns() // 1_000_000 + AHEAD_MS, "")
    before = cursor_of(request, tuple[int, str]) or newest
    account_id = await _account(door, asked)
    docs = await _named(door, asked, limit) if account_id is None else []
    if not docs:
        whose = asked if account_id is None else account_id
        docs = await door.search.newest(whose, state, before, limit + 1)
    goes_on = None
    if not docs and account_id is None:
        docs = (await door.search.about(asked))[:limit]
        if not docs:
            docs, goes_on = await door.search.saying(asked.casefold(), state, before, limit)
    items = [found_json(doc, language) for doc in docs]
    found = page(items, [(doc.placed_ms, doc.order_id) for doc in docs], limit)
    return json_answer(found | ({"next_cursor": packed(goes_on)} if goes_on else {}))


async def _account(door: Door, asked: str) -> str | None:
    """Whose phone that is; "" where nothing is asked for."""
    if PHONE.fullmatch(asked):
        return await door.search.account_of(sign_in_id(door, plain(asked)))
    return None if asked else ""


async def _named(door: Door, asked: str, limit: int) -> Sequence[OrderDoc]:
    """Orders whose ids begin like this."""
    return await door.search.starting(asked, limit) if ORDER_PREFIX.fullmatch(asked) else []


async def read_one(request: Request) -> Response:
    """One order, whosever it is: its history, its hold, its refunds."""
    await operator(*READERS)(request)
    door, language = door_of(request), speaks(request)
    doc = await door.search.one(request.path_params["order_id"])
    if doc is None:
        raise Problem("NOT_FOUND")
    reveals = await door.read.reveals(doc.order_id)
    hold = await door.read.hold(doc.order_id)
    refunds = await door.search.refunds(doc.order_id)
    body = found_json(doc, language) | {
        "timeline": timeline_json(doc, reveals, language)["items"],
        "refunds": [_refund(row, doc.currency) for row in refunds],
    }
    if hold is not None:
        body["hold"] = hold_json(hold)
    return json_answer(body)


def found_json(doc: OrderDoc, language: Language) -> dict[str, Any]:
    """The order as its buyer reads it, and whose it is."""
    found = {**order_json(doc, language), "account_id": doc.account_id}
    return found | ({"cancelled_by": doc.staff} if doc.staff else {})


def _refund(row: RefundRow, currency: str) -> dict[str, Any]:
    said = {"code": row.code, "by": row.by, "reason": row.reason}
    return {
        "refund_id": row.refund_id,
        "amount": money(row.amount, currency),
        "state": row.state,
        "at": rfc3339(row.time_ms),
        **{name: value for name, value in said.items() if value},
    }


ROUTES: Final = (
    Route("GET", "/v1/admin/orders", read_many, "查找订单 · Find orders", "operator",
          answer=FoundOrders, query=("q", "state", "limit", "cursor")),
    Route("GET", "/v1/admin/orders/{order_id}", read_one, "订单全貌 · An order with its history",
          "operator", answer=WholeOrder),
)  # fmt: skip
