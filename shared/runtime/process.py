"""A process: reads its environment, runs its roles, answers for its health, stops when told."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import structlog
import uvloop

from . import instruments
from .environment import BadEnvironment, Environment
from .health import Server, door, server
from .logging import configure
from .outside import both_answer

STOP_S_MAX: Final = 5.0
"""The whole system stops within ten seconds: six are the services', five a process's own."""
WARM_S: Final = 5.0
"""After this long what is resident stays: frozen out of the collector's sight."""
EXIT_BAD_ENVIRONMENT: Final = 78

log = structlog.get_logger()


@dataclass
class Runtime:
    """What a role has at hand."""

    environment: Environment
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    health: dict[str, Callable[[], tuple[bool, str]]] = field(default_factory=dict)
    """By role; a role that has not registered yet is starting."""

    def is_ready(self, role: str) -> bool:
        """Whether this role says so."""
        return role in self.health and self.health[role]()[0]

    def state(self, roles: Sequence[str]) -> tuple[bool, str]:
        """All roles ready, or the first that is not, in words."""
        for role in roles:
            ready, words = self.health[role]() if role in self.health else (False, "starting")
            if not ready:
                return False, f"{role}: {words}"
        return True, "ready"


Role = Callable[[Runtime], Coroutine[Any, Any, None]]
"""Runs until ``runtime.stopping`` is set; registers its health when it can be asked."""


def main(service: str, roles: Mapping[str, Role]) -> None:
    """`python -m services.<name>.app worker`, or several roles at once: `api+views`."""
    wanted = sys.argv[1].split("+") if len(sys.argv) > 1 else []
    unknown = [name for name in wanted if name not in roles]
    if not wanted or unknown:
        sys.exit(f"{service}: say which roles to run, of: {', '.join(roles)} (joined by +)")
    try:
        environment = Environment.read()
    except BadEnvironment as bad:
        sys.stderr.write(f"{service}: {bad}\n")
        sys.exit(EXIT_BAD_ENVIRONMENT)
    configure(environment.process)
    uvloop.run(_serve(Runtime(environment), {name: roles[name] for name in wanted}))


async def _serve(runtime: Runtime, roles: Mapping[str, Role]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, runtime.stopping.set)
    environment = runtime.environment
    health = server(
        door(lambda: runtime.state(list(roles))), environment.host, environment.metrics_port
    )
    for name in roles:
        instruments.READY.labels(name).set_function(partial(runtime.is_ready, name))
    tasks = {asyncio.create_task(_begin(role, runtime)): name for name, role in roles.items()}
    answering = asyncio.create_task(health.serve())
    warm = asyncio.create_task(_freeze())
    stopped = asyncio.create_task(runtime.stopping.wait())
    await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
    runtime.stopping.set()
    warm.cancel()
    late = (await asyncio.wait(tasks, timeout=STOP_S_MAX))[1]
    for task in late:
        log.error("did not stop in time", role=tasks[task], seconds=STOP_S_MAX)
        task.cancel()
    await _close(health, answering)
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error


async def _begin(role: Role, runtime: Runtime) -> None:
    environment = runtime.environment
    if await both_answer(environment.client(), environment.dsn, runtime.stopping):
        await role(runtime)


async def _close(health: Server, answering: asyncio.Task[None]) -> None:
    health.should_exit = True
    await asyncio.wait({answering}, timeout=1)


async def _freeze() -> None:
    """The collector stops walking over what lives as long as the process (a quarter of its CPU)."""
    await asyncio.sleep(WARM_S)
    spare_the_resident()


def spare_the_resident() -> None:
    """What lives by now is taken to live as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
