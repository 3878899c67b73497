"""What can go wrong with real processes, done to a running system on purpose."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from signal import SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM, Signals
from typing import Any, Final

from deploy.local.refusal import Refusal

from .running import Running

BACK_S_MAX: Final = 60.0
POLL_S: Final = 0.1
WORK_S: Final = 1.5
"""How long each number of processes is left to work."""
KILL_EVERY_S: Final = 2.0

SERVERS: Final = ("kafka", "postgres")


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong; and the unit whose shards somebody has to take over then."""

    do: Callable[[Running], Awaitable[float | None]]
    """Returns when the system serves again: the Unix second at which it struck, if it did so once.
    """
    unit: str = ""


def kill(name: str) -> Fault:
    """Kill -9 of one process; the supervisor starts it again."""
    return Fault(lambda running: _signal_and_wait(running, name, SIGKILL), unit_of(name))


def restart(name: str) -> Fault:
    """Ask one process to stop, as an upgrade does; the supervisor starts it again."""
    word = SIGINT if name == "postgres" else SIGTERM
    return Fault(lambda running: _signal_and_wait(running, name, word), unit_of(name))


def zombie(unit: str) -> Fault:
    """Stop a worker until its shards have been taken over, then let it go on where it was."""

    async def done(running: Running) -> float:
        struck_s = time.time()
        os.kill(pid_of(running, f"{unit}-1"), SIGSTOP)
        try:
            await ask_scale(running, unit, 2)
            await asyncio.sleep(WORK_S)
        finally:
            os.kill(pid_of(running, f"{unit}-1"), SIGCONT)
        await asyncio.sleep(WORK_S)
        await ask_scale(running, unit, 1)
        return struck_s

    return Fault(done, unit)


def scale(unit: str, counts: tuple[int, ...]) -> Fault:
    """Bring a unit to these numbers of processes, one after the other."""

    async def done(running: Running) -> None:
        for count in counts:
            await ask_scale(running, unit, count)
            await asyncio.sleep(WORK_S)

    return Fault(done, unit)


def storm(seed: int, over_s: float) -> Fault:
    """Kill -9 of some process, a server perhaps, again and again; the seed says which."""

    async def done(running: Running) -> None:
        dice, until_s = random.Random(seed), time.monotonic() + over_s
        while time.monotonic() < until_s:
            everything = sorted(each["name"] for each in _all(running))
            name = dice.choice([each for each in everything if not _a_twin(each)])
            victim = _find(running, name)
            if victim and victim["pid"] and victim["serving"]:
                os.kill(victim["pid"], SIGKILL)
            await asyncio.sleep(KILL_EVERY_S)
        await all_serving(running)

    return Fault(done)


async def all_serving(running: Running) -> None:
    """Wait until every process serves."""
    await _until(lambda: all(each["serving"] for each in _all(running)), "everything")


def _a_twin(name: str) -> bool:
    """The parties outside are not ours to kill, nor is what processes are forked from here."""
    return name.startswith(("twin", "preloader"))


def everything_at_once() -> Fault:
    """Kill -9 of every process of every service in the same moment."""

    async def done(running: Running) -> float:
        before = {each["name"]: each["pid"] for each in running.description["processes"]}
        struck_s = time.time()
        for pid in before.values():
            os.kill(pid, SIGKILL)

        def anew() -> bool:
            now = {each["name"]: each for each in running.description["processes"]}
            return all(
                now[name]["serving"] and now[name]["pid"] != pid for name, pid in before.items()
            )

        await _until(anew, "everything")
        return struck_s

    return Fault(done, "delivery")


async def _signal_and_wait(running: Running, name: str, signal: Signals) -> float:
    before, struck_s = pid_of(running, name), time.time()
    os.kill(before, signal)

    def back() -> bool:
        now = _find(running, name)
        return bool(now and now["serving"] and now["pid"] != before)

    await _until(back, name)
    return struck_s


async def _until(holds: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + BACK_S_MAX
    while not holds():
        if time.monotonic() > deadline_s:
            raise Refusal(f"{what} has not come back in {BACK_S_MAX:.0f} s.")
        await asyncio.sleep(POLL_S)


def unit_of(name: str) -> str:
    """`orders-1` → `orders`; of a server: the last service on an order's way."""
    return "delivery" if name in SERVERS else name.rpartition("-")[0]


def pid_of(running: Running, name: str) -> int:
    """Of the process that has this name now; raises Refusal where none has."""
    found = _find(running, name)
    if not found or not found["pid"]:
        raise Refusal(f"There is no process {name} in this system.")
    return int(found["pid"])


def _find(running: Running, name: str) -> dict[str, Any] | None:
    return next((each for each in _all(running) if each["name"] == name), None)


def _all(running: Running) -> list[dict[str, Any]]:
    described = running.description
    listed: list[dict[str, Any]] = described["servers"] + described["processes"]
    return listed


async def ask_scale(running: Running, unit: str, count: int, *, detour: bool = False) -> None:
    """Bring a unit to so many processes; with ``detour`` new ones reach Kafka by the detour."""
    await asyncio.to_thread(running.ask, "scale", unit=unit, count=count, detour=detour)


WORKERS: Final = ("orders", "risk", "inventory", "payments", "delivery")
"""The units on an order's way, in its order."""
