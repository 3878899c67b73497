"""The way round to the broker: passes everything on until it is told to hold it, or to hang up.

A broker started with KAMENG_DETOUR_PORT sends who comes by its second door on to that port.
Whoever listens there is the network between those clients and the broker.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Self

from deploy.local.ports import HOST

CHUNK_BYTES_MAX: Final = 65_536


class Detour:
    """An async context manager; it passes on while it is open."""

    def __init__(self, way: Mapping[str, Any]) -> None:
        """``way``: the detour of a system's run.json."""
        self._port = int(way["port"])
        self._leads_to = int(way["leads_to"].rpartition(":")[2])
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._down = False
        self._writers = set[asyncio.StreamWriter]()
        self._passing = set[asyncio.Task[None]]()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, HOST, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.drop()
        self._flowing.set()
        if self._passing:
            await asyncio.wait(self._passing)

    @property
    def connections(self) -> int:
        """That pass here now."""
        return len(self._writers) // 2

    def stall(self) -> None:
        """Hold all that is sent, both ways; nobody is told, and what was sent will arrive."""
        self._flowing.clear()

    def drop(self) -> None:
        """Hang up, and hang up on whoever calls again; what was on its way is lost."""
        self._down = True
        for writer in self._writers:
            writer.transport.abort()

    def heal(self) -> None:
        """Pass on again, what was held first."""
        self._down = False
        self._flowing.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        try:
            if self._down:
                raise ConnectionAbortedError
            there, onward = await asyncio.open_connection(HOST, self._leads_to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, onward}
        passing = {
            asyncio.create_task(self._pass(reader, onward)),
            asyncio.create_task(self._pass(there, writer)),
        }
        self._passing |= passing
        await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        self._writers -= {writer, onward}
        for each in (writer, onward):  # the other way ends with it
            each.transport.abort()
        await asyncio.wait(passing)
        self._passing -= passing

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES_MAX):
                await self._flowing.wait()
                writer.write(chunk)
                await writer.drain()
