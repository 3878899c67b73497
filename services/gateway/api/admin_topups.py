"""Operators see top-ups that nobody knows about, and say what became of one (C6)."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.topups import TopUpRow
from shared.contracts.delivery import ResolveTopUp
from shared.contracts.envelope import rfc3339

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .shapes import NAME_LENGTH_MAX, Shape

FIRST: Final = (0, "")


class NewResolution(Shape):
    """What became of it, and how that is known."""

    outcome: Literal["delivered", "failed", "ask"]
    """delivered: there is proof · failed: it is certain that nothing was topped up, the money goes
    back · ask: the supplier is asked once more, now."""
    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
    receipt: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)] | None = None
    """The proof, with `delivered`."""
    supplier: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)] | None = None
    """Whom you have asked; none: whoever has it now. Where another one has it by the time your
    word arrives, nothing happens to it."""


class TopUp(Shape):
    """A top-up on its way."""

    reservation_id: str
    order_id: str
    account_id: str
    line: int
    state: str
    """`submitting`, `unsure`, `asking`; `contradicted`: given up, and the supplier says done."""
    supplier: str
    code: str
    asks: int
    ask_at: str | None
    """When the supplier is asked again; none while unsure: a person has to take it."""
    since: str | None


class TopUps(Shape):
    """A page, the oldest first."""

    items: list[TopUp]
    next_cursor: str | None


class Resolving(Shape):
    """The command is on the log; the order will show what followed."""

    reservation_id: str
    order_id: str


async def read_many(request: Request) -> Response:
    """What is on its way, the oldest first."""
    await operator("support", "stock", "finance", "auditor")(request)
    limit = limit_of(request)
    after = cursor_of(request, tuple[int, str]) or FIRST
    rows = await door_of(request).read.topups(after, limit + 1)
    items = [_topup(row) for row in rows]
    return json_answer(page(items, [(row.since_ms, row.reservation_id) for row in rows], limit))


async def resolve(request: Request) -> Response:
    """Say what became of a top-up that nobody knows about."""
    asking = await operator("support")(request)
    wanted = await read_body(NewResolution, request)
    if wanted.outcome == "delivered" and not wanted.receipt:
        raise Problem("BAD_REQUEST", errors=[{"pointer": "/receipt", "code": "missing"}])
    found = await door_of(request).read.topup(request.path_params["reservation_id"])
    if found is None:
        raise Problem("NOT_FOUND")
    await once(request, asking, wanted, lambda: Answer(found.order_id))
    await ask(
        request,
        ResolveTopUp(
            order_id=found.order_id, account_id=found.account_id,
            reservation_id=found.reservation_id, request_id=request_id_of(request, asking),
            outcome=wanted.outcome, receipt=wanted.receipt, by=asking.name, reason=wanted.reason,
            supplier=wanted.supplier or found.supplier or None,
        ),
    )  # fmt: skip
    body = {"reservation_id": found.reservation_id, "order_id": found.order_id}
    return json_answer(body, 202)


def _topup(row: TopUpRow) -> dict[str, Any]:
    found = row._asdict()
    ask_ms, since_ms = found.pop("ask_ms"), found.pop("since_ms")
    return {
        **found,
        "ask_at": rfc3339(ask_ms) if ask_ms else None,
        "since": rfc3339(since_ms) if since_ms else None,
    }


ROUTES: Final = (
    Route("GET", "/v1/admin/topups", read_many, "直充进度 · Top-ups on their way", "operator",
          answer=TopUps, query=("limit", "cursor")),
    Route("POST", "/v1/admin/topups/{reservation_id}/resolve", resolve,
          "人工处理直充 · Say what became of a top-up", "operator", NewResolution, Resolving, 202,
          once=True),
)  # fmt: skip
