"""What a worker tells Prometheus: per service and shard, read from its ledgers when asked."""

from collections.abc import Iterator

from prometheus_client.core import REGISTRY, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.shards.worker import Worker


class WorkerMetrics(Collector):
    """Collects at scrape time, so that a turn costs nothing more for being measured."""

    def __init__(self, service: str, worker: Worker) -> None:
        self.service, self.worker = service, worker

    def collect(self) -> Iterator[Metric]:
        """Counters of records by outcome, positions, parked records, halts."""
        records = CounterMetricFamily(
            "kameng_records", "Records read, by outcome.", labels=["service", "shard", "outcome"]
        )
        position = CounterMetricFamily(
            "kameng_position", "Records written by a shard.", labels=["service", "shard"]
        )
        parked = GaugeMetricFamily(
            "kameng_parked", "Records that wait for a person.", labels=["service", "shard"]
        )
        halted = GaugeMetricFamily(
            "kameng_halted", "1 while a shard stands still.", labels=["service", "shard"]
        )
        for shard, ledger in self.worker.shards().items():
            labels = [self.service, str(shard)]
            for outcome in ("applied", "skipped", "parked", "duplicate"):
                records.add_metric([*labels, outcome], getattr(ledger.tally, outcome))
            position.add_metric(labels, ledger.position)
            parked.add_metric(labels, sum(map(len, ledger.parked.values())))
            halted.add_metric(labels, 0 if ledger.halt is None else 1)
        turns = CounterMetricFamily("kameng_turns", "Turns of this worker.", labels=["service"])
        turns.add_metric([self.service], self.worker.turns)
        yield from (records, position, parked, halted, turns)

    def register(self) -> None:
        """Into the process's registry."""
        REGISTRY.register(self)
