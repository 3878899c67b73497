"""The book of what stands beside an order: custom requests, reviews, who waits (E4, A7, A10).

All that is said of one account's requests and orders lies in one partition of orders, and all of a
SKU's waitlist in one of the catalogue: each fact is checked where it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.contracts.bespoke import QuoteExpired, QuoteGiven, QuoteRequested, RequestClosed
from shared.contracts.orders import (
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
)
from shared.contracts.reviews import LineReviewed
from shared.contracts.waitlist import WaitersTold, WaitlistJoined, WaitlistLeft

from .deals import Deals
from .roll import Roll
from .stages import Stage
from .violation import Law, Seen, Violation, Violations

OfRequest = QuoteRequested | QuoteGiven | QuoteExpired | RequestClosed
UnpaidEnd = OrderRejected | OrderCancelled | OrderExpired
OfOrder = OrderPlaced | OrderPaid | UnpaidEnd
OfWaitlist = WaitlistJoined | WaitlistLeft | WaitersTold
Fact = OfRequest | OfOrder | LineReviewed | OfWaitlist
Broken = Iterator[tuple[Law, str]]


@dataclass(slots=True)
class Custom:
    """A request that has not ended."""

    quote: QuoteGiven | None = None
    order_id: str = ""
    """The order that has accepted the quote, and is not paid yet."""


@dataclass(slots=True)
class Asides:
    """Requests until they end, the lists of who waits, and what was reviewed."""

    deals: Deals
    going: dict[str, Custom] = field(default_factory=dict)
    ended: Roll = field(default_factory=Roll)
    """Requests."""
    accepted: dict[str, str] = field(default_factory=dict)
    """Order that is not paid yet → the request whose quote it accepts."""
    reviewed: Roll = field(default_factory=Roll)
    """Order and line."""
    waiting: dict[str, list[str]] = field(default_factory=dict)
    """SKU → subscriptions, the longest first."""

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        order_id = getattr(fact, "order_id", "")
        for law, detail in self._said(fact):
            yield Violation(law, seen.where, detail, order_id)

    def _said(self, fact: Fact) -> Broken:
        match fact:
            case WaitlistJoined() | WaitlistLeft() | WaitersTold():
                yield from self._waits(fact)
            case LineReviewed():
                yield from self._review(fact)
            case OrderPlaced():
                if fact.quote is not None:
                    yield from self._accept(fact.quote, fact)
            case OrderPaid():
                if custom_id := self.accepted.pop(fact.order_id, ""):
                    self._end(custom_id)
            case OrderRejected() | OrderCancelled() | OrderExpired():
                if found := self.going.get(self.accepted.pop(fact.order_id, "")):
                    found.order_id = ""
            case _:
                for detail in self._request(fact):
                    yield Law.QUOTE_ENDS_ONCE, f"request {fact.custom_id} {detail}"

    def _request(self, fact: OfRequest) -> Iterator[str]:
        name, found = fact.custom_id, self.going.get(fact.custom_id)
        if isinstance(fact, QuoteRequested):
            if found or name in self.ended:
                yield "is made twice"
            self.going[name] = Custom()
            return
        if found is None:
            yield f"is not open: {type(fact).__name__}"
            return
        if found.order_id:
            yield f"is ordered: {type(fact).__name__}"
        if isinstance(fact, QuoteGiven):
            found.quote = fact
            return
        if isinstance(fact, QuoteExpired) and found.quote is None:
            yield "expires without a quote"
        self._end(name)

    def _accept(self, custom_id: str, order: OrderPlaced) -> Broken:
        """At its quote, in time, by one order at a time."""
        found = self.going.get(custom_id)
        if found is None or found.quote is None or found.order_id:
            yield Law.QUOTE_ENDS_ONCE, f"request {custom_id} is accepted, and waits for nobody"
            return
        found.order_id = order.order_id
        self.accepted[order.order_id] = custom_id
        quote = found.quote
        said = [(line.quantity, line.unit_price) for line in order.lines]
        if said != [(quote.quantity, quote.unit_price)] or order.currency != quote.currency:
            yield Law.CHARGED_AS_OFFERED, f"{said}, and quoted {quote.quantity, quote.unit_price}"
        if order.received_ms > quote.until_ms:
            yield Law.CHARGED_AS_OFFERED, f"accepted at {order.received_ms}, after its time"

    def _end(self, custom_id: str) -> None:
        self.going.pop(custom_id, None)
        self.ended.put(custom_id)

    def _review(self, fact: LineReviewed) -> Broken:
        line = (fact.order_id, fact.line)
        if line in self.reviewed:
            yield Law.REVIEWED_ONCE, f"line {fact.line} is reviewed for the second time"
        self.reviewed.put(line)
        stage = self.deals.stage(fact.order_id)
        if stage is not Stage.COMPLETED:
            yield Law.REVIEWED_ONCE, f"line {fact.line} is reviewed, of an order that is {stage}"

    def _waits(self, fact: OfWaitlist) -> Broken:
        waiting = self.waiting.setdefault(fact.sku, [])
        match fact:
            case WaitlistJoined():
                if fact.subscription_id in waiting:
                    yield Law.TOLD_ONCE, f"{fact.subscription_id} waits twice"
                waiting.append(fact.subscription_id)
            case WaitlistLeft():
                if fact.subscription_id not in waiting:
                    yield Law.TOLD_ONCE, f"{fact.subscription_id} leaves, and does not wait"
                else:
                    waiting.remove(fact.subscription_id)
            case WaitersTold():
                told = list(fact.subscriptions)
                if told != waiting[: len(told)] or not told:
                    yield Law.TOLD_ONCE, f"{told} are told; the first who wait are {waiting[:1]}"
                self.waiting[fact.sku] = [each for each in waiting if each not in told]
        if not self.waiting[fact.sku]:
            del self.waiting[fact.sku]
