"""The engine on a real Kafka and a real PostgreSQL, with payments as the service."""

import asyncio
import time
from typing import Final

from aiokafka import AIOKafkaProducer

from deploy.local.migrate import migrate_service
from services.payments.app import service
from shared.contracts.payments import Deposit
from shared.shards.worker import Worker
from shared.testing.local import LocalKafka, LocalPostgres
from shared.testing.workers import tell, working

REPEATS: Final = 3
WAIT_S_MAX: Final = 30.0
POLL_S: Final = 0.01


def positions(worker: Worker) -> int:
    """Records written by all its shards; the log may hold those of other tests."""
    return sum(ledger.position for ledger in worker.shards().values())


def applied(worker: Worker) -> int:
    """Records taken by all its shards."""
    return sum(ledger.tally.applied for ledger in worker.shards().values())


async def test_a_deposit_becomes_one_fact_and_its_repeats_become_nothing(
    kafka: LocalKafka, postgres: LocalPostgres
) -> None:
    dsn = postgres.fresh_database().dsn("payments")
    migrate_service("payments", dsn)
    deposit = Deposit(
        deposit_id="d1", account_id="a1", amount=5_000, currency="CNY",
        source="operator", by="test", reason="test",
    )  # fmt: skip
    async with (
        AIOKafkaProducer(**kafka.as_user("gateway").client()) as producer,
        working(service(), kafka.as_user("payments").client(), dsn) as worker,
    ):
        before, repeated = positions(worker), applied(worker) + REPEATS
        for _ in range(REPEATS):
            await tell(producer, deposit, time.time_ns() // 1_000_000)
        async with asyncio.timeout(WAIT_S_MAX):
            while applied(worker) < repeated:
                await asyncio.sleep(POLL_S)
        assert positions(worker) == before + 1
        assert all(ledger.tally.balanced for ledger in worker.shards().values())
