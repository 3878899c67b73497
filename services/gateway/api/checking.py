"""What would become of an order, without placing it: every objection, and what would be charged."""

import time
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.catalogue import Shelf
from services.gateway.door.door import Door
from services.gateway.door.shelf import quotas_of
from shared.kernel.coupons import Amount, shares
from shared.kernel.pricing import floor

from .asking import customer, door_of
from .bodies import json_answer, read_body
from .order_json import money, sentence
from .orders import target_of
from .problems import speaks
from .promoting import shown_promotion
from .routes import Route
from .shapes import NewLine, NewOrder, Verdict


async def check(request: Request) -> Response:
    """What would become of this order now, as far as the read models tell."""
    door, asking = door_of(request), await customer(request)
    order = await read_body(NewOrder, request)
    shelves = [await door.catalogue.shelf(line.sku) for line in order.lines]
    quotas = (sku for shelf in shelves if shelf for sku in quotas_of(shelf.product))
    stock = await door.read.stock([*(line.sku for line in order.lines), *quotas])
    errors: list[dict[str, Any]] = []
    amounts: list[Amount] = []
    lines: list[dict[str, Any]] = []
    for at, (line, shelf) in enumerate(zip(order.lines, shelves, strict=True)):
        price = line.unit_price.amount
        if shelf:
            usual = shelf.price(asking.level, line.quantity)
            promotion = shown_promotion(shelf.product, shelf.offer, usual, stock)
            price = promotion.price if promotion else usual
            lines.append(charged(shelf, asking.level, usual, price))
        have = stock[line.sku].available if line.sku in stock else 0
        errors += _objections(at, line, shelf, price, have)
        least = floor(shelf.offer) if shelf else 0
        amounts.append(Amount(line.sku, price * line.quantity, least * line.quantity))
    currency = order.lines[0].unit_price.currency
    off, objections = _discount(door, order, amounts, currency)
    errors += objections
    total = sum(each.amount for each in amounts) - off
    errors += await _balance(door, asking, order, total)
    for error in errors:
        error["detail"] = sentence(error["code"], speaks(request))
    verdict = {"ok": not errors, "total": money(total, currency), "discount": money(off, currency)}
    whole = lines if len(lines) == len(shelves) else []
    return json_answer({**verdict, "lines": whole, "errors": errors})


def charged(shelf: Shelf, level: str, usual: int, price: int) -> dict[str, Any]:
    """A line's part of the breakdown; ``usual``: minor units without a promotion."""
    offer, currency = shelf.offer, shelf.product.currency
    by = "base"
    if price < usual:
        by = "promotion"
    elif usual < offer.price:
        by = "member" if level == "member" and usual == offer.member_price else "tier"
    base, each = money(offer.price, currency), money(price, currency)
    return {"base_price": base, "unit_price": each, "by": by}


def _discount(
    door: Door, order: NewOrder, amounts: list[Amount], currency: str
) -> tuple[int, list[dict[str, Any]]]:
    """What the coupon takes off, minor units; and what is to be said against it."""
    if order.coupon is None:
        return 0, []
    row = door.catalogue.now.coupons.get(order.coupon.upper())
    now_ms = time.time_ns() // 1_000_000
    found = shares(row.coupon if row else None, amounts, currency, now_ms)
    if isinstance(found, str):
        return 0, [{"pointer": "/coupon", "code": found}]
    return sum(found), []


async def _balance(
    door: Door, asking: Asking, order: NewOrder, total: int
) -> list[dict[str, Any]]:  # fmt: skip
    if order.pay_with != "wallet":
        return []
    wallet = await door.read.wallet(asking.name)
    enough = total <= (wallet[0] if wallet else 0)
    return [] if enough else [{"pointer": "/pay_with", "code": "INSUFFICIENT_BALANCE"}]


def _objections(
    at: int, line: NewLine, shelf: Shelf | None, price: int, have: int
) -> list[dict[str, Any]]:
    """What is to be said against one line."""
    where = f"/lines/{at}"
    if shelf is None or not shelf.product.listed:
        return [{"pointer": f"{where}/sku", "code": "OFF_SHELF"}]
    errors: list[dict[str, Any]] = []
    asked = line.unit_price
    if (asked.amount, asked.currency) != (price, shelf.product.currency):
        now = money(price, shelf.product.currency)
        errors.append(
            {"pointer": f"{where}/unit_price", "code": "PRICE_CHANGED", "unit_price": now}
        )
    most = shelf.offer.quantity_max
    if line.quantity > most:
        errors.append({"pointer": f"{where}/quantity", "code": "LIMIT_EXCEEDED", "limit": most})
    if line.quantity > have:
        errors.append({"pointer": f"{where}/quantity", "code": "INSUFFICIENT_STOCK", "limit": have})
    if shelf.form and target_of(line, shelf) is None:
        errors.append({"pointer": f"{where}/target", "code": "BAD_TARGET_ACCOUNT"})
    return errors


ROUTES: Final = (
    Route("POST", "/v1/orders:check", check, "下单前校验 · Check an order without placing it",
          "customer", NewOrder, Verdict),
)  # fmt: skip
