"""Imports what every service needs, once, and forks a process for each that is asked for.

A service's imports cost more than a second of CPU; a dozen of them made the start of the whole
system take twice as long. What is forked is what `python -m MODULE ROLE` would be: the interpreter
has only imported, nothing has been opened, and no thread runs.

`python -u -m deploy.local.preloader HANDLE`: HANDLE is a socket of packets. It sends `{"ready"}`,
then for each order, which brings the handle of its output along, `{"forked": pid}`, and once that
process has ended `{"ended": pid, "code"}`. When the socket closes it ends, and all of them with it.
"""

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from deploy.local.tether import tie

PRELOADED = ("shared.runtime.roles", "fastapi")
ORDER_BYTES_MAX = 1 << 18
REAP_S = 0.05


def main() -> None:
    """Import, serve, and in a forked process become what was ordered."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    for name in PRELOADED:
        import_module(name)
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector writes into nothing of it
    _say(channel, ready=True)
    parent = os.getpid()
    order = _serve(channel)
    if order is not None:
        _become(parent, order)


def _serve(channel: socket.socket) -> dict[str, Any] | None:
    """Fork for every order; returns it in the forked process, and None when we are to end."""
    while True:  # bounded by: the supervisor's end of the channel
        readable, _, _ = select.select([channel], [], [], REAP_S)
        _reap(channel)
        if not readable:
            continue
        packet, handles, _, _ = socket.recv_fds(channel, ORDER_BYTES_MAX, 1)
        if not packet:
            return None
        pid = os.fork()
        if not pid:
            channel.close()
            order: dict[str, Any] = json.loads(packet)
            return order | {"output": handles[0]}
        os.close(handles[0])
        _say(channel, forked=pid)


def _reap(channel: socket.socket) -> None:
    while True:  # bounded by: the children that have ended
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _say(channel, ended=pid, code=os.waitstatus_to_exitcode(status))


def _say(channel: socket.socket, **words: Any) -> None:
    channel.send(json.dumps(words).encode())


def _become(parent: int, order: dict[str, Any]) -> None:
    os.setsid()
    tie(parent, signal.SIGKILL)
    Path("/proc/self/comm").write_text(order["name"])  # what ps and top call it
    nothing = os.open(os.devnull, os.O_RDONLY)
    for handle, place in ((nothing, 0), (order["output"], 1), (order["output"], 2)):
        os.dup2(handle, place)
    os.close(nothing)
    os.close(order["output"])
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.argv = [order["module"], *order["arguments"]]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
