"""What can go wrong with real processes, done to a running system on purpose."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM, Signals
from typing import Any, Final

from deploy.local.refusal import Refusal

from .running import Running

BACK_S_MAX: Final = 60.0
POLL_S: Final = 0.1
WORK_S: Final = 1.5
"""How long each number of processes is left to work."""

Fault = Callable[[Running], Awaitable[None]]
"""Returns when the system serves again."""


def kill(name: str) -> Fault:
    """Kill -9 of one process; the supervisor starts it again."""

    async def done(running: Running) -> None:
        await _signal_and_wait(running, name, SIGKILL)

    return done


def restart(name: str) -> Fault:
    """Ask one process to stop, as an upgrade does; the supervisor starts it again."""

    async def done(running: Running) -> None:
        await _signal_and_wait(running, name, SIGTERM)

    return done


def zombie(unit: str) -> Fault:
    """Stop a worker until its shards have been taken over, then let it go on where it was."""

    async def done(running: Running) -> None:
        os.kill(_pid(running, f"{unit}-1"), SIGSTOP)
        try:
            await _ask(running, "scale", unit=unit, count=2)
            await asyncio.sleep(WORK_S)
        finally:
            os.kill(_pid(running, f"{unit}-1"), SIGCONT)
        await asyncio.sleep(WORK_S)
        await _ask(running, "scale", unit=unit, count=1)

    return done


def scale(unit: str, counts: tuple[int, ...]) -> Fault:
    """Bring a unit to these numbers of processes, one after the other."""

    async def done(running: Running) -> None:
        for count in counts:
            await _ask(running, "scale", unit=unit, count=count)
            await asyncio.sleep(WORK_S)

    return done


async def _signal_and_wait(running: Running, name: str, signal: Signals) -> None:
    before = _pid(running, name)
    os.kill(before, signal)
    deadline_s = time.monotonic() + BACK_S_MAX
    while True:  # bounded by: BACK_S_MAX
        now = _find(running, name)
        if now and now["serving"] and now["pid"] != before:
            return
        if time.monotonic() > deadline_s:
            raise Refusal(f"{name} has not come back in {BACK_S_MAX:.0f} s.")
        await asyncio.sleep(POLL_S)


def _pid(running: Running, name: str) -> int:
    found = _find(running, name)
    if not found or not found["pid"]:
        raise Refusal(f"There is no process {name} in this system.")
    return int(found["pid"])


def _find(running: Running, name: str) -> dict[str, Any] | None:
    described = running.description
    listed: list[dict[str, Any]] = described["servers"] + described["processes"]
    return next((each for each in listed if each["name"] == name), None)


async def _ask(running: Running, do: str, **request: object) -> None:
    await asyncio.to_thread(running.ask, do, **request)


WORKERS: Final = ("orders", "risk", "inventory", "payments", "delivery")
"""The units on an order's way, in its order."""


def every_fault() -> dict[str, Fault]:
    """By name: each worker killed, both servers, zombies, scaling, and a rolling restart."""
    victims = (*WORKERS, "gateway", "gateway-views", "catalog")
    return (
        {f"kill -9 {unit}": kill(f"{unit}-1") for unit in victims}
        | {"kill -9 kafka": kill("kafka"), "kill -9 postgres": kill("postgres")}
        | {f"zombie {unit}": zombie(unit) for unit in WORKERS}
        | {f"scale {unit} 1 3 1": scale(unit, (3, 1)) for unit in WORKERS}
        | {f"restart {unit}": restart(f"{unit}-1") for unit in victims}
    )
