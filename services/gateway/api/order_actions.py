"""What a buyer does with an order: pay again, cancel, confirm, read the codes."""

import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.requests import Answer
from services.gateway.door.revealing import NotRevealed
from services.gateway.projections.order import PAYABLE, LineDoc, OrderDoc
from shared.contracts.delivery import RevealCard
from shared.contracts.message import Command
from shared.contracts.orders import CancelOrder, ConfirmOrder
from shared.contracts.payments import CHANNELS, WALLET, RetryPayment
from shared.kernel import ids

from .asking import customer, door_of, spend
from .bodies import json_answer, read_body
from .messages import messages
from .once import ask, once, request_id_of, wait_of
from .order_json import line_state
from .orders import own_order, placed
from .problems import Problem
from .resting import rested
from .routes import Route
from .shapes import Order, PayAgain, Reveal

OPEN: Final = frozenset({"received", "in_review", "awaiting_verification", PAYABLE})
"""Before anything was paid."""
SHOWN: Final = frozenset({"delivered", "completed"})


async def pay(request: Request) -> Response:
    """Try to pay again an order whose last payment was declined."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    said = await request.body()
    way = await read_body(PayAgain, request) if said else PayAgain()
    if way.pay_with not in {None, WALLET, *CHANNELS}:
        raise Problem("UNKNOWN_CHANNEL")
    answer = await once(request, asking, said, lambda: _judged(doc, {PAYABLE}, "ORDER_NOT_PAYABLE"))
    retry = RetryPayment(
        payment_id=ids.payment_id(doc.order_id),
        order_id=doc.order_id,
        account_id=asking.name,
        request_id=request_id_of(request, asking),
        received_ms=time.time_ns() // 1_000_000,
        channel=way.pay_with,
    )
    return await _done(request, asking, doc, answer, retry)


async def cancel(request: Request) -> Response:
    """Give up an order that is not paid yet."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    may = OPEN | {"cancelled"}
    answer = await once(request, asking, b"", lambda: _judged(doc, may, "ORDER_NOT_CANCELLABLE"))
    command = CancelOrder(
        order_id=doc.order_id,
        account_id=asking.name,
        request_id=request_id_of(request, asking),
    )
    return await _done(request, asking, doc, answer, command)


async def confirm(request: Request) -> Response:
    """Say that everything has arrived."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    answer = await once(request, asking, b"", lambda: _judged(doc, SHOWN, "NOT_DELIVERED"))
    command = ConfirmOrder(
        order_id=doc.order_id,
        account_id=asking.name,
        request_id=request_id_of(request, asking),
    )
    return await _done(request, asking, doc, answer, command)


def _judged(doc: OrderDoc, may: frozenset[str] | set[str], problem: str) -> Answer:
    """The first answer: how far the order was, or why this cannot be."""
    return Answer(str(doc.position), "" if doc.state in may else problem)


async def _done(
    request: Request, asking: Asking, doc: OrderDoc, answer: Answer, command: Command
) -> Response:
    """Ask, and wait for the order to rest by a later fact than it had at first."""
    await ask(request, command)
    wait_s = wait_of(request)
    if not wait_s:
        return placed(request, doc)
    after = int(answer.resource)
    found = await rested(door_of(request), asking.name, doc.order_id, wait_s, after)
    return placed(request, found or doc)


async def reveal(request: Request) -> Response:
    """The codes of one line. The same Idempotency-Key opens it again without counting again."""
    door, asking = door_of(request), await customer(request)
    doc = await own_order(request, asking)
    line = _line_of(request, doc)
    number, shape = line.line, line.shape or "code"
    spend(door.limits.reveals, asking.name)
    await once(request, asking, b"", lambda: Answer(str(number)))
    request_id = request_id_of(request, asking)
    command = RevealCard(
        order_id=doc.order_id, account_id=asking.name, line=number, request_id=request_id
    )
    await ask(request, command)
    try:
        cards = await door.reveals.reveal(doc.order_id, asking.name, number, request_id, shape)
    except NotRevealed as refused:
        known = refused.code in messages().problems
        raise Problem(refused.code if known else "UNAVAILABLE") from None
    body = {
        "order_id": doc.order_id, "line": number, "shape": shape,
        "cards": [c._asdict() for c in cards],
    }  # fmt: skip
    if guide := await door.read.guide(line.product_id, line.revision):
        body["guide"] = guide
    return json_answer(body, headers={"Pragma": "no-cache"})


def _line_of(request: Request, doc: OrderDoc) -> LineDoc:
    """The delivered line named in the path; raises NOT_FOUND or NOT_DELIVERED."""
    text = request.path_params["line"]
    found = [line for line in doc.lines if str(line.line) == text]
    if not found:
        raise Problem("NOT_FOUND")
    if line_state(found[0], doc) not in SHOWN:
        raise Problem("NOT_DELIVERED")
    return found[0]


ROUTES: Final = (
    Route("POST", "/v1/orders/{order_id}/pay", pay, "再次支付 · Pay again", "customer",
          PayAgain, Order, status=202, once=True),
    Route("POST", "/v1/orders/{order_id}/cancel", cancel, "取消订单 · Cancel", "customer",
          answer=Order, status=202, once=True),
    Route("POST", "/v1/orders/{order_id}/confirm", confirm, "确认收货 · Confirm", "customer",
          answer=Order, status=202, once=True),
    Route("POST", "/v1/orders/{order_id}/lines/{line}/reveal", reveal,
          "查看卡密 · Read the codes of a line", "customer", answer=Reveal, once=True),
)  # fmt: skip
