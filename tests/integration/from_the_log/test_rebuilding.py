"""A service rebuilt from its log alone, beside the live one, while the shop trades (G4)."""

import re

import psycopg
import pytest

from deploy.load.shop import Shop
from deploy.local.folder import CHECKOUT
from deploy.local.postgres_setup import connect
from deploy.rebuild.rebuilding import rebuild
from deploy.rebuild.schemas import NO_LOG, Schemas
from deploy.rebuild.services import SERVICES
from services.audit.examination import Examination
from shared.contracts.matrix import TOPICS
from shared.replay.comparing import Sum, snapshot
from shared.replay.reader import LogReader
from shared.shards.ledger import Ledger
from shared.testing.local import LocalKafka, LocalPostgres
from tests.integration.from_the_log.trading import DECIDING, Trading

pytestmark = pytest.mark.timeout(240)

CARDS, ORDERS = 30, 40
SWAPPED = ("orders", "gateway")


async def sums(trading: Trading, service: str) -> tuple[dict[int, Sum], dict[int, Ledger]]:
    async with snapshot(Schemas(trading.site.admin, service).live_dsn) as live:
        return await live.sums(), {n: ledger for n, (ledger, _) in (await live.rows()).items()}


async def judged(kafka: LocalKafka) -> Examination:
    examined = Examination()
    async with LogReader(kafka.as_user("auditor").client(), TOPICS) as reader:
        async for records in reader.batches():
            examined.feed(records)
    examined.finish(now_ms=0, patience_ms=0)
    return examined


async def test_copies_are_the_live_services_a_difference_is_named_and_a_swap_loses_nothing(
    kafka: LocalKafka, postgres: LocalPostgres
) -> None:
    shop = Shop("rebuilt", skus_count=2, buyers_count=5)
    async with Trading(kafka, postgres.fresh_database()) as trading:
        await trading.open(shop, CARDS)
        await trading.order(shop, ORDERS // 2)
        for service in ("risk", "payments", "delivery"):  # while they work
            report = await rebuild(trading.site, service)
            assert report.same, report
            assert sum(each.live.rows for each in report.shards) > 0
        await trading.quiet()
        report = await rebuild(trading.site, "gateway")
        assert report.views["order_view"][1].rows >= ORDERS // 2

        for service in SWAPPED:
            await trading.order(shop, ORDERS // 4)
            report = await rebuild(trading.site, service, trading.paused)
            assert report.replaced == f"{service}_replaced", report
        await trading.quiet()
        for service in SWAPPED:
            assert (await rebuild(trading.site, service)).same

        with psycopg.connect(trading.database.dsn("payments")) as connection:
            connection.execute(
                "update aggregate set due_ms = 7 where key = (select min(key) from aggregate"
                " where key like 'wallet/%')"
            )
            row = connection.execute("select key from aggregate where due_ms = 7").fetchone()
        assert row
        report = await rebuild(trading.site, "payments", trading.paused)
        assert not report.same
        assert not report.replaced
        (found,) = [each.difference for each in report.shards if each.difference]
        assert (found.key, found.fields) == (row[0], ["due_ms: 7 → None"])
    found_in_all = await judged(kafka)
    assert not found_in_all.findings, found_in_all.findings
    assert found_in_all.books.stages()["delivered"] >= trading.placed


async def test_after_the_whole_database_is_gone_everything_comes_back_and_goes_on(
    kafka: LocalKafka, postgres: LocalPostgres
) -> None:
    shop = Shop("gone", skus_count=1, buyers_count=3)
    async with Trading(kafka, postgres.fresh_database()) as trading:
        await trading.open(shop, CARDS)
        await trading.order(shop, 10)
        await trading.quiet()
        placed = trading.placed
    before = {service: await sums(trading, service) for service in DECIDING}
    with connect(trading.database.admin) as connection:
        connection.execute("drop schema orders cascade")
    async with Trading(kafka, postgres.fresh_database()) as again:
        after = {service: await sums(again, service) for service in DECIDING}
        for service in DECIDING:
            (was, rows), (now, rows_now) = before[service], after[service]
            assert now == was
            for shard, ledger in rows.items():
                moved = rows_now[shard].position - ledger.position
                assert moved == (1 if ledger.position else 0)  # ShardRebuilt
                offsets = rows_now[shard].offsets
                assert all(0 < offsets[t] <= ledger.offsets[t] for t in offsets)
                assert bool(offsets) == bool(ledger.position)
        again.placed = placed
        await again.order(shop, 10)
        await again.quiet()
        for service in DECIDING:
            if service in ("orders", "delivery"):
                assert (await rebuild(again.site, service)).same
    found = await judged(kafka)
    assert not found.findings
    assert found.books.stages()["delivered"] >= again.placed


def test_every_service_can_be_rebuilt() -> None:
    assert {rule.owner for rule in TOPICS.values()} == set(SERVICES)


def test_what_comes_from_no_log_is_named_to_the_last_table() -> None:
    """All that the door writes by itself, and what the read models measure by the clock."""
    door = (CHECKOUT / "services" / "gateway" / "door").glob("*.py")
    written = {
        table for file in door for table in re.findall(r"insert into (\w+)", file.read_text())
    }
    assert {service: set(tables) for service, tables in NO_LOG.items()} == {
        "gateway": written | {"order_pace"}
    }
