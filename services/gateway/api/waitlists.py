"""Whoever finds a SKU sold out is told once when there is some again (A10)."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.catalogue import Shelf
from services.gateway.door.requests import Answer
from services.gateway.projections.waitlists import WaitRow
from shared.contracts.envelope import rfc3339
from shared.contracts.waitlist import JoinWaitlist, LeaveWaitlist
from shared.security.sms_text import open_number, seal_text

from .asking import customer, door_of
from .bodies import json_answer, read_body
from .heard import heard
from .messages import messages
from .once import once, request_id_of
from .orders import LAST
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .routes import Route
from .shapes import NAME_LENGTH_MAX, Shape

NO_WAIT: Final = "WAITLIST_"
"""What a refusal by the catalogue is called on the wire begins with."""
HERE: Final = "/v1/waitlist"


class NewWait(Shape):
    """What is waited for."""

    sku: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
    sms: bool = True
    """By SMS as well, to the phone that signed in; the page tells in any case."""


class Wait(Shape):
    """A subscription as it stands."""

    subscription_id: str
    sku: str
    product_id: str
    state: Literal["waiting", "told", "left"]
    joined_at: str
    told_at: str | None


class Waits(Shape):
    """A page of an account's subscriptions, the newest first."""

    items: list[Wait]
    next_cursor: str | None


class Waiting(Shape):
    """It is on the log."""

    subscription_id: str


async def join(request: Request) -> Response:
    """Be told once when there is some of a SKU again, whoever has waited longest first."""
    asking, door = await customer(request), door_of(request)
    new, subscription_id = await read_body(NewWait, request), request_id_of(request, asking)
    shelf = door.catalogue.now.skus.get(new.sku)
    product = shelf.product.product_id if shelf and shelf.product.listed else ""
    stock = (await door.read.stock([new.sku])).get(new.sku)
    problem = "" if product else "NOT_FOUND"
    if product and stock and stock.available > 0:
        problem = "WAITLIST_IN_STOCK"
    await once(request, asking, new, lambda: Answer(product, problem))
    command = JoinWaitlist(
        sku=new.sku, product_id=product, account_id=asking.name, subscription_id=subscription_id,
        sealed=_sealed(request, asking, shelf) if new.sms and shelf else None,
    )  # fmt: skip
    body = {"subscription_id": subscription_id}
    return await heard(request, command, subscription_id, NO_WAIT, body, HERE)


async def leave(request: Request) -> Response:
    """Be told no more."""
    asking = await customer(request)
    row = await door_of(request).waitlists.one(request.path_params["subscription_id"])
    if row is None or row.account_id != asking.name:
        raise Problem("NOT_FOUND")
    request_id = request_id_of(request, asking)
    await once(request, asking, b"", lambda: Answer(row.subscription_id))
    command = LeaveWaitlist(
        sku=row.sku,
        account_id=asking.name,
        subscription_id=row.subscription_id,
        request_id=request_id,
    )
    body = {"subscription_id": row.subscription_id}
    return await heard(request, command, request_id, NO_WAIT, body, HERE)


async def read_many(request: Request) -> Response:
    """What the account waits for, and what it was told of."""
    asking, limit = await customer(request), limit_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    rows = await door_of(request).waitlists.of_account(asking.name, before, limit + 1)
    keys = [(row.joined_ms, row.subscription_id) for row in rows]
    return json_answer(page([told(row) for row in rows], keys, limit))


def told(row: WaitRow) -> dict[str, Any]:
    """The subscription on the wire."""
    return {
        "subscription_id": row.subscription_id, "sku": row.sku, "product_id": row.product_id,
        "state": row.state, "joined_at": rfc3339(row.joined_ms),
        "told_at": rfc3339(row.told_ms) if row.told_ms else None,
    }  # fmt: skip


def _sealed(request: Request, asking: Asking, shelf: Shelf) -> str | None:
    """Phone and words; none where this session knows no phone: a reseller's, or an older one."""
    if asking.kind != "buyer" or not asking.contact:
        return None
    secrets = door_of(request).secrets
    name = f"{shelf.product.name} {shelf.offer.name}".strip()
    text = messages().texts["restock"].told(speaks(request)).format(name=name)
    return seal_text(secrets.sms, open_number(secrets.contact, asking.contact), text)


ROUTES: Final = (
    Route("GET", HERE, read_many, "到货通知列表 · Waitlists", "customer", answer=Waits,
          query=("limit", "cursor")),
    Route("POST", HERE, join, "到货通知 · Join a waitlist", "customer", NewWait, Waiting, 202,
          once=True),
    Route("POST", HERE + "/{subscription_id}/leave", leave, "取消到货通知 · Leave a waitlist",
          "customer", None, Waiting, 202, once=True),
)  # fmt: skip
