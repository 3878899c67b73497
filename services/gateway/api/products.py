"""The catalogue as the public sees it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking, Denied
from services.gateway.door.door import Door
from services.gateway.door.shelf import quotas_of, word_of
from services.gateway.projections.catalogue import OfferDoc, ProductDoc
from services.gateway.projections.queries import Stock
from services.gateway.projections.reviews import Rating
from services.gateway.projections.times import Times
from shared.contracts.envelope import rfc3339
from shared.kernel.pricing import unit_price

from .asking import BEARER, customer, door_of
from .bodies import json_answer
from .cookies import session_cookie
from .messages import Language, messages
from .order_json import money
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .product_shapes import Categories, PastPrices, Products, ProductShape
from .promoting import promotion_json, shown_promotion
from .review_shapes import rating_json
from .routes import Route
from .searching import Wanted, matches, wanted_of

BASIS_POINTS: Final = 10_000
LAST: Final = (2**31 - 1, "")
"""Later than any revision."""


async def categories(request: Request) -> Response:
    """The categories that have something on the shelf, nested, with the number of products."""
    root: dict[str, Any] = {}
    for product in door_of(request).catalogue.now.products.values():
        if product.listed:
            level = root
            for name in product.category:
                node = level.setdefault(name, {"count": 0, "children": {}})
                node["count"] += 1
                level = node["children"]
    return public({"items": _tree(root), "next_cursor": None})


def _tree(level: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "products": node["count"], "children": _tree(node["children"])}
        for name, node in sorted(level.items())
    ]


async def read_many(request: Request) -> Response:
    """Products that fit what is asked for, by name or by price or discount."""
    door, limit = door_of(request), limit_of(request)
    asking = await whoever(request)
    wanted = wanted_of(request)
    level = "member" if asking and asking.level == "member" else "retail"
    rows = _found(door, wanted, level, await _promoted(door))
    after = cursor_of(request, tuple[int, str])
    if after:
        rows = [row for row in rows if row[:2] > after]
    chosen = rows[: limit + 1]
    figures = await _figures(door, [product for *_, product in chosen])
    items = [_product(product, figures, asking, speaks(request)) for *_, product in chosen]
    return public(page(items, [row[:2] for row in chosen], limit), asking)


async def _promoted(door: Door) -> dict[str, Stock]:
    """What is left of all promotions: prices are sought as they are shown."""
    listed = [each for each in door.catalogue.now.products.values() if each.promotions]
    skus = [sku for each in listed if each.listed for sku in quotas_of(each)]
    return await door.read.stock(skus) if skus else {}


def _found(
    door: Door, wanted: Wanted, level: str, stock: Mapping[str, Stock]
) -> list[tuple[int, str, ProductDoc]]:
    """(rank, product id, product) of all that fit, the best first."""
    rows = []
    for product in door.catalogue.now.products.values():
        rank = matches(product, wanted, level, stock) if product.listed else None
        if rank is not None:
            rows.append((rank, product.product_id, product))
    rows.sort(key=lambda row: row[:2])
    return rows


async def read_one(request: Request) -> Response:
    """One product."""
    door, asking = door_of(request), await whoever(request)
    product = product_of(request)
    figures = await _figures(door, [product])
    return public(_product(product, figures, asking, speaks(request)), asking)


async def prices(request: Request) -> Response:
    """What each SKU has cost, the newest first."""
    product, limit = product_of(request), limit_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    rows = await door_of(request).read.prices(product.product_id, before, limit + 1)
    items = [
        {
            "time": rfc3339(time_ms),
            "revision": revision,
            "sku": sku,
            "price": money(price, product.currency),
            "member_price": money(member, product.currency),
            "tiers": [
                {"quantity_min": count, "price": money(each, product.currency)}
                for count, each in msgspec.msgpack.decode(tiers)
            ],
        }
        for time_ms, revision, sku, price, member, tiers in rows
    ]
    return public(page(items, [(row[1], row[2]) for row in rows], limit))


def product_of(request: Request) -> ProductDoc:
    """The product named in the path, which is on the shelf; raises NOT_FOUND."""
    found = door_of(request).catalogue.now.products.get(request.path_params["product_id"])
    if found is None or not found.listed:
        raise Problem("NOT_FOUND")
    return found


class Figures(NamedTuple):
    """What is counted and measured of SKUs, by SKU."""

    stock: dict[str, Stock]
    times: Mapping[str, Times]
    ratings: Mapping[str, Rating]
    """By product."""


async def _figures(door: Door, products: list[ProductDoc]) -> Figures:
    skus = [offer.sku for product in products for offer in product.offers]
    stock = await door.read.stock([*skus, *(s for each in products for s in quotas_of(each))])
    ratings = await door.reviews.ratings([each.product_id for each in products])
    return Figures(stock, await door.read.times(), ratings)


async def whoever(request: Request) -> Asking | None:
    """Who asks, where they say so: members see their own price."""
    headers = request.headers
    if "x-kameng-key" in headers or headers.get("authorization", "").lower().startswith(BEARER):
        return await customer(request)
    return await _member(request)


async def _member(request: Request) -> Asking | None:
    """A browser's member; everybody else's browser sees what is cached for all."""
    token = session_cookie(request, "buyer")
    if not token:
        return None
    try:
        asking = await door_of(request).access.by_token(token, "buyer")
    except Denied:
        return None
    return asking if asking.level == "member" else None


def public(body: Any, asking: Asking | None = None) -> Response:
    """What anybody may see, for a moment; what was made for one asker is theirs alone."""
    cached = {"Cache-Control": "private, no-store" if asking else "public, max-age=1"}
    return json_answer(body, headers=cached)


def _product(
    product: ProductDoc, figures: Figures, asking: Asking | None, language: Language
) -> dict[str, Any]:
    level = asking.level if asking else "retail"
    return {
        "product_id": product.product_id,
        "name": product.name,
        "category": list(product.category),
        "kind": product.kind,
        "shape": product.shape or None,
        "guide": product.guide,
        "refund_window_h": product.refund_window_h or None,
        "revision": product.revision,
        "rating": rating_json(figures.ratings.get(product.product_id)),
        "skus": [_sku(product, offer, figures, level, language) for offer in product.offers],
    }


def _sku(
    product: ProductDoc, offer: OfferDoc, figures: Figures, level: str, language: Language
) -> dict[str, Any]:
    currency = product.currency
    price = unit_price(offer.price, offer.member_price, offer.tiers, level, 1)
    promotion = shown_promotion(product, offer, price, figures.stock)
    price = promotion.price if promotion else price
    return {
        "sku": offer.sku,
        "name": offer.name,
        "face_value": money(offer.face_value, currency),
        "price": money(price, currency),
        "discount": discount(offer.face_value, price) / BASIS_POINTS,
        "promotion": promotion_json(product, promotion, figures.stock),
        "tiers": [
            {"quantity_min": tier.quantity_min, "price": money(tier.price, currency)}
            for tier in offer.tiers
        ],
        "stock": stock_json(offer, figures.stock.get(offer.sku), language),
        "delivery": {"kind": product.kind, **delivery_json(figures.times.get(offer.sku))},
        "limits": {"quantity_min": 1, "quantity_max": offer.quantity_max},
        "form": form_json(product),
    }


def delivery_json(times: Times | None) -> dict[str, Any]:
    """Half, and 95 of a hundred, were delivered within; measured, so null before the first."""
    return times._asdict() if times else {"p50_ms": None, "p95_ms": None}


def form_json(product: ProductDoc) -> list[dict[str, Any]]:
    """The fields of its form, each with its rule; a target names each of them."""
    if not product.form:
        return []
    fields = msgspec.json.decode(product.form)["fields"]
    return [{**field, "required": True} for field in fields]


def discount(face_value: int, price: int) -> int:
    """1 − price / face value, in basis points; 0 where there is no face value."""
    return BASIS_POINTS - price * BASIS_POINTS // face_value if face_value else 0


def stock_json(offer: OfferDoc, stock: Stock | None, language: Language) -> dict[str, Any]:
    """充足, 紧张 or 售罄: from what inventory has said, of cards or of a quota."""
    state = word_of(offer, stock)
    return {
        "state": state,
        "label": messages().stock[state].told(language),
        "as_of": rfc3339(stock.as_of_ms) if stock else None,
    }


ROUTES: Final = (
    Route("GET", "/v1/categories", categories, "商品分类 · Categories", "anyone",
          answer=Categories),
    Route("GET", "/v1/products", read_many, "商品搜索与筛选 · Products", "anyone",
          answer=Products,
          query=("q", "category", "price_min", "price_max", "discount_min", "sort", "limit",
                 "cursor")),
    Route("GET", "/v1/products/{product_id}", read_one, "商品详情 · One product", "anyone",
          answer=ProductShape),
    Route("GET", "/v1/products/{product_id}/prices", prices, "价格历史 · Price history",
          "anyone", answer=PastPrices, query=("limit", "cursor")),
)  # fmt: skip
