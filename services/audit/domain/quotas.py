"""The book of quotas: what orders used up of coupons and promotions, and gave back.

That an order gives back all of it where it goes back whole because of us, and else nothing, stands
in one partition and is checked as it is said. What orders gives back and inventory takes is
compared when the second of them has been read, and missed at rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.orders import Hold, OrderPaid
from shared.contracts.refunds import OrderRefunding
from shared.contracts.returning import QuotaRestored, RestoreRefused

from .roll import Roll
from .violation import Law, Seen, Violation, Violations

Fact = OrderPaid | OrderRefunding | QuotaRestored | RestoreRefused
USED, GONE = 1, 2


@dataclass(frozen=True, slots=True)
class Half:
    """Units that one of the two has spoken of, and the other has not yet."""

    where: str
    time_ms: int
    order_id: str
    units: int
    given: bool
    """Whether it was orders that gave them back."""


class Quotas:
    """What each paid order used up, and what is on its way back."""

    def __init__(self) -> None:
        self.used = Roll()
        """Orders that used any: USED until they are back whole; and each with what it used."""
        self.going: dict[str, Half] = {}
        """By reservation."""
        self.settled = Roll()

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        match fact:
            case OrderPaid(quotas=tuple(quotas)) if quotas:
                self.used.put(fact.order_id, USED)
                self.used.put((fact.order_id, _units(quotas)))
            case OrderPaid():
                pass
            case OrderRefunding():
                yield from self._given(fact, seen)
            case QuotaRestored():
                half = _half(fact.order_id, fact.units, seen, given=False)
                yield from self._met(fact.reservation_id, half, seen)
            case RestoreRefused():
                yield _broken(seen, fact.order_id, f"{fact.reservation_id}: {fact.code}")

    def at_rest(self, settled_ms: int) -> Violations:
        """Given back and not taken, or taken and not given."""
        for reservation, half in self.going.items():
            if half.time_ms <= settled_ms:
                missing = "given back and not taken" if half.given else "taken and not given back"
                detail = f"{reservation} is {missing}"
                yield Violation(Law.UNITS_BACK_ONCE, half.where, detail, half.order_id)

    def _given(self, fact: OrderRefunding, seen: Seen) -> Violations:
        ours = fact.whole and (fact.by == "delivery" or fact.dispute_id is not None)
        due = ours and self.used.get(fact.order_id) == USED
        given = _units(fact.quotas or ())
        whole = (fact.order_id, given) in self.used
        if bool(given) is not due or (due and not whole):
            detail = f"{sum([units for _, units in given])} units are given back"
            yield _broken(seen, fact.order_id, detail if due else f"{detail}, of none")
        if fact.whole and fact.order_id in self.used:
            self.used.put(fact.order_id, GONE)
        for reservation, units in given:
            half = _half(fact.order_id, units, seen, given=True)
            yield from self._met(reservation, half, seen)

    def _met(self, reservation: str, half: Half, seen: Seen) -> Violations:
        other = self.going.get(reservation)
        if reservation in self.settled or (other and other.given == half.given):
            yield _broken(seen, half.order_id, f"{reservation} comes back for the second time")
        elif other is None:
            self.going[reservation] = half
        else:
            del self.going[reservation]
            self.settled.put(reservation)
            if other.units != half.units:
                detail = f"{reservation}: {other.units} and {half.units} units"
                yield _broken(seen, half.order_id, detail)


def _units(holds: Iterable[Hold]) -> tuple[tuple[str, int], ...]:
    """Reservation and units of each."""
    return tuple(sorted([(hold.reservation_id, hold.quantity) for hold in holds]))


def _half(order_id: str, units: int, seen: Seen, *, given: bool) -> Half:
    return Half(seen.where, seen.time_ms, order_id, units, given)


def _broken(seen: Seen, order_id: str, detail: str) -> Violation:
    return Violation(Law.UNITS_BACK_ONCE, seen.where, detail, order_id)
