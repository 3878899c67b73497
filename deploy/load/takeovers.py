"""When workers took shards over, as their logs say it."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from .running import Running

WORDS: Final = b'"took over"'


class TakeOver(NamedTuple):
    """One line of a worker."""

    process: str
    at_s: float
    """Unix seconds."""
    shards: frozenset[int]


class TakeOvers:
    """What all workers of a unit say of it from now on."""

    def __init__(self, running: Running, unit: str) -> None:
        self._logs, self._unit = running.folder.logs, unit
        self._read = {log: log.stat().st_size for log in self._files()}

    def news(self) -> list[TakeOver]:
        """Those that have come since it was asked last, in the order of time."""
        found = [each for log in self._files() for each in self._of(log)]
        return sorted(found, key=lambda each: each.at_s)

    def _files(self) -> list[Path]:
        return sorted(self._logs.glob(f"{self._unit}-[0-9]*.log"))

    def _of(self, log: Path) -> Iterator[TakeOver]:
        start = self._read.get(log, 0)
        with log.open("rb") as file:
            file.seek(start if start <= log.stat().st_size else 0)
            new = file.read()
            whole = new.rpartition(b"\n")[0]
            self._read[log] = file.tell() - len(new) + len(whole)
        for line in whole.splitlines():
            if WORDS not in line:
                continue
            said = json.loads(line[line.index(b"{") :])
            at_s = datetime.fromisoformat(said["timestamp"]).timestamp()
            yield TakeOver(said["worker"], at_s, frozenset(said["shards"]))
