"""Free TCP ports on 127.0.0.1."""

import random
import socket

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
    """A port nobody listens on, not given out before by this process."""
    for _ in range(TRIES_MAX):
        port = random.randint(PORT_MIN, PORT_MAX)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise Refusal(f"No free port between {PORT_MIN} and {PORT_MAX}: stop what is listening there.")


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
