"""How many cards of a SKU there are; and units for what is sold without cards."""

from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.queries import Stock
from shared.contracts.envelope import rfc3339
from shared.contracts.inventory import GrantQuota

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of
from .routes import Route
from .shapes import Name, Shape
from .stock_paths import sku_of

UNITS_MAX: Final = 10_000_000
"""Units granted in one go."""


class StockCount(Shape):
    """A SKU's cards: received = available + reserved + sold + withdrawn."""

    sku: str
    received: int
    available: int
    reserved: int
    sold: int
    withdrawn: int
    as_of: str | None


async def read_stock(request: Request) -> Response:
    """How many cards of a SKU there are, and in which hands."""
    await operator("stock", "support", "auditor")(request)
    sku = sku_of(request)
    none = Stock(sku, 0, 0, 0, 0, 0, 0)
    stock = (await door_of(request).read.stock([sku])).get(sku, none)
    as_of = rfc3339(stock.as_of_ms) if stock.as_of_ms else None
    counts = stock._asdict()
    del counts["as_of_ms"], counts["threshold"]
    return json_answer({**counts, "as_of": as_of})


class NewQuota(Shape):
    """Units to be sold of a SKU that has no cards: a top-up."""

    units: Annotated[int, Field(ge=1, le=UNITS_MAX)]
    reason: Name


class QuotaAsked(Shape):
    """The command is on the log; the stock will show it."""

    sku: str
    units: int


async def grant_quota(request: Request) -> Response:
    """Let a SKU without cards be sold so many times more."""
    asking = await operator("stock")(request)
    sku, wanted = sku_of(request), await read_body(NewQuota, request)
    await once(request, asking, wanted, lambda: Answer(sku))
    await ask(
        request,
        GrantQuota(
            sku=sku, request_id=request_id_of(request, asking), units=wanted.units,
            by=asking.name, reason=wanted.reason,
        ),
    )  # fmt: skip
    return json_answer({"sku": sku, "units": wanted.units}, 202)


ROUTES: Final = (
    Route("POST", "/v1/admin/stock/{sku}/quota", grant_quota, "增加额度 · Grant units", "operator",
          NewQuota, QuotaAsked, 202, once=True),
    Route("GET", "/v1/admin/stock/{sku}", read_stock, "库存 · Stock", "operator",
          answer=StockCount),
)  # fmt: skip
