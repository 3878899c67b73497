"""What a broker in a container is told: read as the image reads it, and run."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import containers, ports
from deploy.local.acls import AUDITOR
from deploy.local.children import ChildSpec
from deploy.local.endpoints import KafkaEndpoint
from deploy.local.folder import of_checkout
from deploy.local.kafka import installed
from deploy.local.kafka_settings import ADMIN
from deploy.local.kafka_setup import prepare_kafka
from deploy.local.kafka_wire import admin_of
from deploy.local.refusal import Refusal
from deploy.local.servers import running
from shared.contracts.matrix import MATRIX, SERVICES

pytestmark = pytest.mark.timeout(180)  # whole systems start here

PASSWORD = "word"
CONTROLLER = "127.0.0.1:9093"


class AsTheImageDoes:
    """The set-up program of the image, from the same jars, and the broker that it leads to."""

    name = "kafka"

    def __init__(self, home: Path) -> None:
        self._home, self._port, controller = home, ports.free_port(), ports.free_port()
        self._java = installed(of_checkout().cache, print)
        told = containers.kafka_environment(self._port, PASSWORD)
        moved = {name: text.replace(CONTROLLER, f"127.0.0.1:{controller}")
                 for name, text in told.items()}  # fmt: skip
        self._environment = {**os.environ, **moved, "KAFKA_LOG_DIRS": str(home / "records")}

    @property
    def endpoint(self) -> KafkaEndpoint:
        return KafkaEndpoint(f"127.0.0.1:{self._port}", ADMIN, PASSWORD, mechanism="PLAIN")

    def prepare(self) -> None:
        for name in ("defaults", "mounted", "final"):
            (self._home / name).mkdir()
        for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
            (self._home / "defaults" / name).write_text("\n")
        places = (("default", "defaults"), ("mounted", "mounted"), ("final", "final"))
        folders = [f"--{each}-configs-dir={self._home / folder}" for each, folder in places]
        command = self._java.command("kafka.docker.KafkaDockerWrapper", "setup", *folders)
        subprocess.run(command, env=self._environment, check=True, capture_output=True)

    def child(self, *flags: str) -> ChildSpec:
        properties = str(self._home / "final" / "server.properties")
        return ChildSpec(
            name=self.name,
            argv=self._java.command("kafka.Kafka", properties, flags=flags),
            output=self._home / "kafka.log",
            log=self._home / "kafka.log",
        )

    async def ready(self) -> bool:
        try:
            async with admin_of(self.endpoint):
                return True
        except Refusal:
            return False


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[AsTheImageDoes]:
    server = AsTheImageDoes(tmp_path)
    with running(server):
        yield server


def test_the_image_runs_the_same_broker_as_a_process_of_our_own(broker: AsTheImageDoes) -> None:
    passwords = dict.fromkeys((AUDITOR, *SERVICES), "secret")
    asyncio.run(prepare_kafka(broker.endpoint, passwords, 2))
    assert asyncio.run(topics_of(broker.endpoint.as_user(AUDITOR, "secret"))) == {
        rule.topic for rule in MATRIX
    }
    with pytest.raises(Refusal, match="does not let orders in"):
        asyncio.run(topics_of(broker.endpoint.as_user("orders", "wrong")))


async def topics_of(endpoint: KafkaEndpoint) -> set[str]:
    async with admin_of(endpoint) as admin:
        return set(await admin.list_topics()) - {"__consumer_offsets"}
