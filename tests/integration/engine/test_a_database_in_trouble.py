"""A database that answers, and cannot write: the worker waits, and goes on where it stood."""

import asyncio
import time
from typing import Final

import psycopg
import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.migrate import migrate_service
from services.payments.app import service
from shared.contracts.payments import Deposit
from shared.shards.worker import Worker
from shared.testing.local import LocalKafka, LocalPostgres
from shared.testing.workers import tell, working

WAIT_S_MAX: Final = 30.0
TROUBLE_S: Final = 1.0
POLL_S: Final = 0.01

TROUBLE: Final = """
create function trouble() returns trigger language plpgsql as
$$begin raise exception 'could not extend file' using errcode = '{code}'; end$$;
create trigger trouble before update on shard for each row execute function trouble()
"""


def positions(worker: Worker) -> int:
    return sum(ledger.position for ledger in worker.shards().values())


@pytest.mark.parametrize("code", ["53100", "XX000"], ids=["disk full", "file too large"])
async def test_a_database_that_cannot_write_is_waited_for(
    kafka: LocalKafka, postgres: LocalPostgres, code: str
) -> None:
    dsn = postgres.fresh_database().dsn("payments")
    migrate_service("payments", dsn)
    first, second = (
        Deposit(
            deposit_id=f"{code}-{n}", account_id="a1", amount=5_000, currency="CNY",
            source="operator", by="test", reason="test",
        )
        for n in range(2)
    )  # fmt: skip

    async def told(deposit: Deposit, wanted: int) -> None:
        await tell(producer, deposit, time.time_ns() // 1_000_000)
        async with asyncio.timeout(WAIT_S_MAX):
            while positions(worker) < wanted:
                await asyncio.sleep(POLL_S)

    async with (
        AIOKafkaProducer(**kafka.as_user("gateway").client()) as producer,
        working(service(), kafka.as_user("payments").client(), dsn) as worker,
    ):
        before = positions(worker)
        await told(first, before + 1)
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            await connection.execute(TROUBLE.format(code=code).encode())
            waiting = asyncio.create_task(told(second, before + 2))
            await asyncio.sleep(TROUBLE_S)
            assert not waiting.done()
            await connection.execute("drop trigger trouble on shard")
        await waiting
