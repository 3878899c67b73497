"""A shop's orders by state, and every service's pace, as the log tells them."""

import time
from collections import Counter, deque
from typing import Any, Final

from aiokafka import TopicPartition

from shared.contracts import orders
from shared.contracts.matrix import SERVICES
from shared.contracts.message import Fact

from .following import Reader

TOPICS: Final = tuple(f"{service}.events" for service in SERVICES)
WINDOW_S: Final = 3.0
"""Rates are of the last so many seconds."""
TICKS_MAX: Final = 1_000

STATES: Final[dict[type[Fact], str]] = {
    orders.OrderPlaced: "awaiting payment 待支付",
    orders.OrderPaid: "processing 处理中",
    orders.OrderDelivered: "delivered 已发货",
    orders.OrderCompleted: "completed 已完成",
    orders.OrderRejected: "refused 已拒绝",
    orders.OrderCancelled: "cancelled 已取消",
    orders.OrderExpired: "expired 已过期",
}
RECEIVED: Final = "received 已提交"
BY_TYPE: Final = {cls.type.encode(): state for cls, state in STATES.items()}


class Board:
    """Follows all events; knows the orders it was told of."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._states: dict[bytes, str] = {}
        self._counted: Counter[str] = Counter()
        self._ticks: deque[tuple[float, Counter[str]]] = deque(maxlen=TICKS_MAX)

    def placed(self, order_id: str) -> None:
        """This order is about to be appended."""
        self._states[order_id.encode()] = RECEIVED

    def by_state(self) -> dict[str, int]:
        """How many orders are in each state, in the order of a life."""
        found = Counter(self._states.values())
        return {state: found[state] for state in (RECEIVED, *STATES.values())}

    def per_s(self) -> dict[str, float]:
        """Facts a second by service."""
        now_s = time.monotonic()
        self._ticks.append((now_s, Counter(self._counted)))
        while now_s - self._ticks[0][0] > WINDOW_S:
            self._ticks.popleft()
        since_s, before = self._ticks[0]
        took_s = max(now_s - since_s, 1.0)
        return {name: (self._counted[name] - before[name]) / took_s for name in SERVICES}

    async def run(self) -> None:
        """Until cancelled."""
        while True:  # bounded by: its task's cancellation
            for where, records in (await self._reader.poll()).items():
                self._take(where, records)

    def _take(self, where: TopicPartition, records: list[Any]) -> None:
        service = where.topic.partition(".")[0]
        self._counted[service] += len(records)
        if service != "orders":
            return
        for record in records:
            headers = dict(record.headers)
            state, subject = BY_TYPE.get(headers["ce_type"]), headers["ce_subject"]
            if state and subject in self._states:
                self._states[subject] = state
