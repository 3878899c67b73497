"""The door as a process of its own: started, asked over HTTP, stopped."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest

from services.delivery.projections import project
from shared.contracts.envelope import Coordinates, Envelope
from shared.runtime.clock import SystemClock
from shared.runtime.migrations import migrate, read_folder
from shared.shards.views import Landed
from shared.testing.local import LocalKafka, LocalPostgres
from tests.unit.delivery import door as gateway
from tests.unit.delivery import examples as say

START_S_MAX = 60
STOP_S_MAX = 30
PAUSE_S = 0.1
SHOWN = ("card-0", "card-1")


class Running(NamedTuple):
    process: subprocess.Popen[bytes]
    url: str
    output: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def key_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    private = gateway.PRIVATE.private_bytes_raw()
    for name, key in (("delivery", private), ("delivery_door", gateway.SECRET)):
        path = folder / name
        path.write_text(key.hex())
        path.chmod(0o600)
    return folder


@pytest.fixture
async def dsn(postgres: LocalPostgres) -> str:
    """A database in which a line is delivered and revealed."""
    found = postgres.fresh_database().dsn("delivery")
    migrate(found, read_folder(Path("services/delivery/migrations")))
    await reveal_in(found)
    return found


@pytest.fixture
def running(dsn: str, kafka: LocalKafka, tmp_path: Path) -> Iterator[Running]:
    """The api role on that database; it starts once the broker answers too."""
    port, user = free_port(), kafka.as_user("delivery")
    told = {
        "KAMENG_PROCESS": "delivery-api-1", "KAMENG_DSN": dsn, "KAMENG_BOOTSTRAP": user.bootstrap,
        "KAMENG_KAFKA_USER": user.user, "KAMENG_KAFKA_PASSWORD": user.password,
        "KAMENG_KEYS": str(key_folder(tmp_path / "keys")), "KAMENG_HTTP_PORT": str(port),
        "KAMENG_METRICS_PORT": str(free_port()), "KAMENG_DELIVERY_ANSWER_MS_MAX": "200",
    }  # fmt: skip
    output = tmp_path / "output"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.delivery.app", "api"],
            env={**os.environ, **told}, stdout=log, stderr=log,
        )  # fmt: skip
        yield Running(process, f"http://127.0.0.1:{port}", output)
        process.kill()
        process.wait(STOP_S_MAX)


async def reveal_in(dsn: str) -> None:
    facts = [*gateway.sealed_line(), say.revealed(1, card_ids=SHOWN)]
    unread, nowhere = Envelope("", "", "1", "", "", None), Coordinates("delivery.events", 0, 0)
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await project(connection, [Landed(fact, unread, nowhere) for fact in facts])


async def ask(running: Running, **changes: Any) -> httpx.Response:
    """As soon as the door listens."""
    now_ms = SystemClock().now_ms()
    async with httpx.AsyncClient(base_url=running.url) as client:
        for _ in range(round(START_S_MAX / PAUSE_S)):
            try:
                return await gateway.post(client, now_ms, **changes)
            except httpx.ConnectError:
                assert running.process.poll() is None, running.output.read_text()
                await asyncio.sleep(PAUSE_S)
    raise AssertionError(running.output.read_text())


async def test_the_door_opens_a_revealed_line_over_http_and_says_no_code_anywhere_else(
    running: Running,
) -> None:
    answer = await ask(running)
    assert [card["code"] for card in answer.json()["cards"]] == list(gateway.CODES)
    assert (await ask(running, request_id="unheard-of")).status_code == 503
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(STOP_S_MAX) == 0
    assert not [code for code in gateway.CODES if code in running.output.read_text()]
