"""What the commands print: JSON for scripts, tables for people, and the status of the process."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn

import typer
from rich.table import Table

STATUS_ATTENTION: Final = 1
STATUS_UNREAD: Final = 2
WIDE_COLUMNS: Final = 200
"""Of what is piped into a file: nothing is cut off."""


def say(as_json: bool, content: Any, table: Table) -> None:
    """One or the other."""
    if as_json:
        print(json.dumps(content, ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else WIDE_COLUMNS).print(table)


def end(*, attention: bool) -> NoReturn:
    """Status 0: fine; 1: something needs attention."""
    raise typer.Exit(STATUS_ATTENTION if attention else 0)


def table_of(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    """These columns, numbers to the right."""
    table = Table(*columns, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    return table


def _cell(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else ""
        case float():
            return f"{value:,.1f}"
        case int():
            return f"{value:,}"
        case list():
            return "; ".join(map(str, value))
        case _:
            return str(value)
