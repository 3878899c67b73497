"""What runs low: since when, how fast it sells, when it is gone; and what counts as low (F2)."""

from collections import Counter
from typing import Annotated, Any, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.catalogue import Shelf
from services.gateway.door.requests import Answer
from services.gateway.door.shelf import threshold_of
from services.gateway.projections.board import under
from services.gateway.projections.queries import LowRow, Stock
from shared.contracts.envelope import rfc3339
from shared.contracts.thresholds import SetThreshold

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of
from .routes import Route
from .shapes import Name, Shape
from .stock_paths import sku_of

UNITS_MAX: Final = 1_000_000
SHOWN_MAX: Final = 100
"""SKUs, those that will be gone first."""
PAST_MINUTES: Final = 60
"""How far back it is counted how fast a SKU sells."""
NEVER: Final = 1 << 62


class LowSku(Shape):
    """A SKU of which little or nothing is left."""

    sku: str
    name: str
    available: int
    threshold: int
    """At so many or fewer it is low."""
    since: str | None
    """When inventory said that it had run low, or, of what is gone, that it had sold out."""
    sold_hour: int
    """Units that were paid in the last hour."""
    minutes_left: int | None
    """Until it is gone, if it goes on like this; none: nothing was sold of late."""


class LowSkus(Shape):
    """Those that will be gone first, first."""

    items: list[LowSku]


class NewThreshold(Shape):
    """What counts as low."""

    units: Annotated[int, Field(ge=0, le=UNITS_MAX)]
    """0: only when nothing is left."""
    reason: Name


class ThresholdAsked(Shape):
    """The command is on the log; the stock will show it."""

    sku: str
    units: int


async def read_low(request: Request) -> Response:
    """What runs low or is gone, of what is on the shelf."""
    await operator("stock", "support", "auditor")(request)
    door = door_of(request)
    shelves = {sku: at for sku, at in door.catalogue.now.skus.items() if at.product.listed}
    stock = await door.read.stock(list(shelves))
    rows = await door.read.low(list(shelves))
    seen = await door.board.seen(PAST_MINUTES)
    sold = under(sum(seen.slots.values(), Counter[str]()), "sku/")
    found = [
        low_json(shelves[sku], stock.get(sku), rows.get(sku), sold[sku]) for sku in sorted(shelves)
    ]
    items = sorted(filter(None, found), key=_soonest)[:SHOWN_MAX]
    return json_answer({"items": items})


def low_json(
    shelf: Shelf, stock: Stock | None, row: LowRow | None, sold_hour: int
) -> dict[str, Any] | None:
    """What is told of a SKU that is low; None of one that is not."""
    available = stock.available if stock else 0
    threshold = threshold_of(shelf.offer, stock)
    if available > threshold:
        return None
    since_ms = (row.out_ms if row and not available else 0) or (row.low_ms if row else 0)
    return {
        "sku": shelf.offer.sku,
        "name": f"{shelf.product.name} {shelf.offer.name}".strip(),
        "available": available,
        "threshold": threshold,
        "since": rfc3339(since_ms) if since_ms else None,
        "sold_hour": sold_hour,
        "minutes_left": available * PAST_MINUTES // sold_hour if sold_hour else None,
    }


def _soonest(item: dict[str, Any]) -> tuple[int, str]:
    minutes = item["minutes_left"] if item["available"] else 0
    return (NEVER if minutes is None else minutes, item["sku"])


async def set_threshold(request: Request) -> Response:
    """Say at how many units a SKU is low."""
    asking = await operator("stock")(request)
    sku, new = sku_of(request), await read_body(NewThreshold, request)
    await once(request, asking, new, lambda: Answer(sku))
    await ask(
        request,
        SetThreshold(
            sku=sku, request_id=request_id_of(request, asking), units=new.units, by=asking.name,
            reason=new.reason,
        ),
    )  # fmt: skip
    return json_answer({"sku": sku, "units": new.units}, 202)


ROUTES: Final = (
    Route("GET", "/v1/admin/low-stock", read_low, "库存预警 · What runs low", "operator",
          answer=LowSkus),
    Route("POST", "/v1/admin/stock/{sku}/threshold", set_threshold,
          "设置预警线 · Say what counts as low", "operator", NewThreshold, ThresholdAsked, 202,
          once=True),
)  # fmt: skip
