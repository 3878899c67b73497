"""The engine on a real Kafka and a real PostgreSQL, with payments as the service."""

import asyncio
import time
from typing import Final

from aiokafka import AIOKafkaProducer

from deploy.local.migrate import migrate_service
from services.payments.app import service
from shared.contracts.payments import Deposit
from shared.testing.local import LocalKafka, LocalPostgres
from shared.testing.workers import tell, working

REPEATS: Final = 3
WAIT_S_MAX: Final = 10.0
POLL_S: Final = 0.01


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
        for _ in range(REPEATS):
            await tell(producer, deposit, time.time_ns() // 1_000_000)
        async with asyncio.timeout(WAIT_S_MAX):
            while sum(ledger.tally.applied for ledger in worker.shards().values()) < REPEATS:
                await asyncio.sleep(POLL_S)
        written = [ledger.position for ledger in worker.shards().values() if ledger.position]
        assert written == [1]
        assert all(ledger.tally.balanced for ledger in worker.shards().values())
