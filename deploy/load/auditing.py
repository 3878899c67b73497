"""The log of a running system, judged as `kameng audit` judges it."""

import time
from dataclasses import dataclass
from typing import Any, Final

from services.audit.domain import Law
from services.audit.examination import Examination
from services.audit.report import report
from shared.contracts.matrix import TOPICS
from shared.replay.reader import LogReader

from .doubles import Doubles
from .running import Running

ONCE: Final = frozenset({
    Law.DEPOSIT_ONCE, Law.CLAIMED_ONCE, Law.CARD_HELD_ONCE, Law.RESERVED_ONCE,
    Law.RESERVATION_ENDS_ONCE, Law.PAYMENT_ENDS_ONCE, Law.DELIVERED_ONCE, Law.TOPUP_ONCE,
})  # fmt: skip
"""The laws that an effect breaks when it is applied for the second time."""


@dataclass(frozen=True)
class Audited:
    """What an audit came to."""

    examined: Examination
    report: dict[str, Any]
    doubles: Doubles

    @property
    def passed(self) -> bool:
        """Whether the record is whole and every law holds."""
        return self.examined.passed

    @property
    def repeated(self) -> int:
        """Records that are on the log more than once: none of them counted twice."""
        return int(self.report["records"]["repeated"])

    @property
    def applied_twice(self) -> int:
        """Effects that the books show twice, and inputs that were decided on twice: counted."""
        twice = sum(violation.law in ONCE for violation in self.examined.violations)
        return twice + self.doubles.acted_on

    def sold(self, sku: str) -> int:
        """Cards of a SKU that have been sold."""
        return self.examined.books.cards.stocks[sku].sold

    def __str__(self) -> str:
        if self.passed:
            read, seconds = self.report["records"]["read"], self.report["seconds"]
            return f"whole: {read:,} records, every law holds ({seconds:.1f} s)"
        wrong = (self.report[kind] for kind in ("findings", "violations", "misfits"))
        first = next(each for some in wrong for each in some)
        counts = ", ".join(f"{count} {name}" for name, count in self.report["counts"].items())
        return f"wrong: {counts}; first: {first}"


async def audit(running: Running, patience_ms: int = 0) -> Audited:
    """Read everything; what happened in the last ``patience_ms`` may still be on its way."""
    examined, doubles, began_s = Examination(), Doubles(), time.perf_counter()
    async with LogReader(running.auditor.client(), TOPICS) as reader:
        async for records in reader.batches():
            examined.feed(records)
            doubles.feed(records)
    examined.finish(time.time_ns() // 1_000_000, patience_ms)
    seconds = time.perf_counter() - began_s
    told = report(examined, seconds=seconds, patience_ms=patience_ms)
    return Audited(examined, told, doubles)
