"""Money for one's own wallet, through a payment channel."""

import time
from typing import Annotated, Any, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.queries import CHANNEL_DEPOSIT
from shared.contracts.charges import OpenDeposit
from shared.contracts.payments import CHANNELS

from .asking import customer, door_of
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of, wait_of
from .order_json import money
from .outcomes import outcome
from .problems import Problem
from .routes import Route
from .shapes import Money, Shape


class NewFunds(Shape):
    """Money for the wallet."""

    amount: Money
    pay_with: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,31}$")]
    """A payment channel's name."""


class Funds(Shape):
    """A deposit as it stands."""

    deposit_id: str
    state: str
    """`opening`, `awaiting_payment` (with its page), `paid`, `mismatched` (what came is in the
    wallet), `failed`."""
    amount: Money
    pay_with: str
    pay_url: str | None = None
    code: str | None = None


async def fund(request: Request) -> Response:
    """Open a deposit; its page is told as soon as the channel has it."""
    asking = await customer(request)
    new = await read_body(NewFunds, request)
    if new.pay_with not in CHANNELS:
        raise Problem("UNKNOWN_CHANNEL")
    deposit_id = request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(deposit_id))
    command = OpenDeposit(
        deposit_id=deposit_id,
        account_id=asking.name,
        amount=new.amount.amount,
        currency=new.amount.currency,
        channel=new.pay_with,
        received_ms=time.time_ns() // 1_000_000,
    )
    await ask(request, command)
    headers = {"Location": f"/v1/wallet/deposits/{deposit_id}"}
    row = await outcome(request, CHANNEL_DEPOSIT, deposit_id, wait_of(request))
    if row is None:
        opening = (asking.name, new.pay_with, new.amount.amount, new.amount.currency, "opening")
        row = (*opening, "", "")
    return json_answer(_json(deposit_id, row), 202, headers)


async def read(request: Request) -> Response:
    """One deposit; somebody else's does not exist."""
    asking, deposit_id = await customer(request), request.path_params["deposit_id"]
    row = await door_of(request).read.answer(CHANNEL_DEPOSIT, deposit_id)
    if row is None or row[0] != asking.name:
        raise Problem("NOT_FOUND")
    return json_answer(_json(deposit_id, row))


def _json(deposit_id: str, row: tuple[Any, ...]) -> dict[str, Any]:
    _, channel, amount, currency, state, pay_url, code = row
    found = {
        "deposit_id": deposit_id,
        "state": state,
        "amount": money(amount, currency),
        "pay_with": channel,
    }
    if pay_url and state == "awaiting_payment":
        found["pay_url"] = pay_url
    return found | ({"code": code} if code else {})


ROUTES: Final = (
    Route("POST", "/v1/wallet/deposits", fund, "渠道充值 · Fund the wallet", "customer",
          NewFunds, Funds, 202, once=True),
    Route("GET", "/v1/wallet/deposits/{deposit_id}", read, "充值详情 · One deposit", "customer",
          answer=Funds),
)  # fmt: skip
