"""What is measured, beside what is asked for."""

import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final

import psutil
from rich.console import Console
from rich.table import Table

PACKAGES: Final = ("faststream", "aiokafka", "psycopg", "pydantic", "msgspec", "uvloop")


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    target: float
    measured: float
    unit: str
    at_most: bool = False
    """Less is better."""

    @property
    def reached(self) -> bool:
        return self.measured <= self.target if self.at_most else self.measured >= self.target


@dataclass
class Book:
    """Everything a run has found."""

    quick: bool
    figures: list[Figure] = field(default_factory=list)
    cpu_us: dict[str, dict[str, float]] = field(default_factory=dict)
    """By run and process: microseconds of CPU an order."""
    notes: dict[str, Any] = field(default_factory=dict)
    audit: str = ""
    passed: bool = False

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        figures = [{**vars(each), "reached": each.reached} for each in self.figures]
        return {
            "machine": machine(), "quick": self.quick, "figures": figures,
            "cpu_us_an_order": self.cpu_us, "notes": self.notes, "audit": self.audit,
            "audit_passed": self.passed,
        }  # fmt: skip

    def show(self, console: Console) -> None:
        """As tables in the terminal."""
        console.print(" · ".join(f"{name} {value}" for name, value in machine().items()))
        table = Table("what", "target", "measured", "unit", "")
        for each in self.figures:
            bound = f"{'≤' if each.at_most else '≥'} {each.target:,g}"
            mark = "[green]reached[/]" if each.reached else "[red]short[/]"
            table.add_row(each.what, bound, f"{each.measured:,.4g}", each.unit, mark)
        console.print(table)
        self._show_cpu(console)
        for name, value in self.notes.items():
            console.print(f"{name}: {value}")
        console.print(f"audit: {self.audit}", style="green" if self.passed else "red")

    def _show_cpu(self, console: Console) -> None:
        names = list(dict.fromkeys(name for run in self.cpu_us.values() for name in run))
        table = Table("CPU µs an order", *self.cpu_us)
        for name in names:
            table.add_row(name, *(f"{run.get(name, 0):,.0f}" for run in self.cpu_us.values()))
        table.add_row("together", *(f"{sum(run.values()):,.0f}" for run in self.cpu_us.values()))
        console.print(table)


def machine() -> dict[str, str]:
    """Where this was measured."""
    about = {"cores": str(psutil.cpu_count()), "machine": platform.machine()}
    memory = {"memory": f"{psutil.virtual_memory().total >> 30} GiB"}
    about |= memory | {"system": platform.system(), "python": platform.python_version()}
    return about | {name: version(name) for name in PACKAGES}
