"""What all services say of one order, side by side."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.inventory import Card
from shared.contracts.orders import Hold, PaymentRequested
from shared.contracts.payments import PaymentCancelled, PaymentConfirmed, PaymentExpired
from shared.kernel.quotas import QUOTAS_FROM

from .stages import FULFILLED, UNPAID_ENDS, Stage

PaymentEnd = PaymentConfirmed | PaymentExpired | PaymentCancelled


UNIT: Final = ""
"""A unit of a quota: it has no id."""


def contents(cards: Iterable[Card], units: int | None) -> tuple[str, ...]:
    """What a reservation holds: card ids, or so many units."""
    return (UNIT,) * units if units else tuple([card.card_id for card in cards])


@dataclass(slots=True)
class Line:
    """One line's stock: what inventory and delivery say of one reservation."""

    number: int
    reserved: tuple[str, ...] | None = None
    """Card ids, by inventory."""
    prepared: tuple[str, ...] | None = None
    """Card ids, by delivery."""
    delivered: tuple[str, ...] | None = None
    """Card ids that the buyer has."""
    ended: str = ""
    """How inventory closed it: refused, released, sold."""
    unsure: bool = False
    """A top-up of which nobody knows what became: it waits for its supplier, or for a person."""

    @property
    def held(self) -> bool:
        """Whether it holds cards that are neither sold nor given back."""
        return self.reserved is not None and not self.ended


@dataclass(slots=True)
class Deal:
    """One order: its stage, its payment, and a line for each reservation."""

    stage: Stage = Stage.UNKNOWN
    reserving: int = 0
    """Lines that stock was asked for."""
    asked: PaymentRequested | None = None
    tried: bool = False
    """Whether payments has said a word that is no end."""
    at_channel: bool = False
    end: PaymentEnd | None = None
    failed: str = ""
    """Delivery's reason why what is paid cannot be delivered."""
    failed_lines: set[int] = field(default_factory=set)
    refunds: dict[str, bool] = field(default_factory=dict)
    """Refund → whether its money is back."""
    refunded: Counter[int] = field(default_factory=Counter)
    """Line → minor units that go back for it."""
    lines: dict[str, Line] = field(default_factory=dict)
    """By reservation id."""
    where: str = ""
    """The last record about it."""
    time_ms: int = 0
    """When that was written, Unix milliseconds."""

    @property
    def paid(self) -> tuple[Hold, ...]:
        """The lines that are paid; none where the payment has not ended so."""
        return self.end.lines if isinstance(self.end, PaymentConfirmed) else ()

    def is_paid(self, reservation_id: str, line: Line) -> bool:
        """Whether this very line with this very reservation is paid."""
        named = self.paid
        if line.number >= QUOTAS_FROM and self.paid and self.asked:
            named = self.asked.quotas or ()
        return any(
            hold.reservation_id == reservation_id and hold.line == line.number
            for hold in named
        )  # fmt: skip

    @property
    def lost(self) -> bool:
        """Whether a line failed and its money does not go back."""
        return any(line not in self.refunded for line in self.failed_lines)

    @property
    def unsure(self) -> bool:
        """Whether a paid line waits for what nobody knows."""
        return any(line.unsure for line in self.lines.values())

    @property
    def done(self) -> bool:
        """Whether everything has been said that there is to say, and it agrees."""
        ended = sum(bool(line.ended) for line in self.lines.values())
        if len(self.lines) != ended or ended != self.reserving or self.lost:
            return False
        if self.stage in UNPAID_ENDS:
            return self.asked is None or self.end is not None
        paid = self.asked is not None and isinstance(self.end, PaymentConfirmed)
        back = all(self.refunds.values())
        return paid and back and self.stage in FULFILLED and all(map(self._fulfilled, self.paid))

    def _fulfilled(self, hold: Hold) -> bool:
        line = self.lines.get(hold.reservation_id)
        if line is not None and hold.line in self.failed_lines and hold.line in self.refunded:
            return line.ended == "sold"
        return (
            line is not None
            and line.ended == "sold"
            and line.delivered is not None
            and line.reserved == line.prepared == line.delivered
            and len(line.delivered) == hold.quantity
        )

    def line(self, reservation_id: str, number: int) -> Line:
        """The line of this reservation; made when it is first heard of."""
        found = self.lines.get(reservation_id)
        if found is None:
            found = self.lines[reservation_id] = Line(number)
        elif found.number == 0:
            found.number = number
        return found
