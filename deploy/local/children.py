"""Child processes that end with us, and whose data folders are never opened twice."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.preloading import Forked, Preloader
from deploy.local.refusal import Refusal

TETHER = Path(__file__).with_name("tether.py")
LOCK_WAIT_S_MAX = 15.0
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How to start and stop one child.

    `lock` is held by the child itself, not by us: the lock lives as long as the process does.
    `output` takes what it prints; without one it is piped to whoever started it. `log` is where a
    person should look when it does not start.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    lock: Path | None = None
    output: Path | None = None
    log: Path | None = None
    wrap: tuple[str, ...] = ()
    handles: tuple[int, ...] = ()
    """Open files that are given to the child and are no longer ours then."""
    preloader: Preloader | None = None
    """Forks the process where it can; `argv` is then `python -m MODULE ARGUMENT…`."""


class Child:
    """A started process."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.started_s = time.monotonic()
        self.process: subprocess.Popen[bytes] | Forked = _fork(spec) or _start(spec)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def send(self, signal_number: signal.Signals) -> None:
        """Send a signal; a process that has ended takes it silently."""
        if self.running:
            self.process.send_signal(signal_number)

    def stop(self, grace_s: float) -> None:
        """Ask it to stop, wait, then kill it."""
        self.send(self.spec.stop_signal)
        try:
            self.process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and everything it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def _fork(spec: ChildSpec) -> Forked | None:
    if spec.preloader is None:
        return None
    _python, _m, module, *arguments = spec.argv
    return spec.preloader.fork(spec.name, module, tuple(arguments), spec.env)


def _start(spec: ChildSpec) -> subprocess.Popen[bytes]:
    tether = (sys.executable, "-I", "-S", str(TETHER), str(os.getpid()))
    argv = (*spec.wrap, *tether, str(int(spec.orphan_signal)), *spec.argv)
    lock = _take_lock(spec) if spec.lock else None
    output = _open_output(spec.output) if spec.output else subprocess.PIPE
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=spec.cwd,
            env=dict(spec.env),
            start_new_session=True,  # Ctrl-C in the terminal reaches the supervisor alone
            pass_fds=spec.handles if lock is None else (*spec.handles, lock),
        )
    finally:
        for handle in (lock, output, *spec.handles):
            if handle is not None and handle != subprocess.PIPE:
                os.close(handle)


def _open_output(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _take_lock(spec: ChildSpec) -> int:
    assert spec.lock is not None
    spec.lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(spec.lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_WAIT_S_MAX
    while True:  # bounded by: LOCK_WAIT_S_MAX
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(handle)
                raise Refusal(
                    f"Another process still uses the data of {spec.name} in {spec.lock.parent}: "
                    "stop it, then start again."
                ) from None
            time.sleep(POLL_S)
