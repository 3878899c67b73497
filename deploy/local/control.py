"""How another terminal talks to a running system: one JSON line asks, one JSON line answers.

On 127.0.0.1, and only for who shows the token from run.json. Requests:
`{"token", "do": "scale", "unit", "count"}` (with `"detour": true` new processes reach Kafka by the
broker's detour), `{"token", "do": "status"}`, `{"token", "do": "stop"}`.
Answers: `{"done": …}` or `{"refused": sentence}`.
"""

import asyncio
import hmac
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from deploy.local import ports
from deploy.local.refusal import Refusal

REQUEST_BYTES_MAX = 4096
REQUEST_S_MAX = 5.0
ANSWER_S_MAX = 120.0

Deed = Callable[[Mapping[str, Any]], Awaitable[Any]]


class Control:
    """The listening side."""

    def __init__(self, token: str, deeds: Mapping[str, Deed]) -> None:
        self._token, self._deeds = token, deeds
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(
            self._serve, ports.HOST, 0, limit=REQUEST_BYTES_MAX
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), REQUEST_S_MAX)
            writer.write(json.dumps(await self._answer(line)).encode() + b"\n")
            await writer.drain()
        except (OSError, TimeoutError, ValueError):
            return
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        request = json.loads(line)
        if not hmac.compare_digest(str(request.get("token", "")), self._token):
            return {"refused": "The token is not the one in run.json."}
        deed = self._deeds.get(str(request.get("do")))
        if deed is None:
            return {"refused": f"Only these can be asked for: {', '.join(self._deeds)}."}
        try:
            return {"done": await deed(request)}
        except Refusal as refusal:
            return {"refused": str(refusal)}


def ask(port: int, token: str, **request: Any) -> Any:
    """Ask a running system. Raises Refusal with its sentence, or when nobody answers."""
    line = json.dumps({"token": token, **request}).encode() + b"\n"
    try:
        with socket.create_connection((ports.HOST, port), ANSWER_S_MAX) as connection:
            connection.sendall(line)
            answer = json.loads(connection.makefile().readline())
    except (OSError, ValueError) as error:
        raise Refusal("The running system does not answer: start it with `make run`.") from error
    if "refused" in answer:
        raise Refusal(answer["refused"])
    return answer["done"]
