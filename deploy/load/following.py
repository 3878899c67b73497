"""What becomes of orders, read from the log as an auditor reads it."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.endpoints import KafkaEndpoint
from shared.contracts.message import Fact
from shared.contracts.orders import (
    OrderCancelled,
    OrderDeclined,
    OrderDelivered,
    OrderExpired,
    OrderRejected,
)
from shared.contracts.refunds import OrderRefunded

FETCH_WAIT_MS: Final = 250
FETCH_BYTES_MAX: Final = 4_000_000
POLL_WAIT_MS: Final = 50
RECORDS_MAX: Final = 10_000
POLL_S: Final = 0.01

AT_REST: Final = {
    cls.type.encode(): cls.__name__
    for cls in (
        OrderDelivered,
        OrderRejected,
        OrderDeclined,
        OrderCancelled,
        OrderExpired,
        OrderRefunded,
    )
}
"""The facts after which an order waits for nobody but a person."""


class Reader:
    """Reads partitions from a given place on, outside any group."""

    def __init__(self, auditor: KafkaEndpoint, topics: Iterable[str], partitions: int) -> None:
        self._consumer = AIOKafkaConsumer(
            **auditor.client(), enable_auto_commit=False, auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS, max_partition_fetch_bytes=FETCH_BYTES_MAX,
        )  # fmt: skip
        self._where = [TopicPartition(t, p) for t in topics for p in range(partitions)]

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.assign(self._where)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def skip_to_end(self) -> None:
        """What is on the log by now is not read."""
        for where, end in (await self._consumer.end_offsets(self._where)).items():
            self._consumer.seek(where, end)

    async def ends(self) -> dict[TopicPartition, int]:
        """The offset after the last record of each partition."""
        return dict(await self._consumer.end_offsets(self._where))

    async def poll(self) -> Mapping[TopicPartition, list[Any]]:
        """Whatever has arrived."""
        found: Mapping[TopicPartition, list[Any]] = await self._consumer.getmany(
            timeout_ms=POLL_WAIT_MS, max_records=RECORDS_MAX
        )
        return found


class Delivery(NamedTuple):
    """An order was delivered."""

    order_id: bytes
    at_s: float
    """Monotonic seconds."""
    shard: int
    waited_s: float
    """Since it was appended."""


class Follower:
    """Follows `orders.events` and keeps, of the orders it was told of, when each came to rest."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.placed_s: dict[bytes, float] = {}
        """Order id → monotonic seconds at which it was appended; gone once it is at rest."""
        self.prompt_s: dict[bytes, float] = {}
        """Of these, those for which nobody outside has to do anything."""
        self.endings: Counter[str] = Counter()
        self.waits_s: list[float] = []
        """Seconds from appended to delivered read, in the order of delivery."""
        self.repeated = 0
        """Records whose position had been seen before."""
        self.deliveries: list[Delivery] = []
        """Of those for which nobody outside had to do anything, in their order."""
        self._positions: dict[TopicPartition, int] = {}
        self._heard: dict[bytes, tuple[type[Fact], list[Callable[[Any], None]]]] = {}

    def hear(self, cls: type[Fact], heard: Callable[[Any], None]) -> None:
        """Call this too with every fact of that type."""
        self._heard.setdefault(cls.type.encode(), (cls, []))[1].append(heard)

    @property
    def resting(self) -> int:
        """Orders that have come to rest."""
        return self.endings.total()

    def placed(self, order_id: str, *, outside: bool = False) -> None:
        """This order is about to be appended; ``outside``: a channel or a supplier has its time."""
        key, now_s = order_id.encode(), time.monotonic()
        self.placed_s[key] = now_s
        if not outside:
            self.prompt_s[key] = now_s

    def forget(self, order_id: str) -> None:
        """It was not taken."""
        self.placed_s.pop(order_id.encode(), None)
        self.prompt_s.pop(order_id.encode(), None)

    async def run(self) -> None:
        """Until cancelled."""
        while True:  # bounded by: its task's cancellation
            for where, records in (await self._reader.poll()).items():
                self._take(where, records)

    async def settle(self, s_max: float) -> bool:
        """Wait until every order is at rest; False where that takes longer than ``s_max``."""
        deadline_s = time.monotonic() + s_max
        while self.placed_s:
            if time.monotonic() > deadline_s:
                return False
            await asyncio.sleep(POLL_S)
        return True

    async def calm(self, usual_s: float, s_max: float) -> float:
        """Wait until no order that waits for nobody is older than ``usual_s``; seconds it took."""
        began_s = time.monotonic()
        while (passed_s := time.monotonic() - began_s) < s_max:
            oldest_s = next(iter(self.prompt_s.values()), time.monotonic())
            if time.monotonic() - oldest_s <= usual_s:
                break
            await asyncio.sleep(POLL_S)
        return passed_s

    def _take(self, where: TopicPartition, records: list[Any]) -> None:
        now_s, position = time.monotonic(), self._positions.get(where, 0)
        for record in records:
            headers = dict(record.headers)
            found = int(headers["ce_id"])
            if found <= position:
                self.repeated += 1
                continue
            position = found
            if headers["ce_type"] in self._heard:
                cls, hearing = self._heard[headers["ce_type"]]
                fact = cls.decode(record.value)
                for heard in hearing:
                    heard(fact)
            ending = AT_REST.get(headers["ce_type"])
            if ending is None:
                continue
            placed_s = self.placed_s.pop(headers["ce_subject"], None)
            prompt = self.prompt_s.pop(headers["ce_subject"], None) is not None
            if placed_s is None:
                continue
            self.endings[ending] += 1
            if ending == OrderDelivered.__name__:
                self.waits_s.append(now_s - placed_s)
                waited_s = now_s - placed_s
                if prompt:
                    delivery = Delivery(headers["ce_subject"], now_s, where.partition, waited_s)
                    self.deliveries.append(delivery)
        self._positions[where] = position
