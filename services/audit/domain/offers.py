"""The book of offers: placed and asked for is what was offered, to each account so often.

What is offered stands in the catalogue's log and what is placed in that of orders: an order under
an offer that is still to be read waits for it. How often an account uses one stands in one
partition, and is counted as it is said, beside what its orders give back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from shared.contracts.inventory import QuotaGranted
from shared.contracts.orders import (
    Line,
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
    Quota,
)
from shared.contracts.promotions import Coupon, CouponIssued, Promotion, PromotionScheduled
from shared.contracts.refunds import OrderRefunding
from shared.kernel.quotas import QUOTAS_FROM, coupon_sku, is_quota, line_of, promotion_sku

from .violation import Law, Seen, Violation, Violations

OfOffer = PromotionScheduled | CouponIssued | QuotaGranted
UnpaidEnd = OrderRejected | OrderCancelled | OrderExpired
Fact = OfOffer | OrderPlaced | PaymentRequested | OrderPaid | UnpaidEnd | OrderRefunding
Broken = Iterator[tuple[Law, str]]


class Use(NamedTuple):
    """An order under an offer, and how much its account had used of it then, this order too."""

    order: OrderPlaced
    quota: Quota
    used: int
    where: str
    time_ms: int


@dataclass(slots=True)
class Offer:
    """A promotion or a coupon, and the units that inventory has for it."""

    terms: Promotion | Coupon
    units: int
    where: str
    time_ms: int


@dataclass(slots=True)
class Going:
    """An order that is neither paid nor ended."""

    amounts: dict[int, int]
    """Line → minor units."""
    quotas: tuple[Quota, ...]


class Offers:
    """Everything that is offered for less, and what uses it."""

    def __init__(self) -> None:
        self.offered: dict[str, Offer] = {}
        """By quota SKU."""
        self.granted: Counter[str] = Counter()
        """Quota SKU → units."""
        self.used: Counter[tuple[str, str]] = Counter()
        """Quota SKU and account → units."""
        self.going: dict[str, Going] = {}
        """By order."""
        self.waiting: dict[str, list[Use]] = {}
        """Quota SKU that nobody has offered so far → who uses it."""

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        match fact:
            case PromotionScheduled():
                sku = promotion_sku(fact.product_id, fact.promotion.promotion_id)
                yield from self._offer(sku, fact.promotion, fact.promotion.units, seen)
            case CouponIssued():
                sku = coupon_sku(fact.coupon_id)
                yield from self._offer(sku, fact.coupon, fact.coupon.uses, seen)
            case QuotaGranted():
                if is_quota(fact.sku):
                    self.granted[fact.sku] += fact.units
            case _:
                for law, detail in self._order(fact, seen):
                    yield Violation(law, seen.where, detail, fact.order_id)

    def at_rest(self, settled_ms: int) -> Violations:
        """Offers without their units, and orders under what nobody has offered."""
        for sku, offer in self.offered.items():
            if offer.time_ms <= settled_ms and self.granted[sku] != offer.units:
                detail = f"{sku}: {offer.units} units are offered, {self.granted[sku]} granted"
                yield Violation(Law.USED_SO_OFTEN, offer.where, detail)
        for sku, uses in self.waiting.items():
            for use in uses:
                if use.time_ms <= settled_ms:
                    detail, order_id = f"nobody has offered {sku}", use.order.order_id
                    yield Violation(Law.CHARGED_AS_OFFERED, use.where, detail, order_id)

    def _offer(self, sku: str, terms: Promotion | Coupon, units: int, seen: Seen) -> Violations:
        self.offered[sku] = Offer(terms, units, seen.where, seen.time_ms)
        for use in self.waiting.pop(sku, ()):
            for law, detail in _within(terms, use):
                yield Violation(law, use.where, detail, use.order.order_id)

    def _order(
        self, fact: OrderPlaced | PaymentRequested | OrderPaid | UnpaidEnd | OrderRefunding,
        seen: Seen,
    ) -> Broken:  # fmt: skip
        match fact:
            case OrderPlaced():
                yield from _adds_up(fact)
                yield from self._placed(fact, seen)
            case PaymentRequested():
                yield from self._asked(fact)
            case OrderPaid():
                self.going.pop(fact.order_id, None)
            case OrderRefunding():
                for hold in fact.quotas or ():
                    self.used[hold.sku, fact.account_id] -= hold.quantity
            case _:
                going = self.going.pop(fact.order_id, None)
                self._give_back(fact.account_id, going.quotas if going else ())

    def _placed(self, fact: OrderPlaced, seen: Seen) -> Broken:
        quotas, account = fact.quotas or (), fact.account_id
        amounts = {line.line: _amount(line) for line in fact.lines}
        self.going[fact.order_id] = Going(amounts, quotas)
        for quota in quotas:
            self.used[quota.sku, account] += quota.units
        for quota in quotas:
            used = self.used[quota.sku, account]
            use = Use(fact, quota, used, seen.where, seen.time_ms)
            if offer := self.offered.get(quota.sku):
                yield from _within(offer.terms, use)
            else:
                self.waiting.setdefault(quota.sku, []).append(use)

    def _asked(self, fact: PaymentRequested) -> Broken:
        """Of an order in part the coupon, and the promotions of what is left of it."""
        going = self.going.get(fact.order_id)
        if going is None:
            return
        lines = {0, *(hold.line for hold in fact.lines)}
        left = tuple([quota for quota in going.quotas if line_of(quota.number) in lines])
        amount = sum([going.amounts.get(line, 0) for line in lines])
        if amount != fact.amount:
            yield Law.CHARGED_AS_OFFERED, f"{fact.amount} is asked for, {amount} was placed"
        named = [(hold.line, hold.sku, hold.quantity) for hold in fact.quotas or ()]
        if named != [(quota.number, quota.sku, quota.units) for quota in left]:
            yield Law.USED_SO_OFTEN, f"{named} is held of {going.quotas}"
        self._give_back(fact.account_id, [quota for quota in going.quotas if quota not in left])
        going.quotas = left

    def _give_back(self, account: str, quotas: Iterable[Quota]) -> None:
        for quota in quotas:
            self.used[quota.sku, account] -= quota.units


def _amount(line: Line) -> int:
    return line.quantity * line.unit_price - (line.discount or 0)


def _adds_up(fact: OrderPlaced) -> Broken:
    """What one order says by itself: its total, and what it uses up for what it takes off."""
    whole, off = sum(map(_amount, fact.lines)), sum([line.discount or 0 for line in fact.lines])
    if (whole, off) != (fact.total, fact.discount or 0):
        yield Law.CHARGED_AS_OFFERED, f"{fact.total} for lines of {whole}, less {off}"
    needs = [(QUOTAS_FROM, coupon_sku(fact.coupon), 1)] if fact.coupon is not None else []
    needs += [
        (QUOTAS_FROM + line.line, promotion_sku(line.product_id, line.promotion), line.quantity)
        for line in fact.lines
        if line.promotion is not None
    ]
    if needs != [(quota.number, quota.sku, quota.units) for quota in fact.quotas or ()]:
        yield Law.USED_SO_OFTEN, f"{fact.quotas} is used up for {needs}"
    if off and fact.coupon is None:
        yield Law.CHARGED_AS_OFFERED, f"{off} less, under no coupon"


def _within(terms: Promotion | Coupon, use: Use) -> Broken:
    """An order, against what it says it was offered."""
    order = use.order
    if use.used > terms.per_account:
        yield Law.USED_SO_OFTEN, f"{use.quota.sku}: {use.used} of {terms.per_account} an account"
    if not terms.starts_ms <= order.received_ms < terms.ends_ms:
        yield Law.CHARGED_AS_OFFERED, f"{use.quota.sku} does not hold at {order.received_ms}"
    if isinstance(terms, Coupon):
        yield from _coupon(terms, order)
        return
    for line in order.lines:
        if line.line == line_of(use.quota.number):
            said = (line.sku, line.unit_price)
            if said != (terms.sku, terms.price):
                yield Law.CHARGED_AS_OFFERED, f"{said} under {terms}"


def _coupon(terms: Coupon, order: OrderPlaced) -> Broken:
    """Its whole worth is off, of what it is good for; an order still costs something."""
    good = {
        line.line: line.quantity * line.unit_price
        for line in order.lines
        if not terms.skus or line.sku in terms.skus
    }
    whole, rest = sum(good.values()), len(good) < len(order.lines)
    if order.currency != terms.currency or whole < terms.amount_min:
        yield Law.CHARGED_AS_OFFERED, f"{order.coupon} is not good for {whole} {order.currency}"
    off = min(terms.off or whole * terms.percent // 100, whole if rest else whole - 1)
    if off != (order.discount or 0):
        yield Law.CHARGED_AS_OFFERED, f"{order.coupon} takes {order.discount} off, and not {off}"
    for line in order.lines:
        if (line.discount or 0) > good.get(line.line, 0):
            yield Law.CHARGED_AS_OFFERED, f"{order.coupon} takes {line.discount} off {line.sku}"
