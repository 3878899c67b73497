"""The database cannot write: every file that it opens is as large as it may be.

Without root no file system can be filled for one process alone. What can be lowered is how large
its files may be (RLIMIT_FSIZE): a write then fails with EFBIG where a full disk fails with ENOSPC,
in the same system calls, and the server takes the same ways out: an error where a table was to
grow, a crash and a recovery where its write-ahead log was.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final

import psutil

from deploy.local.refusal import Refusal

from .faults import Fault, all_serving, pid_of
from .running import Running

LIMIT_EVERY_S: Final = 0.05
"""New processes of the server are found after so long."""


def full_disk(bytes_max: int, over_s: float) -> Fault:
    """No file of the database can be written beyond ``bytes_max`` for so long."""

    async def done(running: Running) -> float:
        struck_s = time.time()
        until_s = time.monotonic() + over_s
        try:
            while time.monotonic() < until_s:
                _limit(running, bytes_max)
                await asyncio.sleep(LIMIT_EVERY_S)
        finally:
            _limit(running, psutil.RLIM_INFINITY)
        await all_serving(running)
        return struck_s

    return Fault(done, "delivery")


def _limit(running: Running, bytes_max: int) -> None:
    """Of the server, and of all its processes; those it starts later inherit it."""
    with suppress(psutil.NoSuchProcess, Refusal):  # between two servers there is nobody to limit
        server = psutil.Process(pid_of(running, "postgres"))
        limit(server, bytes_max)
        for process in server.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                limit(process, bytes_max)


def limit(process: psutil.Process, bytes_max: int) -> None:
    """How far into a file this process may write from now on."""
    _, most = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (bytes_max, most))
