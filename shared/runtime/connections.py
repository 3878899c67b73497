"""HTTP connections of strangers: nobody holds one by being slow, or fills memory through one.

uvicorn bounds how long a connection idles between requests. It waits for ever for the rest of a
request, however many headers that has, and for a client that does not read its answer.
"""

import asyncio
import resource
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX: Final = 32_768
"""The request line and all headers together."""
HEAD_S_MAX: Final = 10.0
"""From the first byte, or from connecting, to the end of the headers."""
BODY_S_MIN: Final = 20.0
"""A body may take this long, and more the longer it is:"""
BODY_BYTES_PER_S_MIN: Final = 4_096
UNREAD_S_MAX: Final = 30.0
"""How long an answer may lie here because its client takes nothing of it."""
BETWEEN: Final = b": \r\n"
TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


FILES_BESIDE: Final = 512
"""Files and connections of our own beside those of clients."""


def room_for(connections: int) -> None:
    """Let this process have as many open at once, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES_BESIDE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Bounded(HttpToolsProtocol):
    """One connection, which ends when its client takes too long or sends too much."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._head_bytes, self._body_bytes, self._begun_s = 0, 0, 0.0
        self._come_bytes, self._in_head, self._refused = 0, True, False
        self._unread: asyncio.TimerHandle | None = None
        self._slow: asyncio.TimerHandle | None = None
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._come_bytes += len(data)
            if self._slow is None:  # the first byte after an answer
                self._wait_for_head()
        super().data_received(data)
        if self._in_head and self._come_bytes > HEAD_BYTES_MAX:
            self._refuse()

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._head_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value) + len(BETWEEN)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._come_bytes, self._body_bytes = False, 0, 0
        if self._head_bytes > HEAD_BYTES_MAX:
            self._refuse()
        if self._refused:
            return
        super().on_headers_complete()
        self._begun_s = self.loop.time()
        self._settle()
        self._slow = self.loop.call_later(BODY_S_MIN, self._wait_for_body)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._refused:
            self._settle()
            self._in_head = True
            super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self._unread or self.loop.call_later(UNREAD_S_MAX, self._end)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _wait_for_head(self) -> None:
        self._slow = self.loop.call_later(HEAD_S_MAX, self._end)

    def _wait_for_body(self) -> None:
        """Its time is up, unless enough has come, or it is we who do not read."""
        left_s = BODY_S_MIN + self._body_bytes / BODY_BYTES_PER_S_MIN
        left_s -= self.loop.time() - self._begun_s
        if left_s <= 0 and not self.flow.read_paused:
            self._end()
        else:
            self._slow = self.loop.call_later(max(left_s, 1.0), self._wait_for_body)

    def _settle(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _refuse(self) -> None:
        """Its head is too large."""
        if not self._refused and not self.transport.is_closing():
            self._refused = True
            self._settle()
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def _end(self) -> None:
        """Now, with whatever is still on its way."""
        self._settle()
        self.transport.abort()
