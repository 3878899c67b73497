"""Cards that may be bad are set aside until somebody knows: good again, or called back (F2)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.envelope import rfc3339
from shared.contracts.quarantine import LiftQuarantine, QuarantineCard

from .admin_recalls import NewRecall, Recall, of_each
from .asking import door_of, operator
from .bodies import json_answer
from .problems import Problem
from .routes import Route
from .shapes import Shape
from .stock_paths import sku_of

SHOWN_MAX: Final = 200
"""Requests whose cards are still set aside, of one SKU."""


class QuarantineProgress(Shape):
    """How far it has come, in cards."""

    request_id: str
    sku: str
    quarantined: int
    """Nobody gets them until that is lifted."""
    lifted: int
    """They stand in the queue again."""
    not_available: int
    """Somebody has them, or they were withdrawn or set aside already."""
    not_quarantined: int
    """Never set aside, good again, or called back."""
    unknown: int
    """No such card under this SKU."""


class SetAside(Shape):
    """What is still set aside of what one request has set aside."""

    request_id: str
    cards: int
    by: str
    reason: str
    since: str


class AllSetAside(Shape):
    """What of a SKU is set aside at this moment, the newest first."""

    items: list[SetAside]


async def quarantine(request: Request) -> Response:
    """Set cards aside."""
    return await of_each(request, QuarantineCard, "quarantines")


async def lift(request: Request) -> Response:
    """Cards that were set aside are good."""
    return await of_each(request, LiftQuarantine, "quarantines")


async def read_quarantine(request: Request) -> Response:
    """What a request came to."""
    await operator("stock", "support", "auditor")(request)
    sku, request_id = sku_of(request), request.path_params["request_id"]
    found = await door_of(request).recalls.set_aside(request_id, sku)
    if not found:
        raise Problem("NOT_FOUND")
    return json_answer(
        {
            "request_id": request_id,
            "sku": sku,
            "quarantined": found.get("quarantined", 0),
            "lifted": found.get("lifted", 0),
            "not_available": found.get("NOT_AVAILABLE", 0),
            "not_quarantined": found.get("NOT_QUARANTINED", 0),
            "unknown": found.get("UNKNOWN_CARD", 0),
        }
    )


async def read_quarantines(request: Request) -> Response:
    """What of a SKU is set aside, by whom, since when and why."""
    await operator("stock", "support", "auditor")(request)
    rows = await door_of(request).recalls.still_aside(sku_of(request), SHOWN_MAX)
    items = [
        {
            "request_id": row.request_id, "cards": row.cards, "by": row.by, "reason": row.reason,
            "since": rfc3339(row.since_ms),
        }
        for row in rows
    ]  # fmt: skip
    return json_answer({"items": items})


ROUTES: Final = (
    Route("GET", "/v1/admin/stock/{sku}/quarantines", read_quarantines,
          "隔离中的卡密 · What is set aside", "operator", answer=AllSetAside),
    Route("POST", "/v1/admin/stock/{sku}/quarantines", quarantine, "隔离卡密 · Set cards aside",
          "operator", NewRecall, Recall, 202, once=True),
    Route("POST", "/v1/admin/stock/{sku}/quarantines/lift", lift,
          "解除隔离 · Cards that were set aside are good", "operator", NewRecall, Recall, 202,
          once=True),
    Route("GET", "/v1/admin/stock/{sku}/quarantines/{request_id}", read_quarantine,
          "隔离进度 · What a quarantine has come to", "operator", answer=QuarantineProgress),
)  # fmt: skip
