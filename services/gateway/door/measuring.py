"""What the door tells Prometheus: the pressure it is under, read when asked."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import REGISTRY, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .pressure import Pressure

MS_PER_S: Final = 1_000


class DoorMetrics(Collector):
    """Of one process of the door."""

    def __init__(self, pressure: Pressure, now_ms: Callable[[], int]) -> None:
        self._pressure, self._now_ms = pressure, now_ms

    def collect(self) -> Iterator[Metric]:
        """The age that decides about shedding, and what had to be appended again."""
        pressure = self._pressure
        yield GaugeMetricFamily(
            "kameng_door_oldest_order_age_seconds", "Age of the oldest order not looked at yet.",
            value=pressure.age_ms(self._now_ms()) / MS_PER_S,
        )  # fmt: skip
        yield CounterMetricFamily(
            "kameng_orders_appended_again", "Orders whose first fact was long in coming.",
            value=pressure.appended_again,
        )  # fmt: skip

    def register(self) -> None:
        """Into the process's registry."""
        REGISTRY.register(self)
