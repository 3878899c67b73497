"""What a worker and a follower tell Prometheus: from their ledgers and places, when asked."""

from collections.abc import Iterator

from prometheus_client.core import REGISTRY, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.shards.views import Follower
from shared.shards.worker import Worker

OUTCOMES = ("applied", "skipped", "parked", "duplicate")
MS_PER_S = 1_000


class WorkerMetrics(Collector):
    """Collects at scrape time, so that a turn costs nothing more for being measured."""

    def __init__(self, service: str, worker: Worker) -> None:
        self.service, self.worker = service, worker

    def collect(self) -> Iterator[Metric]:
        """Per shard: what it has read and written, what waits, since when it is here."""
        yield from self._counted()
        yield from self._standing()
        yield from self._lagging()
        yield from self._effects()

    def _counted(self) -> Iterator[Metric]:
        records = CounterMetricFamily(
            "kameng_records", "Records read, by outcome.", labels=["service", "shard", "outcome"]
        )
        position = CounterMetricFamily(
            "kameng_position", "Records written by a shard.", labels=["service", "shard"]
        )
        for shard, ledger in self.worker.shards().items():
            for outcome in OUTCOMES:
                count = getattr(ledger.tally, outcome)
                records.add_metric([self.service, str(shard), outcome], count)
            position.add_metric([self.service, str(shard)], ledger.position)
        turns = CounterMetricFamily("kameng_turns", "Turns of this worker.", labels=["service"])
        turns.add_metric([self.service], self.worker.turns)
        yield from (records, position, turns)

    def _standing(self) -> Iterator[Metric]:
        parked = self._per_shard("kameng_parked_records", "Records that wait for a person.")
        halted = self._per_shard("kameng_shard_halted", "1 while a shard stands still.")
        since = self._per_shard(
            "kameng_shard_owned_since_timestamp_seconds", "When this process took a shard over."
        )
        for shard, own in self.worker.owned.items():
            labels, ledger = [self.service, str(shard)], own.ledger
            parked.add_metric(labels, sum(map(len, ledger.parked.values())))
            halted.add_metric(labels, 0 if ledger.halt is None else 1)
            since.add_metric(labels, own.since_ms / MS_PER_S)
        yield from (parked, halted, since)

    def _lagging(self) -> Iterator[Metric]:
        lag = self._per_shard("kameng_lag_records", "Records that have arrived unprocessed.")
        age = self._per_shard(
            "kameng_oldest_unprocessed_age_seconds", "Age of the oldest of them; 0 without any."
        )
        worker = self.worker
        ends, now_ms = worker.inbox.ends(), worker.clock.now_ms()
        for shard, own in worker.owned.items():
            behind = worker.lagging.behind(shard, own.ledger.offsets, ends, now_ms)
            lag.add_metric([self.service, str(shard)], behind.records)
            age.add_metric([self.service, str(shard)], behind.age_ms / MS_PER_S)
        yield from (lag, age)

    def _effects(self) -> Iterator[Metric]:
        effects = self.worker.effects
        waiting = GaugeMetricFamily(
            "kameng_effects_open", "Calls to the outside without an answer.", labels=["service"]
        )
        performed = CounterMetricFamily(
            "kameng_effects_performed", "Calls to the outside answered.", labels=["service"]
        )
        retried = CounterMetricFamily(
            "kameng_effects_retried", "Calls made again for want of an answer.", labels=["service"]
        )
        waiting.add_metric([self.service], effects.waiting)
        performed.add_metric([self.service], effects.performed)
        retried.add_metric([self.service], effects.retried)
        yield from (waiting, performed, retried)

    def _per_shard(self, name: str, text: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, text, labels=["service", "shard"])

    def register(self) -> None:
        """Into the process's registry."""
        REGISTRY.register(self)


class ViewsMetrics(Collector):
    """The same of read models: how far they follow."""

    def __init__(self, views: str, follower: Follower) -> None:
        self.views, self.follower = views, follower

    def collect(self) -> Iterator[Metric]:
        """Per shard: how far behind; in all: facts shown, records that could not be read."""
        lag = GaugeMetricFamily(
            "kameng_views_lag_records", "Records not followed yet.", labels=["views", "shard"]
        )
        ends = self.follower.inbox.ends()
        behind: dict[int, int] = {}
        for route, place in self.follower.places.items():
            more = max(0, ends.get(route, place.offset) - place.offset)
            behind[route[1]] = behind.get(route[1], 0) + more
        for shard, records in behind.items():
            lag.add_metric([self.views, str(shard)], records)
        facts = CounterMetricFamily("kameng_views_facts", "Facts shown.", labels=["views"])
        facts.add_metric([self.views], self.follower.facts)
        bad = CounterMetricFamily(
            "kameng_views_undecodable", "Records passed over.", labels=["views"]
        )
        bad.add_metric([self.views], self.follower.undecodable)
        yield from (lag, facts, bad)

    def register(self) -> None:
        """Into the process's registry."""
        REGISTRY.register(self)
