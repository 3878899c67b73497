"""Clients that do not behave: raw connections to the door."""

import asyncio
import socket
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

RECEIVED_BYTES: Final = 4_096


class Raw:
    """One connection, of which every byte is ours."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, url: str) -> "Raw":
        """A connection to the door that takes little at a time."""
        at = urlsplit(url)
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, (at.hostname, at.port))
        return cls(*await asyncio.open_connection(sock=plain, limit=RECEIVED_BYTES))

    async def say(self, text: bytes) -> bool:
        """Whether the door still listened."""
        try:
            self._writer.write(text)
            await self._writer.drain()
        except OSError:
            return False
        return not self._writer.is_closing()

    async def line(self) -> bytes:
        """The next line of the answer; empty when the door has hung up."""
        with suppress(OSError, asyncio.LimitOverrunError):
            return await self._reader.readline()
        return b""

    async def ended(self) -> bool:
        """Reads on until the door hangs up."""
        with suppress(OSError):
            while await self._reader.read(RECEIVED_BYTES):
                pass
        return True

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
