"""Placing orders and reading them."""

import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.catalogue import Shelf
from services.gateway.door.door import Door
from services.gateway.projections.order import OrderDoc
from services.gateway.projections.queries import received
from shared.contracts.orders import PlaceOrder, Seen, WantedLine
from shared.kernel import forms, ids
from shared.runtime.instruments import ACCEPTED
from shared.security.fingerprints import fingerprint
from shared.security.sealing import seal
from shared.shards.partitions import partition_of

from .asking import customer, door_of, spend
from .bodies import json_answer, read_body
from .messages import messages
from .once import key_of, wait_of
from .order_json import order_json
from .origin import origin_of
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .resting import rested
from .routes import Route
from .shapes import NewLine, NewOrder, Order, Orders, Timeline
from .timeline import timeline_json

DELIVERED: Final = frozenset({"delivered", "completed"})
LAST: Final = (2**62, "")
"""Later than any order."""
STATES_MAX: Final = 16
"""Asked for at once: more than there are."""


async def place(request: Request) -> Response:
    """Accept an order: 202 as soon as the log has it, 200 when it has come to rest in time."""
    door, now_ms = door_of(request), time.time_ns() // 1_000_000
    asking = await customer(request)
    spend(door.limits.orders, asking.name)
    door.pressure.check(partition_of(asking.name, door.partitions), now_ms)
    key = key_of(request)
    command = await command_of(door, asking, key, await read_body(NewOrder, request), now_ms)
    return await put(request, asking, command)


async def put(request: Request, asking: Asking, command: PlaceOrder) -> Response:
    """Append the order, and answer when the log has it, or when it has come to rest."""
    door, wait_s = door_of(request), wait_of(request)
    if origin := origin_of(request, asking):
        command = command.model_copy(update={"origin": origin})
    traced = door.tracing.begin(request.scope, asking.name)
    fresh = await door.desk.place(command, traced.traceparent if traced else "")
    door.tracing.end(traced, command.order_id)
    ACCEPTED.inc(fresh)
    doc: OrderDoc | None
    if wait_s:
        doc = await rested(door, asking.name, command.order_id, wait_s)
    elif fresh:
        doc = received(command, command.received_ms)
    else:
        doc = await door.read.order(asking.name, command.order_id)
    assert doc is not None, "an accepted order can be read"
    return placed(request, doc)


def placed(request: Request, doc: OrderDoc) -> Response:
    """The order: 200 at rest, 202 while it is on its way."""
    headers = {"Location": f"/v1/orders/{doc.order_id}"}
    if wait_s := wait_of(request):
        headers["Preference-Applied"] = f"wait={wait_s}"
    body = order_json(doc, speaks(request))
    return json_answer(body, 200 if doc.at_rest else 202, headers)


async def command_of(
    door: Door, asking: Asking, key: str, order: NewOrder, now_ms: int
) -> PlaceOrder:
    """The order as it is appended; raises the problem BAD_CURRENCY."""
    order_id = ids.order_id(asking.name, key)
    currencies = {line.unit_price.currency for line in order.lines}
    if len(currencies) > 1:
        raise Problem("BAD_CURRENCY")
    shelves = [await door.catalogue.shelf(line.sku) for line in order.lines]
    seen: dict[int, int] = {}
    for shelf in shelves:
        if shelf:
            seen[shelf.seen.shard] = max(seen.get(shelf.seen.shard, 0), shelf.seen.position)
    code = order.coupon.upper() if order.coupon else None
    if code and (row := door.catalogue.now.coupons.get(code)):
        seen[row.seen.shard] = max(seen.get(row.seen.shard, 0), row.seen.position)
    return PlaceOrder(
        order_id=order_id,
        account_id=asking.name,
        key=key,
        body_hash=door.secrets.body_hash(b"order", order.model_dump_json().encode()).hex(),
        lines=tuple(
            _wanted(door, order_id, line, shelf)
            for line, shelf in zip(order.lines, shelves, strict=True)
        ),
        currency=currencies.pop(),
        pay_with=order.pay_with,
        allow_partial=order.allow_partial,
        on_decline=order.on_decline,
        level=asking.level,
        received_ms=now_ms,
        catalogue=tuple(Seen(shard=shard, position=at) for shard, at in seen.items()),
        coupon=code,
    )


def _wanted(door: Door, order_id: str, line: NewLine, shelf: Shelf | None) -> WantedLine:
    """The line; a SKU that nobody knows goes on without a product, and orders refuses it.

    Nobody but delivery can open a target: whether it fits its form is told here.
    """
    wanted = WantedLine(
        sku=line.sku,
        product_id=shelf.product.product_id if shelf else "",
        quantity=line.quantity,
        unit_price=line.unit_price.amount,
    )
    target = target_of(line, shelf)
    if target is None or shelf is None or shelf.form is None:
        return wanted
    text, keys = forms.written(target), door.secrets
    words = {
        "target": seal(keys.delivery_public, text, order_id, line.sku),
        "target_print": fingerprint(keys.fingerprint_key, "target", text).hex(),
        "form_id": forms.form_id(shelf.form),
    }
    return wanted.model_copy(update=words)


def target_of(line: NewLine, shelf: Shelf | None) -> forms.Target | None:
    """Where the top-up goes; None where that is not said as its form asks."""
    if line.target is None or shelf is None or shelf.form is None:
        return None
    return forms.fitted(shelf.form, line.target)


async def read_one(request: Request) -> Response:
    """One order; somebody else's does not exist."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    if wait_s := wait_of(request):
        doc = await rested(door_of(request), asking.name, doc.order_id, wait_s) or doc
    body = order_json(doc, speaks(request))
    for line, shown in zip(doc.lines, body["lines"], strict=True):
        if shown["state"] in DELIVERED:
            shown["guide"] = await door_of(request).read.guide(line.product_id, line.revision)
    return json_answer(body)


async def own_order(request: Request, asking: Asking) -> OrderDoc:
    """The order named in the path; raises NOT_FOUND."""
    doc = await door_of(request).read.order(asking.name, request.path_params["order_id"])
    if doc is None:
        raise Problem("NOT_FOUND")
    return doc


async def read_many(request: Request) -> Response:
    """The account's orders, the newest first; `state=processing,failed` those in one of these."""
    asking, limit = await customer(request), limit_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    states = states_of(request.query_params.get("state", ""))
    read = door_of(request).read
    if states:
        docs = await read.orders_in(asking.name, states, before, limit + 1)
    else:
        docs = await read.orders(asking.name, before, limit + 1)
    items = [order_json(doc, speaks(request)) for doc in docs]
    return json_answer(page(items, [(doc.placed_ms, doc.order_id) for doc in docs], limit))


def states_of(text: str) -> list[str]:
    """States of orders, with commas between them; raises the problem that one is none."""
    states, known = [each for each in text.split(",") if each], messages().states
    if len(states) > STATES_MAX or any(each not in known for each in states):
        error = {"pointer": "?state", "code": "unknown", "detail": ",".join(known)}
        raise Problem("BAD_REQUEST", errors=[error])
    return states


async def timeline(request: Request) -> Response:
    """Every fact about an order that concerns its buyer."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    reveals = await door_of(request).read.reveals(doc.order_id)
    return json_answer(timeline_json(doc, reveals, speaks(request)))


ROUTES: Final = (
    Route("POST", "/v1/orders", place, "下单 · Place an order", "customer", NewOrder, Order, 202,
          once=True, lean=True),
    Route("GET", "/v1/orders", read_many, "我的订单 · Orders, the newest first", "customer",
          answer=Orders, query=("state", "limit", "cursor")),
    Route("GET", "/v1/orders/{order_id}", read_one, "订单详情 · One order", "customer",
          answer=Order),
    Route("GET", "/v1/orders/{order_id}/timeline", timeline, "订单时间线 · An order's facts",
          "customer", answer=Timeline),
)  # fmt: skip
