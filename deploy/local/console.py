"""What the person at the terminal sees: our sentences, and each process's lines behind its name."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import IO, Any

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
NAME_WIDTH = 16
LINE_BYTES_MAX = 16_384
READ_BYTES_MAX = 65_536
LOG_BYTES_MAX = 20 << 20
QUIET_LEVELS = frozenset({"debug", "info"})


class Console:
    """A terminal, and a log file for each process under `logs`.

    Unless `verbose`, the terminal is spared the routine lines of the processes, and whatever they
    say while the system comes up: what matters of it is told when one does not.
    """

    def __init__(self, logs: Path, *, verbose: bool = False, out: IO[str] | None = None) -> None:
        self._logs, self._verbose, self._out = logs, verbose, out or sys.stdout
        self._colourful = self._out.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, int] = {}
        self._showing = verbose

    def say(self, sentence: str) -> None:
        """A sentence of the supervisor's own."""
        self._write("kameng", sentence)

    def show_processes(self) -> None:
        """The system is up: from now on their lines are shown."""
        self._showing = True

    def log_file(self, name: str) -> Path:
        """Where all lines of this process are kept."""
        return self._logs / f"{name}.log"

    async def follow(self, name: str, printed: IO[bytes]) -> None:
        """Copy what a process prints until it ends."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), printed
        )
        try:
            rest = b""
            while chunk := await reader.read(READ_BYTES_MAX):
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > LINE_BYTES_MAX:  # no line is that long: show it in pieces
                    lines, rest = [*lines, rest], b""
                self._take(name, lines)
            if rest:
                self._take(name, [rest])
        finally:
            transport.close()

    def _take(self, name: str, lines: list[bytes]) -> None:
        file = self.log_file(name)
        if file.exists() and file.stat().st_size > LOG_BYTES_MAX:
            file.replace(file.with_suffix(".log.1"))
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as log:
            log.writelines(line + b"\n" for line in lines)
        for line in lines:
            if self._showing and (self._verbose or not _routine(line)):
                self._write(name, line.decode(errors="replace"))

    def _write(self, name: str, text: str) -> None:
        label = f"{name:<{NAME_WIDTH}}"
        if self._colourful:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            label = f"\x1b[{colour}m{label}\x1b[0m"
        try:
            print(f"{label} | {text}", file=self._out, flush=True)
        except BrokenPipeError:  # nobody reads any more: the files still get everything
            self._out = Path(os.devnull).open("w")  # noqa: SIM115 - open until we end


def _routine(line: bytes) -> bool:
    if not line.startswith(b"{"):
        return not line.strip()
    try:
        record: Any = json.loads(line)
    except ValueError:
        return False
    return isinstance(record, dict) and str(record.get("level", "")).lower() in QUIET_LEVELS
