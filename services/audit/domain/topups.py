"""The book of top-ups: one request at a time, and money back only where nothing was topped up.

Delivery's facts about a line lie in one partition, so all of it is checked fact by fact.
"""

from dataclasses import dataclass

from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpRefused,
    TopUpSubmitted,
)

from .roll import Roll
from .violation import Law, Seen, Violation, Violations

Fact = (
    TopUpSubmitted | DeliveryUncertain | TopUpRefused | TopUpConfirmed | DeliveryFailed
    | TopUpContradicted
)  # fmt: skip


@dataclass(slots=True)
class Request:
    """Where a line's top-up was last sent."""

    request_id: str
    refused: bool = False
    """For certain: nothing was topped up there."""


class TopUps:
    """Every top-up that is on its way, by reservation; of ended ones only that they have ended."""

    def __init__(self) -> None:
        self.going: dict[str, Request] = {}
        self.ended = Roll()

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        if isinstance(fact, DeliveryFailed):
            for hold in fact.lines:
                found = self.going.pop(hold.reservation_id, None)
                if found is not None:
                    self.ended.put(hold.reservation_id)
                    if not found.refused:
                        yield _broken(seen, fact.order_id, f"line {hold.line} was given up unsure")
            return
        line = fact.reservation_id
        if isinstance(fact, TopUpContradicted):
            yield _broken(seen, fact.order_id, f"line {fact.line} was topped up and given up")
        elif line in self.ended:
            yield _broken(seen, fact.order_id, f"line {fact.line} had ended")
        else:
            yield from self._going(fact, seen)

    def _going(
        self,
        fact: TopUpSubmitted | DeliveryUncertain | TopUpRefused | TopUpConfirmed,
        seen: Seen,
    ) -> Violations:
        found = self.going.get(fact.reservation_id)
        if isinstance(fact, TopUpSubmitted):
            other = found is not None and found.request_id != fact.request_id
            if found is not None and other and not found.refused:
                yield _broken(seen, fact.order_id, f"line {fact.line} is sent elsewhere, unsure")
            self.going[fact.reservation_id] = Request(fact.request_id)
        elif found is None or found.request_id != fact.request_id:
            yield _broken(seen, fact.order_id, f"line {fact.line}: nobody has sent this request")
        elif isinstance(fact, TopUpRefused):
            found.refused = True
        elif isinstance(fact, TopUpConfirmed):
            del self.going[fact.reservation_id]
            self.ended.put(fact.reservation_id)


def _broken(seen: Seen, order_id: str, detail: str) -> Violation:
    return Violation(Law.TOPUP_ONCE, seen.where, detail, order_id)
