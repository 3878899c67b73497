"""The book of deals: what orders, payments, inventory and delivery say of the same order agrees.

Their logs are read in no order that could be relied on. So two statements are compared when the
second of them has been read, and what is missing is missed at rest. Within one log the order is
real: stages, releases, a payment's end, a delivery and a reveal are checked fact by fact.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shared.contracts.charges import PaymentOpened
from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryFailed,
    DeliveryPrepared,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpRefused,
)
from shared.contracts.inventory import (
    StockCommitted,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.orders import (
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
)
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
)
from shared.contracts.refunds import OrderRefunded, OrderRefunding

from .comparing import same_cards, settled
from .deal import Deal, PaymentEnd, contents
from .roll import Roll
from .stages import PAID_STAGES, STEPS, UNPAID_ENDS, OrderFact, Stage, after
from .violation import Law, Seen, Violation, Violations

StockFact = StockReserved | StockRefused | StockReleased | StockCommitted
Given = CardDelivered | TopUpConfirmed
DeliveryFact = (
    DeliveryPrepared | Given | DeliveryUncertain | TopUpRefused | DeliveryFailed | CardRevealed
)  # fmt: skip
Fact = OrderFact | PaymentDeclined | PaymentOpened | PaymentEnd | StockFact | DeliveryFact

PAYMENTS_LOG = "payments.events/"
LAST_WORDS = frozenset({
    OrderRejected, OrderCancelled, OrderExpired, OrderDelivered,
    PaymentConfirmed, PaymentExpired, PaymentCancelled, CardDelivered, TopUpConfirmed,
    DeliveryFailed, StockRefused, StockReleased, StockCommitted, OrderRefunded,
})  # fmt: skip
"""Facts with which an order may be settled, whichever of them is read last."""
STAGES: Final = tuple(Stage)


class Deals:
    """Every order of the log: in full while it is open, by its stage once all is said."""

    def __init__(self) -> None:
        self.going: dict[str, Deal] = {}
        self.settled: Counter[Stage] = Counter()
        """Orders of which all is said, by stage."""
        self.gone = Roll()
        """Cards that were delivered."""
        self._closed = Roll()
        """Settled order → its place in STAGES."""
        self._given = Roll()
        """Delivered card and the order it went to."""

    def closed(self, order_id: str) -> Stage | None:
        """The stage in which an order was settled; None while it is open, or unheard of."""
        return STAGES[number] if (number := self._closed.get(order_id)) else None

    def stage(self, order_id: str) -> Stage:
        """The stage that an order is in, as its own log says."""
        deal = self.going.get(order_id)
        return self.closed(order_id) or (deal.stage if deal else Stage.UNKNOWN)

    def _close(self, order_id: str, stage: Stage) -> None:
        self._closed.put(order_id, STAGES.index(stage))
        self.settled[stage] += 1

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        order_id = fact.order_id
        if stage := self.closed(order_id):
            found = self._afterwards(stage, fact)
            deal = None
        else:
            deal = self.going.get(order_id)
            if deal is None:
                deal = self.going[order_id] = Deal()
            deal.where, deal.time_ms = seen.where, max(deal.time_ms, seen.time_ms)
            found = self._take(deal, fact, seen)
        for law, detail in found:
            yield Violation(law, seen.where, detail, order_id)
        if deal is not None and type(fact) in LAST_WORDS and deal.done:
            self._close(order_id, deal.stage)
            del self.going[order_id]

    def _afterwards(self, stage: Stage, fact: Fact) -> Iterator[tuple[Law, str]]:
        said = f"{type(fact).__name__} of an order that is {stage} and settled"
        match fact:
            case OrderCompleted() if stage is Stage.DELIVERED:
                self.settled[stage] -= 1
                self._close(fact.order_id, Stage.COMPLETED)
            case OrderRefunding() | OrderRefunded() if stage in STEPS[type(fact)].before:
                self.settled[stage] -= 1
                self._close(fact.order_id, after(fact, stage))
            case CardRevealed():
                yield from self._revealed(fact)
            case CardDelivered():
                again = all(card_id in self.gone for card_id in fact.card_ids)
                yield Law.DELIVERED_ONCE if again else Law.DELIVERED_AS_PAID, said
                yield from self.give(fact.order_id, fact.card_ids)
            case DeliveryUncertain() | TopUpRefused():
                pass  # the book of top-ups knows whether it had ended
            case TopUpConfirmed() | DeliveryFailed():
                given = isinstance(fact, TopUpConfirmed)
                yield Law.DELIVERED_AS_PAID if given else Law.PAID_IS_DELIVERED, said
            case PaymentConfirmed() | PaymentExpired() | PaymentCancelled() | PaymentDeclined():
                yield Law.PAYMENT_ENDS_ONCE, said
            case StockReserved():
                yield Law.NOTHING_LEFT_HELD, said
            case DeliveryPrepared() if stage in PAID_STAGES:
                yield Law.CARDS_AS_RESERVED, said
            case DeliveryPrepared() | StockRefused() | StockReleased() | StockCommitted():
                pass  # the card book knows whether its reservation had ended
            case _:
                yield Law.ORDER_LEGAL, said

    def _take(self, deal: Deal, fact: Fact, seen: Seen) -> Iterator[tuple[Law, str]]:
        match fact:
            case StockReserved() | StockRefused() | StockReleased() | StockCommitted():
                yield from _stock(deal, fact)
            case PaymentDeclined() | PaymentOpened():
                deal.tried = True
                deal.at_channel |= isinstance(fact, PaymentOpened)
            case PaymentConfirmed() | PaymentExpired() | PaymentCancelled():
                yield from _payment_end(deal, fact)
            case DeliveryPrepared() | CardDelivered() | TopUpConfirmed():
                yield from self._delivery(deal, fact)
            case DeliveryUncertain() | TopUpRefused():
                line = deal.line(fact.reservation_id, fact.line)
                line.unsure = isinstance(fact, DeliveryUncertain)
            case DeliveryFailed():
                deal.failed = fact.code
                deal.failed_lines |= {hold.line for hold in fact.lines}
            case CardRevealed():
                yield from self._revealed(fact)
            case _:
                yield from _order(deal, fact, seen)

    def _delivery(self, deal: Deal, fact: DeliveryPrepared | Given) -> Iterator[tuple[Law, str]]:
        line = deal.line(fact.reservation_id, fact.line)
        if isinstance(fact, DeliveryPrepared):
            line.prepared = contents(fact.cards, fact.units)
        else:
            if any(other.delivered and other.number == fact.line for other in deal.lines.values()):
                yield Law.DELIVERED_ONCE, f"line {fact.line} is delivered for the second time"
            line.unsure = False
            if isinstance(fact, CardDelivered):
                line.delivered = fact.card_ids
                yield from self.give(fact.order_id, fact.card_ids)
            else:
                line.delivered = contents((), fact.quantity)
        yield from same_cards(line)
        yield from settled(deal, fact.reservation_id, line)

    def give(self, order_id: str, cards: tuple[str, ...]) -> Iterator[tuple[Law, str]]:
        """Each card goes to one order, once."""
        for card_id in cards:
            went = (card_id, order_id)
            if card_id not in self.gone:
                self.gone.put(card_id)
                self._given.put(went)
            elif went not in self._given:
                yield Law.DELIVERED_ONCE, f"card {card_id} went to another order already"
            if cards.count(card_id) > 1:
                yield Law.DELIVERED_ONCE, f"card {card_id} is given twice at once"

    def _revealed(self, fact: CardRevealed) -> Iterator[tuple[Law, str]]:
        for card_id in fact.card_ids:
            if (card_id, fact.order_id) not in self._given:
                yield Law.REVEALED_TO_OWNER, f"card {card_id} was not delivered to this order"


def _order(deal: Deal, fact: OrderFact, seen: Seen) -> Iterator[tuple[Law, str]]:
    step, before = STEPS[type(fact)], deal.stage
    if before not in step.before:
        yield Law.ORDER_LEGAL, f"{type(fact).__name__} of an order that is {before}"
    deal.stage = after(fact, before)
    match fact:
        case OrderCancelled() | OrderExpired() | OrderRejected() if before is Stage.AWAITING:
            if fact.release and not seen.cause.startswith(PAYMENTS_LOG):
                yield Law.NO_EARLY_RELEASE, f"released because of {seen.cause}"
        case OrderPlaced():
            yield from _priced(fact)
        case OrderAccepted():
            deal.reserving = len(fact.reserve)
        case PaymentRequested():
            named = {hold.reservation_id for hold in fact.lines}
            if any(hold.reservation_id in named for hold in fact.release):
                yield Law.NO_EARLY_RELEASE, "a line is to be paid and released"
            deal.asked = fact
            yield from as_asked(deal)
            for reservation_id, line in deal.lines.items():
                yield from settled(deal, reservation_id, line)
        case OrderRefunding():
            deal.refunds[fact.refund_id] = False
            deal.refunded.update({part.line: part.amount for part in fact.lines})
            back = deal.refunded.total()
            if isinstance(deal.end, PaymentConfirmed) and back > deal.end.amount:
                yield Law.REFUND_WITHIN_PAID, f"{back} of {deal.end.amount}"
        case OrderRefunded():
            deal.refunds[fact.refund_id] = True
        case OrderPaid():
            asked = deal.asked
            if asked and (fact.lines, fact.amount, fact.quotas) != (
                asked.lines, asked.amount, asked.quotas,
            ):  # fmt: skip
                yield Law.PAID_AS_ASKED, "OrderPaid names other lines, or another amount"
        case _:
            pass
    if deal.stage is not before:
        yield from heeded(deal)


def _priced(fact: OrderPlaced) -> Iterator[tuple[Law, str]]:
    for line in fact.lines:
        amount = line.quantity * line.unit_price - (line.discount or 0)
        if line.floor is not None and amount < line.floor:
            yield Law.NEVER_BELOW_COST, f"line {line.line} is {amount}, {line.floor} at least"


def _payment_end(deal: Deal, fact: PaymentEnd) -> Iterator[tuple[Law, str]]:
    if deal.end is not None:
        first = type(deal.end).__name__
        yield Law.PAYMENT_ENDS_ONCE, f"{type(fact).__name__} after {first}"
        return
    deal.end = fact
    yield from as_asked(deal)
    yield from heeded(deal)
    for reservation_id, line in deal.lines.items():
        yield from settled(deal, reservation_id, line)


def _stock(deal: Deal, fact: StockFact) -> Iterator[tuple[Law, str]]:
    number = fact.line if isinstance(fact, StockReserved | StockRefused) else 0
    line = deal.line(fact.reservation_id, number)
    match fact:
        case StockReserved():
            line.reserved = contents(fact.cards, fact.units)
            yield from same_cards(line)
        case StockRefused():
            line.ended = "refused"
        case StockReleased():
            line.ended = "released"
        case StockCommitted():
            line.ended = "sold"
    yield from settled(deal, fact.reservation_id, line)


def as_asked(deal: Deal) -> Iterator[tuple[Law, str]]:
    """What is confirmed, against what was asked for."""
    asked, end = deal.asked, deal.end
    if asked is None or not isinstance(end, PaymentConfirmed):
        return
    if (end.lines, end.amount, end.currency) != (asked.lines, asked.amount, asked.currency):
        yield Law.PAID_AS_ASKED, f"{end.amount} for what {asked.amount} was asked for"


def heeded(deal: Deal) -> Iterator[tuple[Law, str]]:
    """The order's stage, against the end of its payment."""
    end, stage = deal.end, deal.stage
    if end is None:
        return
    match end:
        case PaymentConfirmed():
            contrary = UNPAID_ENDS
        case PaymentExpired():
            contrary = PAID_STAGES | {Stage.CANCELLED}
        case _:
            contrary = PAID_STAGES | {Stage.EXPIRED}
    if stage in contrary:
        yield Law.ORDER_HEEDS_PAYMENT, f"the order is {stage} after {type(end).__name__}"
