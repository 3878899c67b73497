"""A tiny system in a process of its own, as a person would run it, seen from outside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.control import ask
from deploy.local.folder import CHECKOUT, LocalFolder

T = TypeVar("T")
NUMBERS = count()
READY_S_MAX = 90.0
POLL_S = 0.05


def until(what: Callable[[], T], s_max: float = READY_S_MAX) -> T:
    """Ask again until the answer is true."""
    deadline = time.monotonic() + s_max
    while not (answer := what()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(POLL_S)
    return answer


class Running:
    """The supervisor's process and what it says of itself."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.folder = LocalFolder(root)
        self._output = root.with_name(f"output-{next(NUMBERS)}")
        command = [sys.executable, "-m", "tests.integration.local_system.tiny_system", str(root)]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    def wait_ready(self) -> "Running":
        until(lambda: "ready after" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said
        return self

    def wait_refused(self) -> str:
        """The sentence with which it did not start."""
        assert self.process.wait(READY_S_MAX) == 1, self.said
        return self.said.rpartition("kameng: ")[2]

    @property
    def description(self) -> dict[str, Any]:
        described: dict[str, Any] = json.loads(self.folder.run_file.read_text())
        return described

    def find(self, name: str) -> dict[str, Any]:
        everything = self.description["processes"] + self.description["servers"]
        return next((each for each in everything if each["name"] == name), {"serving": False})

    def pids(self) -> list[int]:
        everything = self.description["processes"] + self.description["servers"]
        return [each["pid"] for each in everything]

    def ask(self, **request: Any) -> Any:
        control = self.description["control"]
        return ask(control["port"], control["token"], **request)

    def kill_and_wait_for_another(self, name: str) -> None:
        """Kill -9 a process and wait until its successor serves."""
        old = self.find(name)["pid"]
        os.kill(old, signal.SIGKILL)
        until(lambda: self.find(name)["pid"] != old and self.find(name)["serving"])

    def stop(self) -> float:
        """Ctrl-C; the seconds it took."""
        began_s = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(READY_S_MAX) == 0, self.said
        return time.monotonic() - began_s

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    async def append(self, topic: str, value: bytes) -> None:
        """One acknowledged record, written by the topic's own service."""
        user = topic.partition(".")[0]
        secrets = json.loads(self.folder.secrets_file.read_text())
        producer = AIOKafkaProducer(**self._client(user, secrets["kafka"][user]))
        await producer.start()
        await producer.send_and_wait(topic, value, partition=0)
        await producer.stop()

    async def last(self, topic: str) -> bytes | None:
        """The newest record, read by the auditor."""
        kafka = self.description["kafka"]
        consumer = AIOKafkaConsumer(**self._client(kafka["username"], kafka["password"]))
        await consumer.start()
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        consumer.seek(place, (await consumer.end_offsets([place]))[place] - 1)
        value: bytes | None = (await consumer.getone()).value
        await consumer.stop()
        return value

    def _client(self, user: str, password: str) -> dict[str, Any]:
        kafka = self.description["kafka"]
        return {
            "bootstrap_servers": kafka["bootstrap"],
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": kafka["mechanism"],
            "sasl_plain_username": user,
            "sasl_plain_password": password,
        }
