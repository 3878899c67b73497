"""The log of a running system, judged as `kameng audit` judges it."""

import time
from typing import Any

from services.audit.examination import Examination
from services.audit.report import report
from shared.contracts.matrix import TOPICS
from shared.replay.reader import LogReader

from .running import Running


async def audit(running: Running) -> dict[str, Any]:
    """The audit's report on everything, nothing of it excused as being on its way."""
    examined, began_s = Examination(), time.perf_counter()
    async with LogReader(running.auditor.client(), TOPICS) as reader:
        async for records in reader.batches():
            examined.feed(records)
    examined.finish(time.time_ns() // 1_000_000, 0)
    return report(examined, seconds=time.perf_counter() - began_s, patience_ms=0)


def verdict(found: dict[str, Any]) -> str:
    """One line: whole, or what is wrong first."""
    if found["passed"]:
        return f"whole: {found['records']['read']:,} records"
    first = [*found["findings"], *found["violations"], *found["misfits"]][0]
    counts = ", ".join(f"{count} {name}" for name, count in found["counts"].items())
    return f"wrong: {counts}; first: {first}"
