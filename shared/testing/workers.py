"""Real workers inside a test's own loop: the engine on the real broker and the real database."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram256

from shared.contracts.envelope import API_SOURCE, rfc3339
from shared.contracts.message import Command
from shared.runtime.clock import SystemClock
from shared.runtime.roles import readable
from shared.shards.kafka import KafkaInbox, KafkaLog
from shared.shards.partitions import partition_of
from shared.shards.postgres import PostgresStore
from shared.shards.service import Service
from shared.shards.worker import Worker

PARTITIONS: Final = 12
READY_S_MAX: Final = 20.0
POLL_S: Final = 0.02


def broker_of(client: Mapping[str, Any]) -> KafkaBroker:
    """FastStream's broker from an aiokafka client's arguments."""
    security = SASLScram256(
        username=client["sasl_plain_username"],
        password=client["sasl_plain_password"],
        use_ssl=False,
    )
    return KafkaBroker(
        client["bootstrap_servers"], security=security, allow_auto_create_topics=False, logger=None
    )


@asynccontextmanager
async def working(
    service: Service, client: Mapping[str, Any], dsn: str, name: str = "test"
) -> AsyncIterator[Worker]:
    """A worker that has taken its shards over; stopped and drained at the end."""
    log = KafkaLog(client, readable(service, PARTITIONS))
    inbox = KafkaInbox(broker_of(client), service.topics, service.name)
    store = PostgresStore(dsn)
    worker = Worker(service, log, inbox, store, SystemClock(), name=name)
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(READY_S_MAX):
            while not worker.health()[0]:  # bounded by: READY_S_MAX
                if running.done():
                    await running
                await asyncio.sleep(POLL_S)
        yield worker
    finally:
        worker.stop()
        await running
        await store.close()
        await log.close()


async def tell(producer: AIOKafkaProducer, command: Command, now_ms: int) -> None:
    """Append a command as the door does: source the API, a fresh id, no link."""
    headers = {
        "ce_specversion": "1.0",
        "ce_type": command.type,
        "ce_source": API_SOURCE,
        "ce_id": str(uuid4()),
        "ce_subject": command.subject,
        "ce_time": rfc3339(now_ms),
    }
    await producer.send_and_wait(
        f"{command.owner}.commands",
        command.encode(),
        key=command.partition_key.encode(),
        partition=partition_of(command.partition_key, PARTITIONS),
        headers=[(name, value.encode()) for name, value in headers.items()],
    )
