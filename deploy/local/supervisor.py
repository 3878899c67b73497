"""Keeps a set of processes running: starts them in order, scales them, stops them in reverse."""

import asyncio
import signal
from collections.abc import Callable, Iterable

from deploy.local.children import Child
from deploy.local.console import Console
from deploy.local.refusal import Refusal
from deploy.local.supervised import Recipe, Supervised


class Supervisor:
    """The processes of one local system, in the order in which they were started.

    `changed` is called after every start, readiness and end of a process.
    """

    def __init__(self, console: Console, changed: Callable[[], None]) -> None:
        self._console, self._changed = console, changed
        self._groups: list[dict[str, Supervised]] = []

    @property
    def processes(self) -> list[Supervised]:
        return [each for group in self._groups for each in group.values()]

    @property
    def children(self) -> list[Child]:
        """Everything that has been started and not been replaced."""
        return [each.child for each in self.processes if each.child]

    def find(self, name: str) -> Supervised | None:
        """The process of that name, if it is one of ours."""
        return next((each for each in self.processes if each.name == name), None)

    async def start(self, recipes: Iterable[Recipe], *, beside: bool) -> None:
        """Start these together and wait until each serves.

        They are stopped before what was started earlier, or, `beside`, together with the last of
        it. Raises Refusal with the end of its log when one does not stay up.
        """
        new = [Supervised(recipe, self._console, self._changed) for recipe in recipes]
        if not beside or not self._groups:
            self._groups.append({})
        self._groups[-1] |= {each.name: each for each in new}
        for each in new:
            each.start()
        await asyncio.gather(*(each.settled() for each in new))
        for each in new:
            if each.failed:
                raise Refusal(each.failed)

    async def remove(self, name: str) -> None:
        """Stop one for good."""
        for group in self._groups:
            if name in group:
                await group[name].stop()
                group.pop(name, None)
        self._changed()

    async def stop(self) -> None:
        """Stop all: what was started last first, those of one group together."""
        while self._groups:
            await asyncio.gather(*(each.stop() for each in self._groups[-1].values()))
            self._groups.pop()
        self._changed()

    def kill(self) -> None:
        """End everything at once."""
        for each in reversed(self.processes):
            each.kill()


def on_stop_signals(act: Callable[[], None]) -> None:
    """Call `act` on Ctrl-C, on SIGTERM and when the terminal goes away."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, act)
