"""Runs a command that must not outlive the process that started it.

`python tether.py PARENT_PID SIGNAL COMMAND…` asks the kernel to send SIGNAL to itself when its
parent ends, then becomes COMMAND: the request survives exec. Where the kernel cannot do that
(it is Linux's own), the next start ends what was left behind. Standard library only: it is run
without site-packages, because it is run for every child.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def tie(parent: int, signal_number: int) -> None:
    """Have the kernel send this process that signal when its parent, named by number, ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the request was made
        sys.exit(1)


def main() -> None:
    """Become the command of the arguments, tied to the parent they name."""
    parent, signal_number, *command = sys.argv[1:]
    tie(int(parent), int(signal_number))
    os.execvp(command[0], command)  # noqa: S606 - the command line is its starter's own


if __name__ == "__main__":
    main()
