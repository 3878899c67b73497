"""A folder is used by one system at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.folder import LocalFolder
from deploy.local.refusal import Refusal


@contextmanager
def only_one(folder: LocalFolder) -> Iterator[None]:
    """One system at a time in a checkout. Raises Refusal when another has it."""
    folder.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with folder.lock_file.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Refusal(
                f"Kameng already runs in this checkout (process {file.read().strip() or 'unknown'})"
                ": use it, or stop it first with Ctrl-C there."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
