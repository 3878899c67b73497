"""A promotion day as it goes: rates, delays, refusals and what sells, measured from the log."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.board import Seen
from services.gateway.door.door import Door
from services.gateway.projections.board import FUNNEL, SERVICES, SLOT_MS, Hand, slot_of, under
from services.gateway.projections.queries import Stock
from services.gateway.projections.times import bound_of
from shared.contracts.envelope import rfc3339
from shared.contracts.gateway import Role

from .asking import door_of, operator
from .bodies import json_answer
from .messages import Language
from .order_json import money, sentence
from .problems import Problem, speaks
from .routes import Route
from .shapes import Shape, SignedMoney

MINUTES: Final = (5, 15, 60)
"""How far back may be looked."""
SHOWN_MAX: Final = 10
"""Refusal reasons and SKUs, the most frequent."""
CURRENCY: Final = "CNY"
PAID: Final[frozenset[str]] = frozenset({"owner", "finance"})
"""Roles that see what comes in."""


class Percentiles(Shape):
    """Milliseconds, upper bounds of steps that are at most a quarter apart; of so many orders."""

    p50_ms: int
    p95_ms: int
    p99_ms: int
    orders: int


class BoardSlot(Shape):
    """What happened in ten seconds."""

    at: str
    placed: int
    paid: int
    delivered: int
    refused: int
    took: Percentiles | None = None
    """From paid to delivered."""


class RefusalCount(Shape):
    """Orders that were refused for one reason."""

    code: str
    detail: str
    orders: int


class HotSku(Shape):
    """What is paid for most."""

    sku: str
    name: str
    units: int
    available: int
    """What is left."""


class ServiceTime(Shape):
    """How long one service had orders in hand, of those that waited for nobody but us."""

    service: str
    took: Percentiles | None = None
    """None in these minutes."""
    orders: int
    """In its hands right now."""
    age_ms: int
    """How long it has had the oldest of them."""


class FunnelStep(Shape):
    """How many orders have taken this step in these minutes."""

    step: Literal["placed", "cleared", "reserved", "paid", "delivered"]
    orders: int


class Backlog(Shape):
    """Orders that are accepted and not yet looked at."""

    orders: int
    age_ms: int
    """Of the oldest."""


class BoardShape(Shape):
    """The last minutes."""

    as_of: str
    slot_ms: int
    slots: list[BoardSlot]
    """The oldest first; the last one is not over yet."""
    placed: int
    paid: int
    delivered: int
    refused: int
    revenue: SignedMoney | None = None
    """What was paid; for those whose business it is."""
    refunded: int
    """Orders of which something went back."""
    back: SignedMoney | None = None
    """How much; for those whose business it is."""
    looked_at: int
    """Of those delivered: a person had to let them go on."""
    funnel: list[FunnelStep]
    took: Percentiles | None = None
    """From paid to delivered, orders of cards."""
    refusals: list[RefusalCount]
    hottest: list[HotSku]
    services: list[ServiceTime]
    backlog: Backlog
    parked: int
    """Records that are set aside, in all services."""


async def read(request: Request) -> Response:
    """The last minutes: `minutes` is 5, 15 or 60."""
    asking = await operator(*get_args(Role))(request)
    door, text = door_of(request), request.query_params.get("minutes", str(MINUTES[1]))
    if text not in map(str, MINUTES):
        shown = ", ".join(map(str, MINUTES))
        error = {"pointer": "?minutes", "code": "out_of_range", "detail": shown}
        raise Problem("BAD_REQUEST", errors=[error])
    seen = await door.board.seen(int(text))
    whole = sum(seen.slots.values(), Counter[str]())
    units = under(whole, "sku/").most_common(SHOWN_MAX)
    stock = await door.read.stock([sku for sku, _ in units])
    new = Hand(seen.waiting, door.pressure.age_ms(time.time_ns() // 1_000_000))
    seen = seen._replace(hands={**seen.hands, "orders": new})
    body = _board(seen, whole, int(text), speaks(request))
    body["hottest"] = [_hot(door, sku, count, stock) for sku, count in units]
    body["backlog"] = new._asdict()
    if asking.role in PAID:
        body["revenue"] = money(whole["revenue"], CURRENCY)
        body["back"] = money(whole["back"], CURRENCY)
    return json_answer(body)


def _board(seen: Seen, whole: Counter[str], minutes: int, language: Language) -> dict[str, Any]:
    last = slot_of(seen.now_ms)
    slots = range(last - minutes * 60_000 // SLOT_MS + 1, last + 1)
    refusals = under(whole, "refused/")
    services = {name: _service(name, seen, whole) for name in SERVICES.values()}
    body = {
        "as_of": rfc3339(seen.now_ms),
        "slot_ms": SLOT_MS,
        "slots": [_slot(slot, seen.slots.get(slot, Counter())) for slot in slots],
        **_sums(whole),
        "refusals": [
            {"code": code, "detail": sentence(code, language), "orders": orders}
            for code, orders in refusals.most_common(SHOWN_MAX)
        ],
        "services": list(services.values()),
        "funnel": [{"step": step, "orders": whole[step]} for step in FUNNEL],
        **{name: whole[name] for name in ("refunded", "looked_at")},
        "parked": seen.parked,
    }
    if took := services["delivery"].get("took"):
        body["took"] = took
    return body


def _service(name: str, seen: Seen, whole: Counter[str]) -> dict[str, Any]:
    hand = seen.hands.get(name, Hand(0, 0))
    found: dict[str, Any] = {"service": name, **hand._asdict()}
    took = percentiles(under(whole, f"took/{name}/"))
    return {**found, "took": took} if took else found


def _slot(slot: int, counts: Counter[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"at": rfc3339(slot * SLOT_MS), **_sums(counts)}
    if took := percentiles(under(counts, "took/delivery/")):
        found["took"] = took
    return found


def _sums(counts: Counter[str]) -> dict[str, int]:
    sums = {name: counts[name] for name in ("placed", "paid", "delivered")}
    return {**sums, "refused": under(counts, "refused/").total()}


def percentiles(steps: Counter[str]) -> dict[str, int]:
    """Percentiles, of counts by step; nothing where there is none."""
    if not steps:
        return {}
    count = Counter({int(step): orders for step, orders in steps.items()})
    bounds = {f"p{percent}_ms": bound_of(count, percent) for percent in (50, 95, 99)}
    return {**bounds, "orders": count.total()}


def _hot(door: Door, sku: str, units: int, stock: Mapping[str, Stock]) -> dict[str, Any]:
    shelf = door.catalogue.now.skus.get(sku)
    name = f"{shelf.product.name} {shelf.offer.name}".strip() if shelf else sku
    available = stock[sku].available if sku in stock else 0
    return {"sku": sku, "name": name, "units": units, "available": available}


ROUTES: Final = (
    Route("GET", "/v1/admin/board", read, "大促看板 · The board of a promotion day", "operator",
          answer=BoardShape, query=("minutes",)),
)  # fmt: skip
