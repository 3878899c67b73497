"""The network between one worker and the broker, as the faults cut it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from deploy.load.detour import Detour
from deploy.local.kafka_settings import BrokerPorts, server_properties
from deploy.local.ports import HOST, free_port

WAIT_S = 0.2
ANSWER_S_MAX = 5.0


class Connection:
    """One client's, to whom everything it says is said again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, line: bytes) -> None:
        self._writer.write(line + b"\n")

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def hear(self, s_max: float = ANSWER_S_MAX) -> bytes:
        async with asyncio.timeout(s_max):
            return (await self._reader.readline()).strip()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while line := await reader.readline():
            writer.write(line)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


class Street:
    """A detour to somebody who says everything again, and clients who take it."""

    def __init__(self, way: Detour, port: int) -> None:
        self.way, self._port = way, port
        self._clients: list[Connection] = []

    async def client(self) -> Connection:
        client = Connection(*await asyncio.open_connection(HOST, self._port))
        self._clients.append(client)
        return client

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


@asynccontextmanager
async def street() -> AsyncIterator[Street]:
    port, server = free_port(), await asyncio.start_server(echo, HOST, 0)
    leads_to = f"{HOST}:{server.sockets[0].getsockname()[1]}"
    async with server, Detour({"port": port, "leads_to": leads_to}) as way:
        here = Street(way, port)
        yield here
        await here.close()


async def test_what_is_said_passes_both_ways() -> None:
    async with street() as here:
        client = await here.client()
        client.say(b"hello")
        assert await client.hear() == b"hello"
        assert here.way.connections == 1


async def test_what_is_held_arrives_in_its_order_when_it_is_healed() -> None:
    async with street() as here:
        client = await here.client()
        client.say(b"before")
        assert await client.hear() == b"before"
        here.way.stall()
        client.say(b"one")
        client.say(b"two")
        with pytest.raises(TimeoutError):
            await client.hear(WAIT_S)
        here.way.heal()
        assert [await client.hear(), await client.hear()] == [b"one", b"two"]


async def test_when_it_hangs_up_nobody_gets_through_until_it_is_healed() -> None:
    async with street() as here:
        client = await here.client()
        client.say(b"before")
        assert await client.hear() == b"before"
        here.way.drop()
        with suppress(ConnectionError):
            assert await client.hear() == b""
        refused = await here.client()
        refused.say(b"anybody?")
        with suppress(ConnectionError):
            assert await refused.hear() == b""
        here.way.heal()
        again = await here.client()
        again.say(b"after")
        assert await again.hear() == b"after"


def test_a_broker_has_a_second_door_for_clients_only_where_one_is_asked_for() -> None:
    plain = server_properties(BrokerPorts(1001, 1002), Path("records"), "word")
    assert "DETOUR://" not in plain
    with_detour = server_properties(BrokerPorts(1001, 1002, 1003, 1004), Path("records"), "word")
    lines = dict(line.split("=", 1) for line in with_detour.splitlines())
    assert lines["listeners"].endswith(f"DETOUR://{HOST}:1003")
    assert lines["advertised.listeners"] == f"CLIENT://{HOST}:1001,DETOUR://{HOST}:1004"
    assert "listener.name.detour.scram-sha-256.sasl.jaas.config" in lines
