"""Support gives up an order that is not paid yet, in the buyer's place, and tells them why."""

from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from shared.contracts.orders import CancelOrder

from .admin_orders import FoundOrder, found_json
from .asking import door_of, operator
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of, wait_of
from .order_actions import OPEN
from .problems import Problem, speaks
from .resting import rested
from .routes import Route
from .shapes import NAME_LENGTH_MAX, Shape


class GivingUp(Shape):
    """Why, in words that the buyer reads."""

    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX, pattern=r"\S")]


async def cancel(request: Request) -> Response:
    """Give an order up before it is paid: of two who act at once the payment may be the first."""
    asking = await operator("support")(request)
    said, door = await read_body(GivingUp, request), door_of(request)
    doc = await door.search.one(request.path_params["order_id"])
    if doc is None:
        raise Problem("NOT_FOUND")
    problem = "" if doc.state in OPEN else "ORDER_NOT_CANCELLABLE"
    answer = await once(request, asking, said, lambda: Answer(str(doc.position), problem))
    command = CancelOrder(
        order_id=doc.order_id,
        account_id=doc.account_id,
        request_id=request_id_of(request, asking),
        by=asking.name,
        reason=said.reason,
    )
    await ask(request, command)
    wait_s, after = wait_of(request), int(answer.resource)
    found = await rested(door, doc.account_id, doc.order_id, wait_s, after) if wait_s else None
    body = found_json(found or doc, speaks(request))
    return json_answer(body, 200 if found else 202)


ROUTES: Final = (
    Route("POST", "/v1/admin/orders/{order_id}/cancel", cancel, "由客服取消 · Cancel an order",
          "operator", GivingUp, FoundOrder, 202, once=True),
)  # fmt: skip
