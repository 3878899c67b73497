"""pytest fixtures with a real Kafka and a real PostgreSQL: `kafka` and `postgres`, one a session.

Where they come from, in this order: KAMENG_KAFKA / KAMENG_POSTGRES where they are set; containers
where a Docker engine answers; else the same local child processes that `make run` starts.
A test takes what is its own: fresh topics, a fresh database.
"""

import asyncio
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from psycopg import sql

from deploy.local import sources
from deploy.local.endpoints import KafkaEndpoint, PostgresEndpoint
from deploy.local.kafka_settings import ADMIN
from deploy.local.kafka_setup import prepare_kafka
from deploy.local.kafka_wire import admin_of
from deploy.local.postgres_setup import connect, create_database, prepare_database, role_of
from deploy.local.topics import PARTITIONS, ensure_topics
from shared.contracts.matrix import SERVICES

PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class LocalKafka:
    """A broker with the topics, users and access lists of the matrix."""

    admin: KafkaEndpoint
    passwords: dict[str, str]
    _numbers: Iterator[int]

    @property
    def bootstrap(self) -> str:
        return self.admin.bootstrap

    def as_user(self, user: str) -> KafkaEndpoint:
        """The way in of a user; `.client()` gives the arguments of any aiokafka client."""
        return self.admin if user == ADMIN else self.admin.as_user(user, self.passwords[user])

    async def fresh_topics(self, *names: str, partitions: int = PARTITIONS) -> tuple[str, ...]:
        """New, empty topics called `t<n>-….<name>`; only the admin may use them."""
        prefix = f"t{next(self._numbers)}-{secrets.token_hex(3)}"
        topics = tuple(f"{prefix}.{name}" for name in names)
        async with admin_of(self.admin) as client:
            await ensure_topics(client, topics, partitions)
        return topics


@dataclass(frozen=True, slots=True)
class FreshDatabase:
    """A database of one test: a schema for each service, each with its own role."""

    admin: PostgresEndpoint
    passwords: dict[str, str]
    template: str

    def dsn(self, service: str) -> str:
        """As that service: its search path is its own schema."""
        role = role_of(self.template, service)
        return self.admin.as_user(role, self.passwords[service]).dsn


@dataclass(frozen=True, slots=True)
class LocalPostgres:
    """A server; `fresh_database()` gives a test its own."""

    admin: PostgresEndpoint
    passwords: dict[str, str]
    template: str
    _made: list[str]

    def fresh_database(self) -> FreshDatabase:
        """A copy of the template, which has the services' schemas and no tables."""
        name = f"{self.template}_{len(self._made)}"
        with connect(self.admin) as connection:
            for statement in (
                "CREATE DATABASE {name} TEMPLATE {template}",
                "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
                "GRANT CONNECT ON DATABASE {name} TO {roles}",
            ):
                roles = (sql.Identifier(role_of(self.template, service)) for service in SERVICES)
                connection.execute(
                    sql.SQL(statement).format(
                        name=sql.Identifier(name),
                        template=sql.Identifier(self.template),
                        roles=sql.SQL(", ").join(roles),
                    )
                )
        self._made.append(name)
        return FreshDatabase(self.admin.database(name), self.passwords, self.template)

    def drop_all(self) -> None:
        """Leave the server as it was found."""
        with connect(self.admin) as connection:
            for name in (*self._made, self.template):
                identifier = sql.Identifier(name)
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
            for service in SERVICES:
                role = sql.Identifier(role_of(self.template, service))
                connection.execute(sql.SQL("DROP ROLE {}").format(role))


def _passwords(*names: str) -> dict[str, str]:
    return {name: secrets.token_urlsafe(PASSWORD_BYTES) for name in names}


@pytest.fixture(scope="session")
def kafka() -> Iterator[LocalKafka]:
    """A broker for the whole session."""
    passwords = _passwords(*SERVICES, "auditor")
    with tempfile.TemporaryDirectory(prefix="kameng-kafka-") as home, ExitStack() as stack:
        admin = stack.enter_context(sources.kafka_for_tests(Path(home)))
        asyncio.run(prepare_kafka(admin, passwords, PARTITIONS))
        yield LocalKafka(admin, passwords, count(1))


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """A server for the whole session."""
    passwords = _passwords(*SERVICES)
    with tempfile.TemporaryDirectory(prefix="kameng-postgres-") as home, ExitStack() as stack:
        admin = stack.enter_context(sources.postgres_for_tests(Path(home)))
        template = f"kameng_test_{secrets.token_hex(4)}"
        prepare_database(create_database(admin, template), passwords)
        server = LocalPostgres(admin, passwords, template, [])
        yield server
        if os.environ.get("KAMENG_POSTGRES"):  # a server of our own goes with its data
            server.drop_all()
