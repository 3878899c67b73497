"""Many accounts and one address: every shard of risk at once, in whichever order they work."""

from collections import deque
from random import Random
from typing import Any

from services.risk import domain, process
from services.risk.handlers import SUBSCRIPTIONS, Bench
from shared.contracts.message import Fact, Message
from shared.contracts.orders import OrderPlaced
from shared.contracts.risk import OrderBlocked, OrderCleared
from shared.shards.partitions import partition_of
from shared.shards.service import Arrival
from shared.testing.scenario import World
from tests.unit.risk.examples import LIMITS, NOW_MS, rules

PARTITIONS = 12
TURNS_MAX = 100_000


class Shards:
    """Every partition of risk, each with aggregates of its own and a queue in order."""

    def __init__(self, *some: Any) -> None:
        self.bench = Bench(rules(*some), LIMITS)
        self.worlds = [World(domain) for _ in range(PARTITIONS)]
        self.queues: list[deque[tuple[str, Message]]] = [deque() for _ in range(PARTITIONS)]
        self.facts: list[Fact] = []

    def put(self, topic: str, key: str, message: Message) -> None:
        """Append to the partition of the key."""
        self.queues[partition_of(key, PARTITIONS)].append((topic, message))

    def place(self, order: OrderPlaced) -> None:
        """Orders has placed it."""
        self.put("orders.events", order.account_id, order)

    def work(self, chance: Random) -> None:
        """Until nobody has anything to do; any shard may be next."""
        for _ in range(TURNS_MAX):
            busy = [shard for shard, queue in enumerate(self.queues) if queue]
            if not busy:
                return
            self._turn(chance.choice(busy))
        raise AssertionError("the shards do not come to rest")

    def _turn(self, shard: int) -> None:
        topic, message = self.queues[shard].popleft()
        handler: Any = SUBSCRIPTIONS[topic][type(message)]
        self.decide(shard, handler(self.bench, message, Arrival(NOW_MS, {})))

    def decide(self, shard: int, command: Any) -> list[Fact]:
        """One command, twice: the second time nothing comes of it."""
        world = self.worlds[shard]
        facts = world.decide(command)
        world.fold(*facts)
        assert world.decide(command) == [], f"{command} is not safe to repeat"
        self.facts += facts
        for fact in facts:
            assert partition_of(fact.partition_key, PARTITIONS) == shard
            for send in process.follows(fact):
                self.put(send.topic, send.key, send.message)
        return facts

    def state(self, key: str, partition_key: str) -> Any:
        """One aggregate."""
        return self.worlds[partition_of(partition_key, PARTITIONS)].states.get(key)

    @property
    def cleared(self) -> list[str]:
        """Order ids."""
        return [fact.order_id for fact in self.facts if isinstance(fact, OrderCleared)]

    @property
    def blocked(self) -> list[OrderBlocked]:
        """The orders that must not go on."""
        return [fact for fact in self.facts if isinstance(fact, OrderBlocked)]
