"""An order is placed, or refused with every reason (B2): charged is what was shown (B4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts.catalog import Kind, Offer
from shared.contracts.orders import (
    Line,
    LineError,
    OrderPlaced,
    OrderRejected,
    PlaceOrder,
    WantedLine,
)
from shared.contracts.payments import CHANNELS, WALLET
from shared.kernel.pricing import unit_price

from . import state
from .limits import Limits
from .state import Placed, Terms

WAYS: Final = CHANNELS | {WALLET}
"""How an order can be paid."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A SKU on the shelf, with what is used of its product."""

    product_id: str
    product_name: str
    kind: Kind
    currency: str
    revision: int
    offer: Offer
    form_id: str | None = None
    """What a top-up's target has to fit."""
    shape: str | None = None

    @property
    def orderable(self) -> bool:
        """A top-up can be delivered only where it is said what its buyer must say."""
        return self.kind == "card" or self.form_id is not None


Shelf = Mapping[str, Offered]
"""By SKU: what the catalogue offers of what is wanted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A buyer's order, beside what the catalogue says of it now."""

    wanted: PlaceOrder
    shelf: Shelf
    limits: Limits


def decide_place(command: Place) -> OrderPlaced | OrderRejected:
    """The order as it will be charged, or every reason why not."""
    wanted = command.wanted
    code, errors = _refusal(command)
    if code:
        return OrderRejected(
            order_id=wanted.order_id,
            account_id=wanted.account_id,
            key=wanted.key,
            body_hash=wanted.body_hash,
            code=code,
            errors=errors,
            wanted=wanted.lines[: command.limits.lines_max],
        )
    lines = tuple(
        [_line(number, want, command.shelf) for number, want in enumerate(wanted.lines, start=1)]
    )
    return OrderPlaced(
        order_id=wanted.order_id,
        account_id=wanted.account_id,
        key=wanted.key,
        body_hash=wanted.body_hash,
        lines=lines,
        total=sum([line.quantity * line.unit_price for line in lines]),
        currency=wanted.currency,
        pay_with=wanted.pay_with,
        allow_partial=wanted.allow_partial,
        on_decline=wanted.on_decline,
        level=wanted.level,
        received_ms=wanted.received_ms,
        origin=wanted.origin,
    )


def placed(fact: OrderPlaced) -> Placed:
    """What a placed order must remember."""
    terms = Terms(
        fact.key,
        fact.body_hash,
        fact.currency,
        fact.pay_with,
        fact.allow_partial,
        fact.on_decline,
    )
    lines = [
        state.Line(line.line, line.sku, line.quantity, line.quantity * line.unit_price, line.target)
        for line in fact.lines
    ]
    return Placed(fact.account_id, terms, tuple(lines))


def _refusal(command: Place) -> tuple[str, tuple[LineError, ...]]:
    """The first reason's code, "" where there is none; and what is wrong with each line."""
    wanted = command.wanted
    if not wanted.lines:
        return "EMPTY_ORDER", ()
    most = command.limits.lines_max
    if len(wanted.lines) > most:
        return "LIMIT_EXCEEDED", (LineError(line=most + 1, code="LIMIT_EXCEEDED", limit=most),)
    units: dict[str, int] = {}
    for want in wanted.lines:
        units[want.sku] = units.get(want.sku, 0) + want.quantity
    errors: list[LineError] = []
    for number, want in enumerate(wanted.lines, start=1):
        errors += _errors(number, want, units[want.sku], command)
    if errors:
        return errors[0].code, tuple(errors)
    return "" if wanted.pay_with in WAYS else "UNKNOWN_CHANNEL", ()


def _errors(number: int, want: WantedLine, units: int, command: Place) -> list[LineError]:
    """``units``: of this SKU in the whole order; its limit cannot be passed by splitting lines."""
    on_shelf = command.shelf.get(want.sku)
    if on_shelf is None or on_shelf.product_id != want.product_id or not on_shelf.orderable:
        return [LineError(line=number, code="OFF_SHELF")]
    if want.quantity < 1:
        return [LineError(line=number, code="BAD_QUANTITY")]
    if on_shelf.currency != command.wanted.currency:
        return [LineError(line=number, code="BAD_CURRENCY")]
    offer, errors = on_shelf.offer, []
    if units > offer.quantity_max:
        errors.append(LineError(line=number, code="LIMIT_EXCEEDED", limit=offer.quantity_max))
    price = _price(offer, command.wanted.level, want.quantity)
    if price != want.unit_price:
        errors.append(LineError(line=number, code="PRICE_CHANGED", unit_price=price))
    if on_shelf.form_id and (want.target is None or want.form_id != on_shelf.form_id):
        errors.append(LineError(line=number, code="BAD_TARGET_ACCOUNT"))
    return errors


def _price(offer: Offer, level: str, quantity: int) -> int:
    return unit_price(offer.price, offer.member_price, offer.tiers, level, quantity)


def _line(number: int, want: WantedLine, shelf: Shelf) -> Line:
    on_shelf = shelf[want.sku]
    return Line(
        line=number,
        sku=want.sku,
        product_id=want.product_id,
        product_name=on_shelf.product_name,
        sku_name=on_shelf.offer.name,
        kind=on_shelf.kind,
        revision=on_shelf.revision,
        quantity=want.quantity,
        unit_price=want.unit_price,
        base_price=on_shelf.offer.price,
        target=want.target if on_shelf.form_id else None,
        target_print=want.target_print if on_shelf.form_id else None,
        shape=on_shelf.shape,
    )
