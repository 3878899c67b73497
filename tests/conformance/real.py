"""The rig on a real Kafka and a real PostgreSQL."""

from collections.abc import Sequence
from typing import Any

import psycopg
from aiokafka import AIOKafkaProducer

from shared.contracts.envelope import Headers
from shared.shards.admission import Incoming
from shared.shards.kafka import KafkaInbox, KafkaLog
from shared.shards.ports import Route
from shared.shards.postgres import PostgresStore
from shared.testing.local import LocalKafka
from shared.testing.workers import broker_of

from .limits import PARTITIONS
from .station import Ports

RECORDS_MAX = 1_000


class Real:
    """One service's topics and tables, made for one test."""

    def __init__(self, name: str, kafka: LocalKafka, dsn: str) -> None:
        self.name, self.client, self.dsn = name, kafka.admin.client(), dsn
        self.topics = [f"{name}.commands", f"{name}.answers"]
        self.log = self._log()
        self.producer: AIOKafkaProducer | None = None
        self.made: list[Ports] = []

    @classmethod
    async def make(cls, kafka: LocalKafka, dsn: str) -> "Real":
        """Fresh topics, empty tables."""
        names = await kafka.fresh_topics("commands", "answers", "events", partitions=PARTITIONS)
        rig = cls(names[0].rpartition(".")[0], kafka, dsn)
        await rig.go_back(None)
        return rig

    def _log(self) -> KafkaLog:
        topics = [*self.topics, f"{self.name}.events"]
        return KafkaLog(self.client, [(t, p) for t in topics for p in range(PARTITIONS)])

    async def ports(self, group: str = "") -> Ports:
        inbox = KafkaInbox(broker_of(self.client), self.topics, f"{self.name}{group}")
        ports = Ports(self._log(), inbox, PostgresStore(self.dsn))
        self.made.append(ports)
        return ports

    async def release(self, ports: Ports) -> None:
        await ports.inbox.stop()

    async def append(
        self, route: Route, key: bytes | None, value: bytes | None, headers: Headers
    ) -> None:
        if self.producer is None:
            self.producer = AIOKafkaProducer(**self.client, max_request_size=4_000_000)
            await self.producer.start()
        await self.producer.send_and_wait(
            route[0], value, key=key, partition=route[1], headers=list(headers)
        )

    async def end(self, route: Route) -> int:
        return (await self.log.ends([route]))[route]

    async def records(self, route: Route) -> Sequence[Incoming]:
        found: list[Incoming] = []
        while more := await self.log.read(route, len(found), RECORDS_MAX):
            found += more
        return found

    async def state_of(self, shard: int, key: str) -> bytes | None:
        query = "select state from aggregate where shard = %s and key = %s"
        found = await self._query(query, shard, key)
        return found[0][0] if found else None

    async def tables(self) -> Any:
        return set(await self._query("select shard, key, state, due_ms, effect from aggregate"))

    async def keep(self) -> Any:
        shards = await self._query("select shard, turn, ledger, outbox from shard")
        return shards, await self.tables()

    async def go_back(self, backup: Any) -> None:
        shards, aggregates = backup or ((), ())
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            await connection.execute("truncate shard, aggregate")
            async with connection.cursor() as cursor:
                await cursor.executemany("insert into shard values (%s, %s, %s, %s)", shards)
                columns = "(shard, key, state, due_ms, effect)"
                await cursor.executemany(
                    f"insert into aggregate {columns} values (%s, %s, %s, %s, %s)", aggregates
                )

    async def row(self, shard: int) -> tuple[bytes, bytes] | None:
        found = await self._query("select ledger, outbox from shard where shard = %s", shard)
        return found[0] if found else None

    async def _query(self, query: str, *arguments: Any) -> list[Any]:
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            return await (await connection.execute(query.encode(), arguments)).fetchall()

    async def close(self) -> None:
        for ports in self.made:
            assert isinstance(ports.log, KafkaLog)
            assert isinstance(ports.store, PostgresStore)
            await ports.log.close()
            await ports.store.close()
        await self.log.close()
        if self.producer:
            await self.producer.stop()
