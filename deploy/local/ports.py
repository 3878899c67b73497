"""Free TCP ports on 127.0.0.1.

Between choosing a port and listening there lie seconds, and systems start beside each other: tests
in two processes, two checkouts. So who chooses a port holds a lock on it for as long as it runs:
one byte of a file that everybody of this user has open.
"""

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path

from deploy.local.refusal import Refusal

HOST = "127.0.0.1"
# Below the range from which systems take ports for outgoing connections: none is lost to one.
PORT_MIN, PORT_MAX = 20_000, 29_999
TRIES_MAX = 200
NEIGHBOURS_MAX = 50

_given: set[int] = set()


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on, given out by no other process that still runs, nor by this one."""
    for _ in range(TRIES_MAX):
        port = random.randint(PORT_MIN, PORT_MAX)
        if port not in _given and _taken(port) and is_free(port):
            _given.add(port)
            return port
    raise Refusal(f"No free port between {PORT_MIN} and {PORT_MAX}: stop what is listening there.")


def _taken(port: int) -> bool:
    """Take the port's lock, which the system gives back when this process ends."""
    try:
        fcntl.lockf(_locks(os.getpid()), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache
def _locks(_process: int) -> int:
    """The file of locks, open until this process ends: closing it would give all of them back."""
    path = Path(tempfile.gettempdir()) / f"kameng-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def first_free(port: int) -> int:
    """This port if it is free, else the next that is."""
    for each in range(port, port + NEIGHBOURS_MAX):
        if is_free(each):
            return each
    raise Refusal(f"Ports {port} to {each} are taken: choose a free one with `make run PORT=…`.")


def answers(port: int, timeout_s: float = 0.2) -> bool:
    """Whether something accepts connections on this port."""
    try:
        socket.create_connection((HOST, port), timeout_s).close()
    except OSError:
        return False
    return True
