"""Each process's own port: /livez, /readyz, /metrics."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CONNECTIONS_MAX: Final = 64
STOP_S_MAX: Final = 2

Health = Callable[[], tuple[bool, str]]
"""Whether the process is ready, and its state in words: `starting`, `ready`, `halted: why`."""


def door(health: Health) -> Starlette:
    """The three paths."""

    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        ready, state = health()
        return JSONResponse({"status": state}, status_code=200 if ready else 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)]
    )


class Server(uvicorn.Server):
    """uvicorn inside a process that has its own signal handlers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process's own stop is the only one."""
        yield


def server(app: Starlette, host: str, port: int) -> Server:
    """One that listens there until it is told to exit."""
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, lifespan="off",
        limit_concurrency=CONNECTIONS_MAX, timeout_graceful_shutdown=STOP_S_MAX,
    )  # fmt: skip
    return Server(config)
