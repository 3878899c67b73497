"""CPU and memory of processes, and percentiles."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import psutil

US: Final = 1_000_000
MIB: Final = 1 << 20
POSTGRES: Final = "postgres"


@dataclass
class Cpu:
    """CPU seconds of named processes since it was made."""

    processes: Mapping[str, psutil.Process]
    _began_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._began_s = {name: cpu_s(process) for name, process in self.processes.items()}

    def used_s(self) -> dict[str, float]:
        """Seconds by name; of a process that has ended nothing is known."""
        now_s = {name: cpu_s(process) for name, process in self.processes.items()}
        return {name: now_s[name] - began_s for name, began_s in self._began_s.items()}

    def per_order_us(self, orders: int) -> dict[str, float]:
        """Microseconds an order by name."""
        return {name: used * US / max(1, orders) for name, used in self.used_s().items()}


def cpu_s(process: psutil.Process) -> float:
    """CPU seconds of a process, and of those it has forked that have no name of their own."""
    total = 0.0
    for one in (process, *_backends(process)):
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def _backends(process: psutil.Process) -> list[psutil.Process]:
    """A database server works in a process for each connection."""
    try:
        return process.children(recursive=True) if process.name() == POSTGRES else []
    except psutil.NoSuchProcess:
        return []


def memory_mib(process: psutil.Process) -> float:
    """Resident memory."""
    return float(process.memory_info().rss) / MIB


def percentile(values: Sequence[float], per_cent: float) -> float:
    """The value that ``per_cent`` of them do not exceed; 0 of none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(len(ordered) * per_cent / 100))]
