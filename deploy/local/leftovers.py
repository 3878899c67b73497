"""The processes we started, written down, so that a killed supervisor leaves nothing running."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from deploy.local.children import Child
from deploy.local.private_files import write_private

ENDING_S_MAX = 5.0
SAME_START_S_MAX = 1.0
"""Two processes of one number do not start within this time: the clock's own drift is less."""


def write_down(file: Path, children: Iterable[Child]) -> None:
    """Remember these, and no others."""
    notes = []
    for child in children:
        with suppress(psutil.NoSuchProcess):
            started_s = psutil.Process(child.pid).create_time()
            notes.append({"name": child.spec.name, "pid": child.pid, "started_s": started_s})
    write_private(file, json.dumps(notes, indent=1).encode())


def end_leftovers(file: Path) -> list[str]:
    """End what an earlier supervisor left running; the names of what had to be killed.

    Its children have been told to stop when it ended: they get a moment for that first.
    """
    if not file.exists():
        return []
    notes = json.loads(file.read_text())
    left = {process: note["name"] for note in notes if (process := _find(note))}
    _, late = psutil.wait_procs(list(left), timeout=ENDING_S_MAX)
    for process in late:
        process.kill()
    psutil.wait_procs(late, timeout=ENDING_S_MAX)
    file.unlink()
    return [left[process] for process in late]


def _find(note: Mapping[str, Any]) -> psutil.Process | None:
    try:
        process = psutil.Process(note["pid"])
        same = abs(process.create_time() - note["started_s"]) < SAME_START_S_MAX
    except psutil.NoSuchProcess:
        return None
    return process if same else None
