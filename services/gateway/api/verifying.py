"""A buyer shows that they have their phone at hand: the code that risk wants for an order (D2)."""

import time
from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.requests import Answer
from services.gateway.projections.order import VERIFYING, OrderDoc
from services.gateway.projections.queries import ATTEMPT
from shared.contracts.verification import ResendVerification, TryVerification
from shared.security.step_up import code_mac

from .asking import customer, door_of
from .bodies import read_body
from .once import ask, once, request_id_of, wait_of
from .orders import own_order, placed
from .outcomes import outcome
from .problems import Problem
from .resting import rested
from .routes import Route
from .shapes import Order, Shape

ANSWER_S_MAX: Final = 10.0
PROBLEMS: Final = {
    "WRONG_CODE": "VERIFICATION_CODE_WRONG",
    "CODE_EXPIRED": "VERIFICATION_CODE_EXPIRED",
    "NO_CODE": "VERIFICATION_NO_CODE",
    "NOT_ASKED": "ORDER_NOT_VERIFIABLE",
    "FAILED": "VERIFICATION_FAILED",
    "TOO_SOON": "RESEND_TOO_SOON",
    "TOO_MANY_CODES": "RESEND_TOO_MANY",
}
"""What risk says, as clients are told."""


class NewVerification(Shape):
    """The code that was sent; or the wish for another one."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    resend: bool = False


async def verify(request: Request) -> Response:
    """Confirm an order with the code that was sent for it, or have another code sent."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    said = await read_body(NewVerification, request)
    if (said.code is None) is not said.resend:
        raise Problem("BAD_REQUEST", errors=[{"pointer": "/code", "code": "code_or_resend"}])
    first = Answer(str(doc.position), "" if doc.state == VERIFYING else "ORDER_NOT_VERIFIABLE")
    answer = await once(request, asking, said, lambda: first)
    await ask(request, _command(request, asking, doc, said))
    found = await outcome(request, ATTEMPT, request_id_of(request, asking), ANSWER_S_MAX)
    if found is None:
        raise Problem("UNAVAILABLE")
    if code := found[1]:
        raise Problem(PROBLEMS[code])
    return await _shown(request, asking, doc, 0 if said.resend else int(answer.resource))


def _command(
    request: Request, asking: Asking, doc: OrderDoc, said: NewVerification
) -> TryVerification | ResendVerification:
    """What is typed leaves this process as an HMAC alone."""
    request_id, now_ms = request_id_of(request, asking), time.time_ns() // 1_000_000
    who = {"order_id": doc.order_id, "account_id": asking.name}
    if said.code is None:
        return ResendVerification(**who, request_id=request_id, received_ms=now_ms)
    key = door_of(request).secrets.verification_key
    mac = code_mac(key, doc.order_id, doc.total, doc.currency, said.code)
    return TryVerification(**who, attempt_id=request_id, code_mac=mac, received_ms=now_ms)


async def _shown(request: Request, asking: Asking, doc: OrderDoc, after: int) -> Response:
    """The order as it stands now, or, where the client waits, when it rests again."""
    door, wait_s = door_of(request), wait_of(request)
    if wait_s:
        found = await rested(door, asking.name, doc.order_id, wait_s, after)
    else:
        found = await door.read.order(asking.name, doc.order_id)
    return placed(request, found or doc)


ROUTES: Final = (
    Route("POST", "/v1/orders/{order_id}/verify", verify, "短信验证 · Verify with a code",
          "customer", NewVerification, Order, 202, once=True),
)  # fmt: skip
