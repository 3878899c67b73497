"""The supervisor's side of the preloader: orders a process and learns how it ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from deploy.local.folder import CHECKOUT

FORK_S_MAX = 30.0
ANSWER_BYTES_MAX = 4096
POLL_S = 0.02
KILLED = -int(signal.SIGKILL)


class Line:
    """The socket to one preloader process, and all it has said."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours
        self._forked: list[int] = []
        self._codes: dict[int, int] = {}
        self.ready = False
        self.open = True

    def listen(self, wait_s: float = 0.0) -> None:
        """Take in what has been said; with `wait_s`, wait for a word at most so long."""
        while self.open:
            self._socket.settimeout(wait_s or 0.0)
            try:
                packet = self._socket.recv(ANSWER_BYTES_MAX)
            except (BlockingIOError, TimeoutError):
                return
            except OSError:
                packet = b""
            wait_s = 0.0
            if packet:
                self._take(json.loads(packet))
            else:
                self.close()

    def _take(self, words: Mapping[str, Any]) -> None:
        self.ready = self.ready or "ready" in words
        if "forked" in words:
            self._codes.pop(words["forked"], None)  # an earlier process of the same number
            self._forked.append(words["forked"])
        if "ended" in words:
            self._codes[words["ended"]] = words["code"]

    def close(self) -> None:
        """The preloader has ended, and everything it has forked with it."""
        self.ready = self.open = False
        self._socket.close()

    def code(self, pid: int) -> int | None:
        """How a forked process ended, if it has."""
        self.listen()
        return self._codes.get(pid, None if self.open else KILLED)

    def fork(self, order: Mapping[str, Any], output: int) -> int:
        """Order a process; its number. Raises OSError when there is none."""
        self._socket.settimeout(FORK_S_MAX)
        socket.send_fds(self._socket, [json.dumps(order).encode()], [output])
        deadline = time.monotonic() + FORK_S_MAX
        while self.open and not self._forked and time.monotonic() < deadline:
            self.listen(FORK_S_MAX)
        if not self._forked:
            self.close()
            raise OSError("the preloader does not answer")
        return self._forked.pop()


class Forked:
    """A process of the preloader's, with the part of Popen's manners that we use."""

    def __init__(self, line: Line, order: Mapping[str, Any]) -> None:
        self._line = line
        self.returncode: int | None = None
        reading, writing = os.pipe()
        self.stdout = os.fdopen(reading, "rb")
        try:
            self.pid = line.fork(order, writing)
        except OSError:
            self.stdout.close()
            raise
        finally:
            os.close(writing)

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = self._line.code(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("forked", timeout or 0.0)
            time.sleep(POLL_S)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still is itself."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Preloader:
    """Keeps the line to the preloader that runs now; where none does, nothing is forked."""

    name = "preloader"

    def __init__(self) -> None:
        self._line: Line | None = None

    def command(self) -> tuple[tuple[str, ...], int]:
        """Its command line, and the handle that it is to be given: a new line to it."""
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = Line(ours)
        handle = theirs.detach()
        return (sys.executable, "-u", "-m", "deploy.local.preloader", str(handle)), handle

    def close(self) -> None:
        """Hang up: the preloader ends, and everything that it has forked."""
        if self._line:
            self._line.close()

    async def ready(self) -> bool:
        """Whether it has imported everything."""
        if self._line:
            self._line.listen()
        return bool(self._line and self._line.ready)

    def fork(
        self, name: str, module: str, arguments: tuple[str, ...], env: Mapping[str, str]
    ) -> Forked | None:
        """`python -m MODULE …` in the checkout, or None where it must be started by itself."""
        if not self._line or not self._line.ready:
            return None
        order = {
            "name": name,
            "module": module,
            "arguments": arguments,
            "env": dict(env),
            "cwd": str(CHECKOUT),
        }
        try:
            return Forked(self._line, order)
        except OSError:
            return None


POSSIBLE = sys.platform == "linux"
"""Packets over local sockets, and children that end with their parent, are Linux's own."""
