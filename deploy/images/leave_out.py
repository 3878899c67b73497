"""Prints a lock without the packages that a list names; hashes stay with what stays.

`python leave_out.py requirements.lock left-out.txt`. Standard library only: it runs in the image
before anything is installed.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ENTRY = re.compile(r"([\w.-]+)(\[[\w,-]+\])?==")


def names(text: str) -> set[str]:
    """The packages on a list, a line each; lines with # are for people."""
    return {line for line in text.split("\n") if line and not line.startswith("#")}


def leave_out(lock: Iterable[str], unwanted: set[str]) -> Iterator[str]:
    """The lines of the lock, those of unwanted packages and their hashes left out."""
    wanted = True
    for line in lock:
        if found := ENTRY.match(line):
            wanted = found[1].lower() not in unwanted
        if wanted:
            yield line


def main() -> None:
    """Read both files, print what stays."""
    lock, unwanted = (Path(argument).read_text("utf-8") for argument in sys.argv[1:3])
    sys.stdout.writelines(leave_out(lock.splitlines(keepends=True), names(unwanted)))


if __name__ == "__main__":
    main()
