"""Audit beside a working service, on the real thing: heads are signed, and hold (D4)."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from aiokafka import AIOKafkaProducer

from deploy.local.migrate import migrate_service
from services.audit.adapters.signing import Signer, Verifier
from services.audit.adapters.watch import Watch
from services.audit.app import service as audit
from services.audit.examination import Examination, Pace
from services.payments.app import service as payments
from shared.contracts.audit import ReportSigned
from shared.contracts.matrix import TOPICS
from shared.contracts.payments import Deposit
from shared.replay.reader import LogReader
from shared.runtime.clock import SystemClock
from shared.testing.local import LocalKafka, LocalPostgres
from shared.testing.workers import PARTITIONS, tell, working

SIGNER: Final = Signer(bytes(range(32)))
PACE: Final = Pace(checkpoint_ms=200, rest_ms=200, explain_ms=200, gap_ms=2_000)
DEPOSITS: Final = 20
WAIT_S_MAX: Final = 30.0
POLL_S: Final = 0.05


def deposit(number: int) -> Deposit:
    return Deposit(
        deposit_id=f"watched-{number}", account_id=f"watched-{number % 5}", amount=5_000,
        currency="CNY", source="operator", by="test", reason="test",
    )  # fmt: skip


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S_MAX):
        while not true():
            await asyncio.sleep(POLL_S)


async def judged(kafka: LocalKafka) -> Examination:
    examined = Examination(Verifier(SIGNER.public))
    async with LogReader(kafka.as_user("auditor").client(), TOPICS) as reader:
        async for records in reader.batches():
            examined.feed(records)
    examined.finish(now_ms=0, patience_ms=0)
    return examined


async def test_heads_are_signed_as_they_move_and_the_log_proves_them(
    kafka: LocalKafka, postgres: LocalPostgres
) -> None:
    database = postgres.fresh_database()
    for name in ("payments", "audit"):
        migrate_service(name, database.dsn(name))
    client = kafka.as_user("audit").client()
    watch = Watch(client, PARTITIONS, SIGNER, PACE, SystemClock())
    stopping = asyncio.Event()
    async with (
        AIOKafkaProducer(**kafka.as_user("gateway").client()) as producer,
        working(payments(), kafka.as_user("payments").client(), database.dsn("payments")),
        working(audit(), client, database.dsn("audit")),
    ):
        watching = asyncio.create_task(watch.run(stopping))
        await until(lambda: watch.live)
        for number in range(DEPOSITS):
            await tell(producer, deposit(number), time.time_ns() // 1_000_000)
        await until(lambda: watch.examined.heads.signed > 0)
        await until(lambda: watch.examined.types[ReportSigned.type.encode()] > 0)
        stopping.set()
        await watching
    found = await judged(kafka)
    assert found.passed
    assert found.heads.signed > 0
    assert len(found.books.money.deposits) == DEPOSITS
    assert found.types[ReportSigned.type.encode()] == 1
