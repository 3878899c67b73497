"""The book of refunds: what orders asks back, and what payments has given, one for one.

Their logs are read in no order that could be relied on: what is asked and not given is missed at
rest, and what is given and was never asked as well.
"""

from dataclasses import dataclass

from shared.contracts.refunds import (
    OrderRefunded,
    OrderRefunding,
    RefundIssued,
    RefundRefused,
    RefundSubmitted,
    RefundUncertain,
)

from .roll import Roll
from .violation import Law, Seen, Violation, Violations

OfPayments = RefundIssued | RefundRefused | RefundSubmitted | RefundUncertain
Fact = OrderRefunding | OrderRefunded | OfPayments


@dataclass(slots=True)
class Refund:
    """One that is not settled: asked for, or given, and not yet both."""

    where: str
    time_ms: int
    order_id: str
    amount: int
    """Minor units."""
    asked: bool = False


class Returns:
    """Every refund until it is asked for and given; of settled ones only that they are."""

    def __init__(self) -> None:
        self.going: dict[str, Refund] = {}
        self.settled = Roll()
        self.on_its_way: set[str] = set()
        """Refunds that a channel has been told of, and nobody knows yet."""
        self.underway: dict[str, set[str]] = {}
        """Order → its refunds whose money is not back, in the words of its own log."""
        self.whole: set[str] = set()
        """Orders of which nothing is left once these are back."""

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        if isinstance(fact, OrderRefunded):
            yield from self._back(fact, seen)
            return
        if isinstance(fact, OrderRefunding):
            self.underway.setdefault(fact.order_id, set()).add(fact.refund_id)
            if fact.whole:
                self.whole.add(fact.order_id)
        yield from self._asked_or_given(fact, seen)

    def _back(self, fact: OrderRefunded, seen: Seen) -> Violations:
        """Its log is one partition: what it says is checked as it is said."""
        left = self.underway.get(fact.order_id, set())
        left.discard(fact.refund_id)
        if not left:
            self.underway.pop(fact.order_id, None)
        if fact.whole != (fact.order_id in self.whole and not left):
            detail = f"{len(left)} refunds are on their way; whole: {fact.whole}"
            yield Violation(Law.REFUNDED_AT_REST, seen.where, detail, fact.order_id)
        if fact.whole:
            self.whole.discard(fact.order_id)

    def _asked_or_given(self, fact: OrderRefunding | OfPayments, seen: Seen) -> Violations:
        found = self.going.get(fact.refund_id)
        if isinstance(fact, RefundIssued):
            self.on_its_way.discard(fact.refund_id)
        match fact:
            case RefundRefused():
                yield _broken(seen, fact.order_id, f"refused: {fact.code}")
            case RefundSubmitted() | RefundUncertain():
                self.on_its_way.add(fact.refund_id)
            case RefundIssued(payment_id=None):
                pass  # money that was never taken for a payment: nobody asks for it back
            case OrderRefunding(amount=0):
                pass  # what cost nothing is not asked of payments
            case _ if fact.refund_id in self.settled or (found and found.asked == _asks(fact)):
                yield _broken(seen, fact.order_id, f"refund {fact.refund_id} for the second time")
            case _ if found is None:
                self.going[fact.refund_id] = Refund(
                    seen.where, seen.time_ms, fact.order_id, fact.amount, asked=_asks(fact)
                )
            case _:
                del self.going[fact.refund_id]
                self.settled.put(fact.refund_id)
                if found.amount != fact.amount:
                    detail = f"{found.amount} and {fact.amount} for one refund"
                    yield _broken(seen, fact.order_id, detail)

    def at_rest(self, settled_ms: int) -> Violations:
        """Asked and not given, or given and not asked, and neither is still to come."""
        for refund_id, refund in self.going.items():
            if refund.time_ms <= settled_ms and refund_id not in self.on_its_way:
                missing = "not given back" if refund.asked else "given back, and nobody asked"
                detail = f"refund {refund_id} is {missing}"
                yield Violation(Law.REFUND_AS_ASKED, refund.where, detail, refund.order_id)


def _asks(fact: OrderRefunding | RefundIssued) -> bool:
    return isinstance(fact, OrderRefunding)


def _broken(seen: Seen, order_id: str, detail: str) -> Violation:
    return Violation(Law.REFUND_AS_ASKED, seen.where, detail, order_id)
