"""Two processes of the door and one of its read models, on the real broker and database.

What other services would say is written onto their logs by hand, so that a test decides when.
"""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from deploy.local.migrate import migrate_service
from deploy.local.ports import free_port
from services.gateway.door.access import api_key_purpose
from shared.contracts.gateway import ApiKeyIssued
from shared.contracts.message import Message
from shared.security.box import Box
from shared.security.signatures import sign
from shared.shards.partitions import partition_of
from shared.testing.local import LocalKafka, LocalPostgres
from shared.testing.sender import Sender

PARTITIONS = 12
READY_S_MAX = 90.0
STOP_S_MAX = 30.0
POLL_S = 0.05
OWN = bytes(range(32))
SYMMETRIC = ("sign_in", "body", "sms", "fingerprint", "delivery_door", "contact", "verification")


@dataclass(frozen=True)
class Reseller:
    """An account with a key that signs."""

    account_id: str
    key: str
    secret: str

    def headers(self, method: str, path: str, body: bytes = b"", **more: str) -> dict[str, str]:
        """A signed request's headers, with a nonce of its own."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(12)
        return {
            "Content-Type": "application/json",
            "X-Kameng-Key": self.key,
            "X-Kameng-Timestamp": timestamp,
            "X-Kameng-Nonce": nonce,
            "X-Kameng-Signature": sign(self.secret, timestamp, nonce, method, path, body),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }


@dataclass
class Doors:
    """Two doors, and everything around them."""

    urls: tuple[str, str]
    dsn: str
    kafka: LocalKafka
    keys: Path
    senders: dict[str, Sender]

    async def say(self, *facts: Message) -> None:
        """Put facts onto their owners' logs, as those would."""
        async with AIOKafkaProducer(**self.kafka.admin.client()) as producer:
            for fact in facts:
                shard = partition_of(fact.partition_key, PARTITIONS)
                sender = self._sender(f"/kameng/{fact.owner}/{shard}")
                sealed = sender.seal(f"{fact.owner}.events", shard, fact)
                await producer.send_and_wait(
                    sealed.topic,
                    sealed.value,
                    key=sealed.key,
                    partition=shard,
                    headers=sealed.headers(sender.source),
                )

    def _sender(self, source: str) -> Sender:
        """Numbered from the clock on: later than whatever another test has written there."""
        if source not in self.senders:
            made = Sender(source)
            made.position = time.time_ns() // 1_000_000
            self.senders[source] = made
        return self.senders[source]

    async def reseller(self) -> Reseller:
        """A new one, known to both doors."""
        name = secrets.token_hex(6)
        made = Reseller(f"acc-{name}", f"key-{name}", secrets.token_hex(16))
        sealed = Box(OWN).seal(made.secret, api_key_purpose(made.key))
        issued = ApiKeyIssued(
            key_id=made.key,
            account_id=made.account_id,
            label="test",
            sealed_secret=sealed,
            by="test",
        )
        await self.say(issued)
        async with httpx.AsyncClient() as client:
            for url in self.urls:
                await _until_known(client, url, made)
        return made


async def _until_known(client: httpx.AsyncClient, url: str, reseller: Reseller) -> None:
    end_s = time.monotonic() + READY_S_MAX
    while True:  # bounded by: READY_S_MAX
        found = await client.get(f"{url}/v1/wallet", headers=reseller.headers("GET", "/v1/wallet"))
        if found.status_code == 200:
            return
        assert time.monotonic() < end_s, found.text
        await asyncio.sleep(POLL_S)


def _keys(folder: Path) -> Path:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    made = {name: secrets.token_bytes(32) for name in SYMMETRIC}
    for name, key in {**made, "own": OWN, "delivery.pub": public}.items():
        path = folder / name
        path.write_text(key.hex())
        path.chmod(0o600)
    return folder


@contextmanager
def _process(role: str, environment: dict[str, str]) -> Iterator[str]:
    """A process of the gateway in this role; its address."""
    http, metrics = free_port(), free_port()
    settings = {
        "KAMENG_PROCESS": f"gateway-{role}-{http}",
        "KAMENG_HTTP_PORT": str(http),
        "KAMENG_METRICS_PORT": str(metrics),
    }
    argv = [sys.executable, "-m", "services.gateway.app", role]
    process = subprocess.Popen(argv, env={**os.environ, **environment, **settings})
    try:
        _until_ready(process, role, f"http://127.0.0.1:{metrics}/readyz")
        yield f"http://127.0.0.1:{http}"
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(STOP_S_MAX)
    assert status == 0


def _until_ready(process: subprocess.Popen[bytes], role: str, url: str) -> None:
    end_s = time.monotonic() + READY_S_MAX
    while True:  # bounded by: READY_S_MAX
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            assert process.poll() is None, f"{role} has ended"
        assert time.monotonic() < end_s, f"{role} is not ready"
        time.sleep(POLL_S)


@pytest.fixture(scope="session")
def doors(
    kafka: LocalKafka, postgres: LocalPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doors]:
    """Started once: they keep nothing that another test could meet."""
    dsn = postgres.fresh_database().dsn("gateway")
    migrate_service("gateway", dsn)
    keys = _keys(tmp_path_factory.mktemp("keys"))
    client = kafka.as_user("gateway")
    environment = {
        "KAMENG_BOOTSTRAP": client.bootstrap,
        "KAMENG_KAFKA_USER": client.user,
        "KAMENG_KAFKA_PASSWORD": client.password,
        "KAMENG_DSN": dsn,
        "KAMENG_KEYS": str(keys),
        "KAMENG_PARTITIONS": str(PARTITIONS),
        "KAMENG_DELIVERY_URL": "http://127.0.0.1:9",
        "KAMENG_GATEWAY_ORDER_AGE_MS_MAX": "60000",
    }
    with ExitStack() as stack:
        _, one, other = (
            stack.enter_context(_process(role, environment)) for role in ("views", "api", "api")
        )
        yield Doors((one, other), dsn, kafka, keys, {})
