"""What a door costs that does nothing: plain FastAPI that validates the same body and says 202."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Final

import httpx
import psutil
import uvicorn
from fastapi import FastAPI

from deploy.load.door import ACCEPTED, Connection, Reseller
from deploy.load.measuring import US, cpu_s, percentile
from deploy.local.ports import HOST, free_port
from deploy.local.refusal import Refusal
from services.gateway.api.shapes import NewOrder

CONNECTIONS: Final = 64
START_S_MAX: Final = 20.0
POLL_S: Final = 0.1
STOP_S_MAX: Final = 5.0
MS: Final = 1_000
MODULE: Final = "tests.benchmarks.validating"

app = FastAPI()


@app.post("/v1/orders", status_code=202)
async def place(order: NewOrder) -> dict[str, int]:
    """Nothing but a valid body is needed."""
    return {"lines": len(order.lines)}


@dataclass(frozen=True)
class Validated:
    """One run."""

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float

    def __str__(self) -> str:
        return (
            f"{self.per_s:,.0f} answers/s, p50 {self.p50_ms:,.1f} p99 {self.p99_ms:,.1f} ms, "
            f"{self.cpu_us:,.0f} µs of CPU each, {CONNECTIONS} connections held"
        )


async def validating(s_max: float) -> Validated:
    """Ask it with the client that asks our door: the same bytes, as fast as it answers."""
    with _served() as (url, process):
        await _up(url)
        began_s, until_s = cpu_s(process), time.monotonic() + s_max
        waits = await asyncio.gather(*(_ask(url, n, until_s) for n in range(CONNECTIONS)))
        used_s = cpu_s(process) - began_s
    all_s = [wait_s for of_one in waits for wait_s in of_one]
    p50, p99 = (percentile(all_s, part) * MS for part in (50, 99))
    return Validated(len(all_s) / s_max, p50, p99, used_s * US / max(1, len(all_s)))


async def _ask(url: str, number: int, until_s: float) -> list[float]:
    waits_s: list[float] = []
    async with Connection(url, Reseller("", f"plain-{number}", "secret")) as connection:
        for at in count():  # bounded by: until_s
            if time.monotonic() > until_s:
                break
            asked_s = time.monotonic()
            answer = await connection.order(f"{number}-{at}", "sku")
            if answer.status != ACCEPTED:
                raise Refusal(f"Plain FastAPI says {answer.status} to what our door takes.")
            waits_s.append(time.monotonic() - asked_s)
    return waits_s


@contextmanager
def _served() -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    process = psutil.Popen([sys.executable, "-m", MODULE, str(port)])
    try:
        yield f"http://{HOST}:{port}", process
    finally:
        process.terminate()
        process.wait(STOP_S_MAX)


async def _up(url: str) -> None:
    until_s = time.monotonic() + START_S_MAX
    async with httpx.AsyncClient() as client:
        while time.monotonic() < until_s:
            try:
                await client.get(url)
                return
            except httpx.TransportError:
                await asyncio.sleep(POLL_S)


if __name__ == "__main__":
    uvicorn.run(app, host=HOST, port=int(sys.argv[1]), log_level="error", access_log=False)
