"""Support gives money back for an order, delivered or not, and says why."""

from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from shared.contracts.refunds import RefundOrder, RefundTo

from .asking import operator
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of
from .routes import Route
from .shapes import AMOUNT_MAX, LINES_MAX, NAME_LENGTH_MAX, Id, Shape


class NewRefund(Shape):
    """What goes back."""

    account_id: Id
    lines: Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=LINES_MAX)] = Field(
        default_factory=list
    )
    """Line numbers; none: all that were paid."""
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)] | None = None
    """Minor units over these lines; none: all that is left of them."""
    to: RefundTo = "wallet"
    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]


class Refund(Shape):
    """It is on the log; the order's timeline tells what became of it."""

    refund_id: str
    order_id: str


async def refund(request: Request) -> Response:
    """Give money back."""
    asking = await operator("support", "finance")(request)
    new = await read_body(NewRefund, request)
    order_id, refund_id = request.path_params["order_id"], request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(refund_id))
    command = RefundOrder(
        order_id=order_id,
        account_id=new.account_id,
        request_id=refund_id,
        lines=tuple(new.lines),
        amount=new.amount,
        to=new.to,
        by=asking.name,
        reason=new.reason,
    )
    await ask(request, command)
    return json_answer({"refund_id": refund_id, "order_id": order_id}, 202)


ROUTES: Final = (
    Route("POST", "/v1/admin/orders/{order_id}/refunds", refund, "退款 · Refund", "operator",
          NewRefund, Refund, 202, once=True),
)  # fmt: skip
