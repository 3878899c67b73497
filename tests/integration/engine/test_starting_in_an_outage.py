"""A process that starts while the broker or the database is away waits for them."""

import asyncio
from typing import Final

from deploy.load.detour import Detour
from deploy.local.ports import HOST, free_port
from shared.runtime.outside import both_answer
from shared.testing.local import LocalKafka, LocalPostgres

AWAY_S: Final = 0.5
BACK_S_MAX: Final = 30.0


async def test_it_waits_for_the_broker(kafka: LocalKafka, postgres: LocalPostgres) -> None:
    port, dsn = free_port(), postgres.fresh_database().dsn("orders")
    client = {**kafka.admin.client(), "bootstrap_servers": f"{HOST}:{port}"}
    async with Detour({"port": port, "leads_to": kafka.bootstrap}) as way:
        way.drop()
        starting = asyncio.create_task(both_answer(client, dsn, asyncio.Event()))
        await asyncio.sleep(AWAY_S)
        assert not starting.done()
        way.heal()
        assert await asyncio.wait_for(starting, BACK_S_MAX)


async def test_it_waits_for_the_database(kafka: LocalKafka, postgres: LocalPostgres) -> None:
    port, where = free_port(), postgres.fresh_database().dsn("orders")
    address = where.rpartition("@")[2].partition("/")[0]
    dsn = where.replace(address, f"{HOST}:{port}")
    async with Detour({"port": port, "leads_to": address}) as way:
        way.drop()
        starting = asyncio.create_task(both_answer(kafka.admin.client(), dsn, asyncio.Event()))
        await asyncio.sleep(AWAY_S)
        assert not starting.done()
        way.heal()
        assert await asyncio.wait_for(starting, BACK_S_MAX)


async def test_it_stops_when_it_is_told_to_while_it_waits(kafka: LocalKafka) -> None:
    stopping = asyncio.Event()
    nowhere = f"postgresql://nobody@{HOST}:{free_port()}/nothing"
    starting = asyncio.create_task(both_answer(kafka.admin.client(), nowhere, stopping))
    await asyncio.sleep(AWAY_S)
    assert not starting.done()
    stopping.set()
    assert not await asyncio.wait_for(starting, BACK_S_MAX)
