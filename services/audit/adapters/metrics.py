"""What the reader of everything tells Prometheus, read from its examination when asked."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import REGISTRY, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .watch import Watch


class WatchMetrics(Collector):
    """Collects at scrape time."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def collect(self) -> Iterator[Metric]:
        """Records read, flaws by kind, and whether the past is behind it."""
        examined = self.watch.examined
        yield CounterMetricFamily(
            "kameng_audit_records", "Records read.", value=examined.chains.tally["records"]
        )
        yield GaugeMetricFamily(
            "kameng_audit_live", "1 once the past is read.", value=int(self.watch.live)
        )
        flaws = GaugeMetricFamily("kameng_audit_flaws", "What is wrong.", labels=["code"])
        codes = Counter(str(found.flaw) for found in examined.unexplained)
        codes.update(str(broken.law) for broken in examined.violations)
        codes["BODY"] = len(examined.misfits)
        for code, count in sorted(codes.items()):
            flaws.add_metric([code], count)
        yield flaws

    def register(self) -> None:
        """Into the process's registry."""
        REGISTRY.register(self)
