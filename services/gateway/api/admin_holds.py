"""Operators look at orders that risk holds, and let them go on or refuse them, with a reason."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.holds import HELD, HoldRow
from services.gateway.projections.queries import ATTEMPT
from shared.contracts.envelope import rfc3339
from shared.contracts.risk import RefuseHold, ReleaseHold

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of, wait_of
from .order_json import money
from .outcomes import outcome
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .shapes import NAME_LENGTH_MAX, Shape, Sum

FIRST: Final = (0, "")


class NewDecision(Shape):
    """What is to become of a held order, and why."""

    decision: Literal["release", "refuse"]
    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]


class HoldShape(Shape):
    """An order that is or was held."""

    order_id: str
    account_id: str
    state: Literal["held", "released", "refused", "expired", "closed"]
    rules: list[str]
    ruleset: str
    amount: Sum
    held_at: str
    deadline_at: str
    by: str | None = None
    reason: str | None = None
    decided_at: str | None = None


class Holds(Shape):
    """A page, the oldest first."""

    items: list[HoldShape]
    next_cursor: str | None


class Deciding(Shape):
    """The decision is on the log."""

    order_id: str
    decision: str
    by: str


async def read_many(request: Request) -> Response:
    """Orders that wait for a decision, the oldest first; `?decided=1`: those that have had one."""
    await operator("risk", "support", "auditor")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[int, str]) or FIRST
    decided = request.query_params.get("decided", "") not in {"", "0", "false"}
    rows = await door_of(request).read.holds(after, limit + 1, decided=decided)
    cursors = [(row.held_ms, row.order_id) for row in rows]
    return json_answer(page([hold_json(row) for row in rows], cursors, limit))


async def read_one(request: Request) -> Response:
    """One held order, and what became of it."""
    await operator("risk", "support", "auditor")(request)
    return json_answer(hold_json(await _row(request)))


async def decide(request: Request) -> Response:
    """Let a held order go on, or refuse it. Of two people who decide the first counts."""
    asking = await operator("risk")(request)
    new = await read_body(NewDecision, request)
    row = await _row(request)
    first = Answer(row.order_id, "" if row.state == HELD else "ORDER_NOT_HELD")
    await once(request, asking, new, lambda: first)
    request_id = request_id_of(request, asking)
    kind = ReleaseHold if new.decision == "release" else RefuseHold
    command = kind(
        order_id=row.order_id,
        account_id=row.account_id,
        request_id=request_id,
        by=asking.name,
        reason=new.reason,
    )
    await ask(request, command)
    found = await outcome(request, ATTEMPT, request_id, wait_of(request))
    if found is not None and found[1]:
        raise Problem("ORDER_NOT_HELD")
    body = {"order_id": row.order_id, "decision": new.decision, "by": asking.name}
    return json_answer(body, 202 if found is None else 200)


async def _row(request: Request) -> HoldRow:
    """The hold named in the path; raises NOT_FOUND."""
    row = await door_of(request).read.hold(request.path_params["order_id"])
    if row is None:
        raise Problem("NOT_FOUND")
    return row


def hold_json(row: HoldRow) -> dict[str, Any]:
    """The hold, with what was decided and by whom."""
    found: dict[str, Any] = {
        "order_id": row.order_id,
        "account_id": row.account_id,
        "state": row.state,
        "rules": row.rules,
        "ruleset": row.ruleset,
        "amount": money(row.amount, row.currency),
        "held_at": rfc3339(row.held_ms),
        "deadline_at": rfc3339(row.deadline_ms),
    }
    if row.decided_ms is not None:
        found["decided_at"] = rfc3339(row.decided_ms)
    if row.decided_by:
        found |= {"by": row.decided_by, "reason": row.reason}
    return found


ROUTES: Final = (
    Route("GET", "/v1/admin/holds", read_many, "风控挂起的订单 · Held orders", "operator",
          answer=Holds, query=("decided", "limit", "cursor")),
    Route("GET", "/v1/admin/holds/{order_id}", read_one, "一笔挂起的订单 · A held order",
          "operator", answer=HoldShape),
    Route("POST", "/v1/admin/holds/{order_id}/decide", decide,
          "放行或拒绝 · Release or refuse a held order", "operator", NewDecision, Deciding, 202,
          once=True),
)  # fmt: skip
