"""Where tests get their broker and database: existing ones, containers, or child processes."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.endpoints import KafkaEndpoint, PostgresEndpoint, kafka_from, postgres_from
from deploy.local.folder import of_checkout
from deploy.local.kafka import Broker, installed
from deploy.local.postgres import PostgresServer
from deploy.local.postgres_setup import close_own_server
from deploy.local.servers import running

PASSWORD_BYTES = 12
THROWAWAY = ("--fsync=off",)
"""Safe from a kill, not from a power cut, which a test's data need not survive."""


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
    with running(server, *THROWAWAY):
        close_own_server(server.endpoint)
        yield server.endpoint
