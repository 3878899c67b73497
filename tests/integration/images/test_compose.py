"""The broker of deploy/compose.yaml without its container, and what `prepare` does to it."""

import asyncio
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from aiokafka import AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError

from deploy.images import passwords
from deploy.images.prepare import prepare
from deploy.local import ports
from deploy.local.endpoints import kafka_from
from deploy.local.folder import CHECKOUT, of_checkout
from deploy.local.kafka import installed
from deploy.local.kafka_wire import admin_of
from deploy.local.refusal import Refusal
from deploy.local.sources import postgres_for_tests
from shared.contracts.matrix import SERVICES

ADMIN_PASSWORD = "made-up"
READY_S_MAX = 90


def properties(home: Path, client: int, controller: int) -> str:
    """KAFKA_… of the compose file as the image turns them into server.properties, on our ports."""
    compose = yaml.safe_load((CHECKOUT / "deploy/compose.yaml").read_text("utf-8"))
    given = compose["services"]["kafka"]["environment"]
    lines = [
        f"{name.removeprefix('KAFKA_').lower().replace('___', '-').replace('_', '.')}={value}"
        for name, value in given.items()
        if name.startswith("KAFKA_")
    ]
    text = re.sub(r"\$\{PASSWORD_ADMIN[^}]*\}", ADMIN_PASSWORD, "\n".join(lines))
    for name, port in (("9092", client), ("9093", controller)):
        text = re.sub(rf"(?<=[/@])(kafka)?:{name}", f"127.0.0.1:{port}", text)
    return text.replace("/var/lib/kafka/data", str(home / "records"))


@contextmanager
def broker(home: Path) -> Iterator[int]:
    """A formatted broker with the settings of the compose file; its port."""
    java = installed(of_checkout().cache, print)
    client, controller = ports.free_port(), ports.free_port()
    file = home / "server.properties"
    file.write_text(properties(home, client, controller))
    cluster = ("format", "-t", "a2FtZW5nLWNvbXBvc2UtMQ", "-c", str(file))
    subprocess.run(java.command("kafka.tools.StorageTool", *cluster), check=True)
    with subprocess.Popen(java.command("kafka.Kafka", str(file))) as process:
        try:
            asyncio.run(until_ready(client))
            yield client
        finally:
            process.terminate()


def url_of(port: int) -> str:
    return f"kafka://admin:{ADMIN_PASSWORD}@127.0.0.1:{port}?mechanism=PLAIN"


async def until_ready(port: int) -> None:
    """Wait until the broker lets the admin in and knows its controller."""
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline:
        try:
            async with admin_of(kafka_from(url_of(port))) as admin:
                cluster = await admin.describe_cluster()
        except Refusal:
            cluster = {"controller_id": -1}
        if cluster["controller_id"] != -1:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"the broker is not ready after {READY_S_MAX} s")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a broker that `prepare` has prepared, twice, and the folder of the keys."""
    home = tmp_path_factory.mktemp("compose")
    with broker(home) as port, postgres_for_tests(home / "postgres") as postgres:
        given = {passwords.variable(name): f"pw-{name}" for name in ("auditor", *SERVICES)} | {
            "KAMENG_KAFKA": url_of(port),
            "KAMENG_POSTGRES": postgres.dsn,
            "KAMENG_KEYS": str(home / "keys"),
            "KAMENG_PARTITIONS": "2",
        }
        prepare(given)
        prepare(given)
        yield port, home / "keys"


async def send(port: int, user: str, topic: str) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=f"127.0.0.1:{port}", security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-256", sasl_plain_username=user,
        sasl_plain_password=f"pw-{user}", acks="all",
    )  # fmt: skip
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{}")
    finally:
        await producer.stop()


async def test_a_service_writes_its_own_log_and_no_other(prepared: tuple[int, Path]) -> None:
    port, _ = prepared
    await send(port, "orders", "orders.events")
    with pytest.raises(TopicAuthorizationFailedError):
        await send(port, "orders", "risk.events")


def test_each_service_has_a_folder_of_keys_that_others_cannot_read(
    prepared: tuple[int, Path],
) -> None:
    _, keys = prepared
    folders = [path for path in keys.iterdir() if path.is_dir()]
    assert {folder.name for folder in folders} == {*SERVICES, "twins"}
    assert all(folder.stat().st_mode & 0o077 == 0 for folder in folders)
