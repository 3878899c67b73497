"""The broker and the database of a test session in containers, where a Docker engine answers."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg

from deploy.local import ports
from deploy.local.endpoints import KafkaEndpoint, PostgresEndpoint
from deploy.local.kafka_settings import ADMIN, MECHANISM, PLAIN, SETTINGS, jaas
from deploy.local.kafka_wire import admin_of
from deploy.local.refusal import Refusal

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

KAFKA_IMAGE = "apache/kafka:4.4.0"
POSTGRES_IMAGE = "postgres:18"
POSTGRES_PORT = 5432
CLUSTER_ID = "a2FtZW5nLXRlc3RzLTEyMw"
DEFAULT_HOST = "unix:///var/run/docker.sock"
DEFAULT_TCP_PORT = 2375
PING_S_MAX = 2
READY_S_MAX = 60.0
POLL_S = 0.2
PASSWORD_BYTES = 12


def engine_answers() -> bool:
    """Whether there is a Docker engine to ask."""
    import docker
    from testcontainers.core.docker_client import get_docker_host

    host = get_docker_host() or DEFAULT_HOST
    if not _listens(host):  # asked first by ourselves: the client leaves its socket open then
        return False
    try:
        client = docker.DockerClient(base_url=host, timeout=PING_S_MAX)
        try:
            return bool(client.ping())
        finally:
            client.close()
    except (docker.errors.DockerException, OSError):
        return False


def _listens(host: str) -> bool:
    """Whether somebody takes connections at a `unix://` or `tcp://` address."""
    where = urlsplit(host)
    try:
        if where.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(PING_S_MAX)
                probe.connect(where.path)
        else:
            address = (where.hostname or "", where.port or DEFAULT_TCP_PORT)
            socket.create_connection(address, PING_S_MAX).close()
    except OSError:
        return False
    return True


def start_kafka(stack: ExitStack) -> KafkaEndpoint | None:
    """A broker that ends with `stack`, or None where its container does not come up."""
    from testcontainers.core.container import DockerContainer

    port, password = ports.free_port(), secrets.token_urlsafe(PASSWORD_BYTES)
    container = DockerContainer(KAFKA_IMAGE, env=kafka_environment(port, password))
    endpoint = KafkaEndpoint(f"{ports.HOST}:{port}", ADMIN, password, mechanism="PLAIN")

    async def ready() -> bool:
        try:
            async with admin_of(endpoint):
                return True
        except Refusal:
            return False

    return endpoint if _start(stack, container.with_bind_ports(port, port), ready) else None


def start_postgres(stack: ExitStack) -> PostgresEndpoint | None:
    """A database server that ends with `stack`, or None where its container does not come up."""
    from testcontainers.core.container import DockerContainer

    port, password = ports.free_port(), secrets.token_urlsafe(PASSWORD_BYTES)
    container = DockerContainer(POSTGRES_IMAGE, env={"POSTGRES_PASSWORD": password})
    endpoint = PostgresEndpoint(f"postgresql://postgres:{password}@{ports.HOST}:{port}/postgres")

    async def ready() -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(endpoint.dsn)
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    bound = container.with_bind_ports(POSTGRES_PORT, port)
    return endpoint if _start(stack, bound, ready) else None


def kafka_environment(port: int, password: str) -> dict[str, str]:
    """The settings of our own broker, as the environment that the image makes its file from.

    The admin signs in by PLAIN, because the image makes no SCRAM users when it formats; all
    others are made afterwards, by SCRAM as everywhere.
    """
    placed = {
        "listeners": f"CLIENT://0.0.0.0:{port},CONTROLLER://127.0.0.1:9093",
        "advertised.listeners": f"CLIENT://{ports.HOST}:{port}",
        "controller.quorum.voters": "1@127.0.0.1:9093",
        "sasl.enabled.mechanisms": f"{MECHANISM},PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        f"listener.name.client.{MECHANISM.lower()}.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "listener.name.client.plain.sasl.jaas.config": jaas(PLAIN, password),
        "listener.name.controller.plain.sasl.jaas.config": jaas(PLAIN, password),
    }
    return {"CLUSTER_ID": CLUSTER_ID, **_as_environment(SETTINGS | placed)}


def _as_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """As the image reads it: a dot is an underscore, an underscore two, a hyphen three."""
    spelled = {".": "_", "_": "__", "-": "___"}
    names = {
        name: "KAFKA_" + "".join(spelled.get(letter, letter) for letter in name).upper()
        for name in settings
    }
    return {names[name]: value for name, value in settings.items()}


def _start(
    stack: ExitStack, container: DockerContainer, ready: Callable[[], Awaitable[bool]]
) -> bool:
    from docker.errors import DockerException

    with ExitStack() as started:
        try:
            started.enter_context(container)
            if asyncio.run(_until(ready)):
                stack.push(started.pop_all())
                return True
        except (DockerException, OSError) as error:
            print(f"{container.image}: {error}")
    print(f"{container.image} does not come up in a container: a local process does it instead")
    return False


async def _until(ready: Callable[[], Awaitable[bool]]) -> bool:
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline:
        if await ready():
            return True
        await asyncio.sleep(POLL_S)
    return False
