"""Buyers ask for what is on no shelf, and order it at the price they were quoted (E4, B4)."""

import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking as Who
from services.gateway.door.requests import Answer
from services.gateway.projections.bespoke import CustomRow
from shared.contracts.bespoke import CloseRequest, RequestQuote, custom_sku
from shared.contracts.orders import PlaceOrder, WantedLine
from shared.kernel import ids
from shared.shards.partitions import partition_of

from .asking import customer, door_of, spend
from .bespoke_shapes import (
    Asking,
    Custom,
    Customs,
    NewAcceptance,
    NewRequest,
    Nothing,
    sealed,
    told,
)
from .bodies import json_answer, read_body
from .heard import heard
from .once import key_of, once, request_id_of
from .orders import LAST, put
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .routes import Route
from .shapes import Order

NO_REQUEST: Final = "REQUEST_"
"""What a refusal by orders is called on the wire begins with."""
BUYER: Final = "buyer"
CURRENCY: Final = "CNY"


async def ask_for_one(request: Request) -> Response:
    """Ask for what is on no shelf."""
    asking = await customer(request)
    spend(door_of(request).limits.voices, asking.name)
    new = await read_body(NewRequest, request)
    custom_id = request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(custom_id))
    command = RequestQuote(
        custom_id=custom_id,
        account_id=asking.name,
        quantity=new.quantity,
        budget=new.budget,
        currency=CURRENCY,
        sealed_text=sealed(door_of(request), custom_id, new),
    )
    where = f"/v1/requests/{custom_id}"
    return await heard(request, command, custom_id, NO_REQUEST, {"request_id": custom_id}, where)


async def read_many(request: Request) -> Response:
    """The account's requests, the newest first; and how long an answer takes."""
    asking, limit = await customer(request), limit_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    door = door_of(request)
    rows = await door.bespoke.of_account(asking.name, before, limit + 1)
    items = await told(rows, speaks(request), door)
    found = page(items, [(row.asked_ms, row.custom_id) for row in rows], limit)
    return json_answer({**found, "answer_ms": await door.bespoke.answer_ms()})


async def read_one(request: Request) -> Response:
    """One request; somebody else's does not exist."""
    _, row = await _mine(request)
    return json_answer((await told([row], speaks(request), door_of(request)))[0])


async def accept(request: Request) -> Response:
    """Order what is quoted, at the price that was seen: an order like any other."""
    asking, row = await _mine(request)
    door, key, now_ms = door_of(request), key_of(request), time.time_ns() // 1_000_000
    spend(door.limits.orders, asking.name)
    door.pressure.check(partition_of(asking.name, door.partitions), now_ms)
    new = await read_body(NewAcceptance, request)
    said = (b"quote", row.custom_id.encode(), new.model_dump_json().encode())
    sku = custom_sku(row.custom_id)
    line = WantedLine(
        sku=sku, product_id=sku, quantity=new.quantity, unit_price=new.unit_price.amount
    )  # fmt: skip
    command = PlaceOrder(
        order_id=ids.order_id(asking.name, key),
        account_id=asking.name,
        key=key,
        body_hash=door.secrets.body_hash(*said).hex(),
        lines=(line,),
        currency=new.unit_price.currency,
        pay_with=new.pay_with,
        on_decline=new.on_decline,
        level=asking.level,
        received_ms=now_ms,
        quote=row.custom_id,
    )
    return await put(request, asking, command)


async def withdraw(request: Request) -> Response:
    """Let it go, before it is ordered."""
    asking, row = await _mine(request)
    said, request_id = await read_body(Nothing, request), request_id_of(request, asking)
    await once(request, asking, said, lambda: Answer(row.custom_id))
    command = CloseRequest(
        custom_id=row.custom_id, account_id=asking.name, request_id=request_id, by=BUYER
    )  # fmt: skip
    where, body = f"/v1/requests/{row.custom_id}", {"request_id": row.custom_id}
    return await heard(request, command, request_id, NO_REQUEST, body, where)


async def _mine(request: Request) -> tuple[Who, CustomRow]:
    """The request named in the path, of who asks; raises NOT_FOUND."""
    asking = await customer(request)
    row = await door_of(request).bespoke.one(request.path_params["request_id"])
    if row is None or row.account_id != asking.name:
        raise Problem("NOT_FOUND")
    return asking, row


ONE: Final = "/v1/requests/{request_id}"
ROUTES: Final = (
    Route("POST", "/v1/requests", ask_for_one, "提交定制需求 · Ask for something else",
          "customer", NewRequest, Asking, 202, once=True),
    Route("GET", "/v1/requests", read_many, "我的定制需求 · Custom requests", "customer",
          answer=Customs, query=("limit", "cursor")),
    Route("GET", ONE, read_one, "一条定制需求 · A custom request", "customer", answer=Custom),
    Route("POST", ONE + "/accept", accept, "接受报价并下单 · Accept the quote", "customer",
          NewAcceptance, Order, 202, once=True),
    Route("POST", ONE + "/withdraw", withdraw, "撤回需求 · Withdraw a request", "customer",
          Nothing, Asking, 202, once=True),
)  # fmt: skip
