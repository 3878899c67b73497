"""An event loop whose clock jumps to whatever comes next: hours pass in milliseconds."""

import asyncio
import contextvars
import selectors
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

T = TypeVar("T")

PROCESS: Final[contextvars.ContextVar["Tasks | None"]] = contextvars.ContextVar(
    "process", default=None
)
"""Whose task this is: what a simulated process starts dies with it."""


class NothingLeft(Exception):
    """Everybody waits for somebody: no timer is set, nothing can ever happen again."""


class _Jump(selectors.DefaultSelector):
    """Waits for nothing: lets the loop's clock go on by what it was asked to wait."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        """No file is ever ready."""
        if timeout is None:
            raise NothingLeft
        self.loop.now_s += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Deterministic as long as whatever runs on it is."""

    def __init__(self) -> None:
        selector = _Jump()
        selector.loop = self
        self.now_s = 0.0
        super().__init__(selector)
        self.set_task_factory(_remember)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.now_s


class Tasks:
    """All that one simulated process has under way."""

    def __init__(self) -> None:
        self.tasks: dict[asyncio.Task[Any], None] = {}

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Run it, and all that it starts, as this process."""
        context = contextvars.Context()
        context.run(PROCESS.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    def kill(self) -> None:
        """Nothing of it goes on."""
        for task in list(self.tasks):
            task.cancel()


def _remember(
    loop: asyncio.AbstractEventLoop,
    work: Any,
    context: contextvars.Context | None = None,
) -> "asyncio.Task[Any]":
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
    if context is None:  # one that is empty counts: it is false, and somebody's all the same
        context = contextvars.copy_context()
    tasks = context.get(PROCESS)
    if tasks:
        tasks.tasks[task] = None
        task.add_done_callback(lambda done: tasks.tasks.pop(done, None))
    return task


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run it to its end on a virtual loop of its own; whatever it left behind is cancelled."""
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _loop, _context: None)  # who ends the run says why
    try:
        return loop.run_until_complete(main)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
