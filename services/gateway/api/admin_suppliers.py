"""Suppliers and how often they fail: measured from the log, never typed in (F5)."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.examining import SupplierRow

from .asking import door_of, operator
from .bodies import json_answer
from .pages import cursor_of, limit_of, page
from .routes import Route
from .shapes import Shape

SHARE_DIGITS: Final = 4


class RefusedFor(Shape):
    """How often a supplier has refused for this reason."""

    code: str
    requests: int


class SupplierOfSku(Shape):
    """Requests of one SKU to one supplier: sent = done + refused + given_up + under_way."""

    supplier: str
    sku: str
    sent: int
    done: int
    refused: int
    given_up: int
    """Said by a person to have failed."""
    under_way: int
    unsure: int
    """Unknown at any time, however they ended."""
    failure_rate: float | None
    """(refused + given up) / ended; none before the first has ended."""
    unsure_rate: float | None
    """Unknown at any time / sent."""
    p50_ms: int | None
    """From sent to confirmed."""
    p95_ms: int | None
    codes: list[RefusedFor]
    """The most frequent first."""


class Suppliers(Shape):
    """A page, by supplier and SKU."""

    items: list[SupplierOfSku]
    next_cursor: str | None


async def read_many(request: Request) -> Response:
    """How each supplier does with each SKU, over the whole log."""
    await operator("stock", "support", "finance", "auditor")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[str, str]) or ("", "")
    rows = await door_of(request).examining.suppliers()
    shown = [row for row in rows if (row.supplier, row.sku) > tuple(after)][: limit + 1]
    cursors = [(row.supplier, row.sku) for row in shown]
    return json_answer(page([_supplier(row) for row in shown], cursors, limit))


def _supplier(row: SupplierRow) -> dict[str, Any]:
    failed = row.refused + row.given_up
    return {
        **row._asdict(),
        "failure_rate": _share(failed, failed + row.done),
        "unsure_rate": _share(row.unsure, row.sent),
        "codes": [{"code": code, "requests": requests} for code, requests in row.codes],
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, SHARE_DIGITS) if whole else None


ROUTES: Final = (
    Route("GET", "/v1/admin/suppliers", read_many, "供货商表现 · How suppliers do", "operator",
          answer=Suppliers, query=("limit", "cursor")),
)  # fmt: skip
