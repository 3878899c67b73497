"""Operators see all SKUs with what is left of each, and what was imported of one."""

from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.catalogue import Shelf
from services.gateway.door.shelf import threshold_of
from services.gateway.projections.queries import Stock
from shared.contracts.envelope import rfc3339

from .asking import door_of, operator
from .bodies import json_answer
from .pages import cursor_of, limit_of, page
from .routes import Route
from .shapes import Shape
from .stock_paths import sku_of

ASKED_LENGTH_MAX: Final = 100
NEWEST: Final = (2**62, "")


class ShelfSku(Shape):
    """A SKU, and in which hands its cards are."""

    sku: str
    name: str
    product_id: str
    product: str
    """What the product is called."""
    kind: Literal["card", "topup"]
    listed: bool
    received: int
    available: int
    reserved: int
    sold: int
    withdrawn: int
    low_stock: int
    """At so many or fewer it is low; 0: it never is."""
    low: bool
    as_of: str | None


class ShelfSkus(Shape):
    """A page of SKUs, by their names."""

    items: list[ShelfSku]
    next_cursor: str | None


class Import(Shape):
    """An import that was begun."""

    import_id: str
    by: str
    lines: int
    """Cards that were asked for."""
    received: int
    at: str


class Imports(Shape):
    """A page of imports, the newest first."""

    items: list[Import]
    next_cursor: str | None


async def read_shelf(request: Request) -> Response:
    """All SKUs; `low=1`: those that run low or are gone; `q`: with this in their name or id."""
    await operator("stock", "support", "auditor")(request)
    door, limit = door_of(request), limit_of(request)
    after = (cursor_of(request, tuple[str]) or ("",))[0]
    asked = request.query_params.get("q", "").strip().casefold()[:ASKED_LENGTH_MAX]
    low = request.query_params.get("low", "") not in {"", "0", "false"}
    shelves = {
        sku: shelf
        for sku, shelf in door.catalogue.now.skus.items()
        if sku > after and asked in f"{sku} {_name(shelf)}".casefold()
    }
    stock = await door.read.stock(list(shelves))
    items = [_sku(sku, shelves[sku], stock.get(sku)) for sku in sorted(shelves)]
    shown = [item for item in items if item["low"] or not low][: limit + 1]
    return json_answer(page(shown, [(item["sku"],) for item in shown], limit))


def _name(shelf: Shelf) -> str:
    return f"{shelf.product.name} {shelf.offer.name}".strip()


def _sku(sku: str, shelf: Shelf, stock: Stock | None) -> dict[str, Any]:
    counts = (stock or Stock(sku, 0, 0, 0, 0, 0, 0))._asdict()
    as_of_ms, threshold = counts.pop("as_of_ms"), threshold_of(shelf.offer, stock)
    del counts["threshold"]
    low = shelf.product.listed and counts["available"] <= threshold
    return {
        **counts,
        "name": _name(shelf),
        "product_id": shelf.product.product_id,
        "product": shelf.product.name,
        "kind": shelf.product.kind,
        "listed": shelf.product.listed,
        "low_stock": threshold,
        "low": low,
        "as_of": rfc3339(as_of_ms) if as_of_ms else None,
    }


async def read_imports(request: Request) -> Response:
    """What was imported of a SKU, the newest first."""
    await operator("stock", "auditor")(request)
    sku, limit = sku_of(request), limit_of(request)
    before = cursor_of(request, tuple[int, str]) or NEWEST
    rows = await door_of(request).imports.of_sku(sku, before, limit + 1)
    items = [
        {
            "import_id": row.import_id, "by": row.operator, "lines": row.lines,
            "received": row.received, "at": rfc3339(row.created_ms),
        }
        for row in rows
    ]  # fmt: skip
    return json_answer(page(items, [(row.created_ms, row.import_id) for row in rows], limit))


ROUTES: Final = (
    Route("GET", "/v1/admin/stock", read_shelf, "全部库存 · All stock", "operator",
          answer=ShelfSkus, query=("q", "low", "limit", "cursor")),
    Route("GET", "/v1/admin/stock/{sku}/imports", read_imports, "导入记录 · Imports of a SKU",
          "operator", answer=Imports, query=("limit", "cursor")),
)  # fmt: skip
