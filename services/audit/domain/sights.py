"""The book of sights: who was shown which card, period by period, for the scheduled report."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shared.contracts.delivery import CardRevealed

from .violation import Seen, Violations

Fact = CardRevealed

DAY_MS: Final = 86_400_000
LISTED_MAX: Final = 1_000
"""Sights of a period that are kept one by one; of more only their number."""
PERIODS_MAX: Final = 2
"""The present one, and the last, which is reported on."""


class Sight(NamedTuple):
    """One line's codes, shown."""

    where: str
    """`topic/partition/offset` of the fact that says so."""
    time_ms: int
    account_id: str
    order_id: str
    line: int
    card_ids: tuple[str, ...]


@dataclass(slots=True)
class Period:
    """What was shown in one period."""

    count: int = 0
    listed: list[Sight] = field(default_factory=list)


class Sights:
    """Of the last periods alone; the log keeps them all."""

    def __init__(self, period_ms: int = DAY_MS) -> None:
        self.period_ms = period_ms
        self.periods: dict[int, Period] = {}
        """By number: how many periods have passed since 1970."""

    def of(self, number: int) -> Period:
        """What was shown in that period."""
        return self.periods.get(number, Period())

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down who was shown what; whether they may is the book of deals' matter."""
        number = seen.time_ms // self.period_ms
        if number > max(self.periods, default=0) - PERIODS_MAX:
            self._write(self.periods.setdefault(number, Period()), fact, seen)
            for old in [each for each in self.periods if each <= max(self.periods) - PERIODS_MAX]:
                del self.periods[old]
        return iter(())

    def _write(self, period: Period, fact: Fact, seen: Seen) -> None:
        period.count += 1
        if len(period.listed) < LISTED_MAX:
            ids = fact.card_ids
            sight = Sight(seen.where, seen.time_ms, fact.account_id, fact.order_id, fact.line, ids)
            period.listed.append(sight)
