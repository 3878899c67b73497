"""Where tests get their broker and database: existing ones, containers, or child processes."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local import containers
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
    with ExitStack() as stack:
        contained = containers.start_kafka(stack) if containers.engine_answers() else None
        yield contained or stack.enter_context(kafka_process(home))


@contextmanager
def kafka_process(home: Path) -> Iterator[KafkaEndpoint]:
    """A broker of our own, which ends with the block."""
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
    with ExitStack() as stack:
        contained = containers.start_postgres(stack) if containers.engine_answers() else None
        admin = contained or stack.enter_context(postgres_process(home))
        close_own_server(admin)
        yield admin


@contextmanager
def postgres_process(home: Path) -> Iterator[PostgresEndpoint]:
    """A database server of our own, which ends with the block."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    server = PostgresServer(home, password, home / "postgres.log")
    with running(server, *THROWAWAY):
        yield server.endpoint
