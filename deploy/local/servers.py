"""Running a broker or a database for as long as a block lasts."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from deploy.local.children import Child, ChildSpec
from deploy.local.endpoints import KafkaEndpoint, PostgresEndpoint
from deploy.local.refusal import Refusal

READY_S_MAX = 60.0
STOP_S_MAX = 10.0
POLL_S = 0.03


class Server(Protocol):
    """What a broker and a database server have in common."""

    name: str

    def prepare(self) -> None:
        """Make the data folder on the first start; raise Refusal on a half-written one."""

    def child(self, *flags: str) -> ChildSpec:
        """How to start it now, with more flags of its own kind."""

    async def ready(self) -> bool:
        """Whether it serves."""


@dataclass(frozen=True, slots=True)
class ExistingKafka:
    """A broker that somebody else runs."""

    endpoint: KafkaEndpoint


@dataclass(frozen=True, slots=True)
class ExistingPostgres:
    """A database server that somebody else runs, with the database that is ours in it."""

    database: PostgresEndpoint

    def make_database(self) -> None:
        """It was made by whoever gave it to us."""


@contextmanager
def running(server: Server, *flags: str, stop_s_max: float = STOP_S_MAX) -> Iterator[Child]:
    """The server as a child of this process, ready, until the block ends."""
    server.prepare()
    child = Child(server.child(*flags))
    try:
        asyncio.run(_until_ready(server, child))
        yield child
    finally:
        child.stop(stop_s_max)


async def _until_ready(server: Server, child: Child) -> None:
    deadline = time.monotonic() + READY_S_MAX
    while not await server.ready():
        if not child.running or time.monotonic() > deadline:
            raise Refusal(f"{server.name} did not start: its log is {child.spec.log}.")
        await asyncio.sleep(POLL_S)
