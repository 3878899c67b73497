"""Where tests get their broker and database: existing ones, containers, or child processes."""

import asyncio
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from deploy.local.children import Child, ChildSpec
from deploy.local.endpoints import KafkaEndpoint, PostgresEndpoint, kafka_from, postgres_from
from deploy.local.folder import of_checkout
from deploy.local.kafka import Broker, installed
from deploy.local.postgres import PostgresServer
from deploy.local.postgres_setup import close_own_server
from deploy.local.refusal import Refusal

READY_S_MAX = 60.0
STOP_S_MAX = 10.0
POLL_S = 0.03
PASSWORD_BYTES = 12


class Server(Protocol):
    """What a broker and a database server have in common."""

    name: str

    def prepare(self) -> None: ...

    def child(self) -> ChildSpec: ...

    async def ready(self) -> bool: ...


@contextmanager
def running(server: Server) -> Iterator[Child]:
    """The server as a child of this process, ready, until the block ends."""
    server.prepare()
    child = Child(server.child())
    try:
        asyncio.run(_until_ready(server, child))
        yield child
    finally:
        child.stop(STOP_S_MAX)


async def _until_ready(server: Server, child: Child) -> None:
    deadline = time.monotonic() + READY_S_MAX
    while not await server.ready():
        if not child.running or time.monotonic() > deadline:
            raise Refusal(f"{server.name} did not start: its log is {child.spec.output}.")
        await asyncio.sleep(POLL_S)


@contextmanager
def kafka_for_tests(home: Path) -> Iterator[KafkaEndpoint]:
    """A broker, with the admin's rights."""
    if url := os.environ.get("KAMENG_KAFKA"):
        yield kafka_from(url)
        return
    java = installed(of_checkout().cache, print)
    broker = Broker(home, java, secrets.token_urlsafe(PASSWORD_BYTES), home / "kafka.log")
    with running(broker):
        yield broker.endpoint


@contextmanager
def postgres_for_tests(home: Path) -> Iterator[PostgresEndpoint]:
    """A database server, with the admin's rights."""
    if url := os.environ.get("KAMENG_POSTGRES"):
        yield postgres_from(url)
        return
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    server = PostgresServer(home, password, home / "postgres.log")
    with running(server):
        close_own_server(server.endpoint)
        yield server.endpoint
