"""The log of a running system, judged as `kameng audit` judges it."""

import time
from dataclasses import dataclass
from typing import Any

from services.audit.examination import Examination
from services.audit.report import report
from shared.contracts.matrix import TOPICS
from shared.replay.reader import LogReader

from .running import Running


@dataclass(frozen=True)
class Audited:
    """What an audit came to."""

    examined: Examination
    report: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Whether the record is whole and every law holds."""
        return self.examined.passed

    @property
    def repeated(self) -> int:
        """Records that are on the log more than once: none of them counted twice."""
        return int(self.report["records"]["repeated"])

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
    examined, began_s = Examination(), time.perf_counter()
    async with LogReader(running.auditor.client(), TOPICS) as reader:
        async for records in reader.batches():
            examined.feed(records)
    examined.finish(time.time_ns() // 1_000_000, patience_ms)
    seconds = time.perf_counter() - began_s
    return Audited(examined, report(examined, seconds=seconds, patience_ms=patience_ms))
