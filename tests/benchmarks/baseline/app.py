"""The straightforward way: a FastStream handler per message, one transaction each, then publish.

The same contracts, domains and processes; the only thing it lacks is the engine. So it loses what
is between commit and publish when it dies, and acknowledges before it has worked (FastStream's
default for Kafka): it is measured for its speed alone.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any, Final

import msgspec
import psycopg
from faststream.kafka import KafkaBroker, KafkaMessage

from shared.contracts.envelope import rfc3339
from shared.contracts.message import Fact, Message
from shared.contracts.registry import MESSAGES
from shared.kernel.decider import Send
from shared.runtime.clock import SystemClock
from shared.runtime.process import Runtime, main
from shared.shards.partitions import partition_of
from shared.shards.service import Arrival, Service

ROUNDS_MAX: Final = 8
LOAD: Final = "select key, state from aggregate where key = any(%s) for update"
KEEP: Final = """
insert into aggregate (key, shard, state, due_ms, effect) values (%s, 0, %s, %s, false)
on conflict (key, shard) do update set state = excluded.state, due_ms = excluded.due_ms
"""
FORGET: Final = "delete from aggregate where key = %s"


class Plain:
    """One service without the engine."""

    def __init__(self, service: Service, runtime: Runtime, connection: Any) -> None:
        self.service, self.connection = service, connection
        self.partitions = runtime.environment.partitions
        self.broker: KafkaBroker = runtime.environment.broker()
        self.clock, self.numbers = SystemClock(), count(1)
        self.encode = msgspec.msgpack.encode
        self.decode = msgspec.msgpack.Decoder(service.state).decode
        self.table: dict[str, Any] = {}

    def subscribe(self) -> None:
        """One handler for everything it reads; the catalogue beside it where it is needed."""
        subscriber = self.broker.subscriber(
            *self.service.subscriptions, group_id=self.service.name, decoder=decoded,
            auto_offset_reset="earliest",
        )  # fmt: skip
        subscriber(self.handle)
        if table := self.service.table:

            async def look(body: Any, message: KafkaMessage) -> None:
                if isinstance(body, Fact):
                    table.apply(self.table, body)

            self.broker.subscriber(table.topic, decoder=decoded, auto_offset_reset="earliest")(look)

    async def handle(self, body: Any, message: KafkaMessage) -> None:
        """A message arrives: decide in a transaction, then say what has happened."""
        raw: Any = message.raw_message
        handler = self.service.subscriptions[raw.topic].get(type(body))
        if handler is None:
            return
        command = handler(body, Arrival(self.clock.now_ms(), self.table))
        async with self.connection.transaction():
            facts = await self._decide(command)
        for fact in facts:
            await self._publish(f"{self.service.name}.events", fact.partition_key, fact)
        for send in (send for fact in facts for send in self._follows(fact)):
            await self._publish(send.topic, send.key, send.message)

    def _follows(self, fact: Fact) -> list[Send]:
        return self.service.process.follows(fact)

    async def _decide(self, command: Any) -> list[Fact]:
        domain, states = self.service.domain, dict[str, Any]()
        known = set[str]()
        for _ in range(ROUNDS_MAX):
            missing = [key for key in domain.keys(command, states) if key not in known]
            if not missing:
                break
            found = await self.connection.execute(LOAD, (missing,))
            states |= {key: self.decode(state) for key, state in await found.fetchall()}
            known |= set(missing)
        facts = domain.decide(states, command)
        changed: dict[str, Any] = {}
        for fact in facts:
            for key in domain.keys(fact, states):
                changed[key] = domain.evolve(key, states.get(key), fact)
                states[key] = changed[key]
        await self._keep(changed)
        return facts

    async def _keep(self, changed: dict[str, Any]) -> None:
        for key, state in changed.items():
            if state is None:
                await self.connection.execute(FORGET, (key,))
            else:
                due_ms = self.service.process.due(key, state)
                await self.connection.execute(KEEP, (key, self.encode(state), due_ms))

    async def _publish(self, topic: str, key: str, message: Message) -> None:
        await self.broker.publish(
            message.encode(), topic, key=key.encode(), partition=partition_of(key, self.partitions),
            headers={
                "ce_type": message.type,
                "ce_subject": message.subject,
                "ce_source": f"/kameng/{self.service.name}/0",
                "ce_id": str(next(self.numbers)),
                "ce_time": rfc3339(self.clock.now_ms()),
            },
        )  # fmt: skip


async def decoded(message: KafkaMessage, original: Callable[..., Any]) -> Any:
    """The body as its contract says; its type stands in a header."""
    cls = MESSAGES.get(message.headers["ce_type"])
    return cls.decode(message.body) if cls else None


def role(name: str) -> Callable[[Runtime], Any]:
    """The service of that name as a process."""

    async def run(runtime: Runtime) -> None:
        service: Service = import_module(f"services.{name}.app").service()
        dsn = runtime.environment.dsn
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            plain = Plain(service, runtime, connection)
            plain.subscribe()
            await plain.broker.start()
            runtime.health[name] = lambda: (True, "ready")
            await runtime.stopping.wait()
            await plain.broker.stop()

    return run


if __name__ == "__main__":
    main(sys.argv[1], {sys.argv[1]: role(sys.argv[1])})
