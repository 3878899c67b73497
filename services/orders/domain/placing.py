"""An order is placed, or refused with every reason (B2): charged is what was shown (B4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts.orders import (
    Line,
    LineError,
    OrderPlaced,
    OrderRejected,
    PlaceOrder,
    WantedLine,
)
from shared.contracts.payments import CHANNELS, WALLET
from shared.contracts.promotions import Coupon, Promotion
from shared.kernel.pricing import floor

from . import offering, state
from .counting import counted, used_key
from .limits import Limits
from .offering import Offered
from .state import Placed, Terms, Used

HOUR_MS: Final = 3_600_000
WAYS: Final = CHANNELS | {WALLET}
"""How an order can be paid."""


Shelf = Mapping[str, Offered]
"""By SKU: what the catalogue offers of what is wanted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A buyer's order, beside what the catalogue says of it now."""

    wanted: PlaceOrder
    shelf: Shelf
    limits: Limits
    coupon: Coupon | None = None
    """What the catalogue knows of the coupon that is named."""
    objection: str = ""
    """Why the quote that it accepts cannot be accepted."""


def used_keys(command: Place) -> list[str]:
    """Where it stands how much the account has used of what this order would use up."""
    wanted = command.wanted
    found = offering.quotas(wanted, command.shelf)
    return [used_key(quota.sku, wanted.account_id) for quota in found]


def decide_place(command: Place, used: Mapping[str, Used]) -> OrderPlaced | OrderRejected:
    """The order as it will be charged, or every reason why not.

    ``used`` is what the account has used up of its coupon and of promotions, by key.
    """
    wanted = command.wanted
    code, errors = _refusal(command, used)
    off = offering.discounts(wanted, command.coupon, command.shelf, used) if not code else ""
    if isinstance(off, str) and not code:
        code, errors = off, (LineError(line=0, code=off),)
    if code or isinstance(off, str):
        return OrderRejected(
            order_id=wanted.order_id,
            account_id=wanted.account_id,
            key=wanted.key,
            body_hash=wanted.body_hash,
            code=code,
            errors=errors,
            wanted=wanted.lines[: command.limits.lines_max],
        )
    window_h = _window_h(command)
    lines = tuple(
        [
            _line(number, want, command, off[number - 1], window_h)
            for number, want in enumerate(wanted.lines, start=1)
        ]
    )
    return OrderPlaced(
        order_id=wanted.order_id,
        account_id=wanted.account_id,
        key=wanted.key,
        body_hash=wanted.body_hash,
        lines=lines,
        total=sum([line.quantity * line.unit_price for line in lines]) - sum(off),
        currency=wanted.currency,
        pay_with=wanted.pay_with,
        allow_partial=wanted.allow_partial,
        on_decline=wanted.on_decline,
        level=wanted.level,
        received_ms=wanted.received_ms,
        origin=wanted.origin,
        coupon=wanted.coupon,
        discount=sum(off) or None,
        quotas=offering.quotas(wanted, command.shelf) or None,
        quote=wanted.quote,
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
        _open_ms(fact),
    )
    lines = [
        state.Line(line.line, line.sku, line.quantity, _amount(line), line.target)
        for line in fact.lines
    ]
    return Placed(fact.account_id, terms, tuple(lines), quotas=counted(fact.quotas or ()))


def _amount(line: Line) -> int:
    return line.quantity * line.unit_price - (line.discount or 0)


def _open_ms(fact: OrderPlaced) -> int:
    """How long it stays open once it is delivered; 0: nothing is said."""
    return HOUR_MS * max([line.refund_window_h or 0 for line in fact.lines])


def _refusal(command: Place, used: Mapping[str, Used]) -> tuple[str, tuple[LineError, ...]]:
    """The first reason's code, "" where there is none; and what is wrong with each line."""
    wanted = command.wanted
    if command.objection:
        return command.objection, ()
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
    errors = errors or offering.used_up(wanted, command.shelf, used)
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
    price = offering.priced(on_shelf, command.wanted, want)
    if want.unit_price not in {price.best, price.plain}:
        errors.append(LineError(line=number, code="PRICE_CHANGED", unit_price=price.best))
    if on_shelf.form_id and (want.target is None or want.form_id != on_shelf.form_id):
        errors.append(LineError(line=number, code="BAD_TARGET_ACCOUNT"))
    return errors


def _window_h(command: Place) -> int | None:
    """For lines whose product says nothing, where another one's does; else nothing is said."""
    said = [command.shelf[want.sku].refund_window_h for want in command.wanted.lines]
    return command.limits.complete_ms // HOUR_MS if any(said) else None


def _floor(
    command: Place, want: WantedLine, under: Promotion | None, discount: int
) -> int | None:  # fmt: skip
    """What the line comes to at least: its cost, unless it or what reduces it may go below."""
    coupon = command.coupon
    allowed = bool(under and under.below_cost) or bool(discount and coupon and coupon.below_cost)
    least = want.quantity * floor(command.shelf[want.sku].offer)
    return None if allowed else least or None


def _line(
    number: int, want: WantedLine, command: Place, discount: int, window_h: int | None
) -> Line:
    on_shelf = command.shelf[want.sku]
    under = None
    if on_shelf.promotions:
        under = offering.priced(on_shelf, command.wanted, want).under(want.unit_price)
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
        promotion=under.promotion_id if under else None,
        discount=discount or None,
        refund_window_h=on_shelf.refund_window_h or window_h,
        floor=_floor(command, want, under, discount),
    )
