"""`python -m tests.tidy.requirements`: each row of what the product must do, and who shows it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.tidy.source import ROOT, Function, Source, python

FILE = ROOT / "tests/tidy/requirements.toml"
ROW = re.compile(r"\b[A-G]\d{1,2}\b")
IN_NAME = re.compile(r"test_([a-g]\d{1,2})_")
SHOWN_MAX = 4
"""Tests named on a row's line; the others are counted."""


class Rows(NamedTuple):
    """The table."""

    said: Mapping[str, str]
    gating: frozenset[str]


def table() -> Rows:
    """As it stands in requirements.toml."""
    found = tomllib.loads(FILE.read_text("utf-8"))
    return Rows(found["rows"], frozenset(found["gating"]))


def named(source: Source) -> Iterator[tuple[str, str]]:
    """(row, test) of a file: by the test's name, by its docstring, and by its module's."""
    if not source.name.startswith("test_"):
        return
    above = _rows(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, Function) and node.name.startswith("test_"):
            for row in sorted(above | _rows(node) | _named(node)):
                yield row, f"{source.path}::{node.name}"


def _rows(node: ast.Module | Function) -> frozenset[str]:
    return frozenset(ROW.findall(ast.get_docstring(node) or ""))


def _named(node: Function) -> frozenset[str]:
    """`test_b5_an_old_buyer_…` shows B5."""
    found = IN_NAME.match(node.name)
    return frozenset({found[1].upper()} if found else ())


def shown_by(sources: Iterable[Source]) -> dict[str, list[str]]:
    """The tests of each row that any test names."""
    found: dict[str, list[str]] = {}
    for source in sources:
        for row, test in named(source):
            found.setdefault(row, []).append(test)
    return found


def missing(rows: Rows, found: Mapping[str, list[str]]) -> list[str]:
    """Rows that have to be shown and are not, as the table orders them."""
    return [row for row in rows.said if row in rows.gating and row not in found]


def unknown(rows: Rows, found: Mapping[str, list[str]]) -> list[str]:
    """Rows that tests name and that the table does not have."""
    return sorted(set(found) - set(rows.said))


def lines(rows: Rows, found: Mapping[str, list[str]]) -> Iterator[str]:
    """The table, a row a line, each with the files that show it."""
    for row, said in rows.said.items():
        tests = found.get(row, [])
        mark = "·" if tests else ("✗" if row in rows.gating else " ")
        yield f"{mark} {row:<4}{said}: {len(tests)}"
        files = sorted({test.partition("::")[0] for test in tests})
        for file in files[:SHOWN_MAX]:
            yield f"        {file}"
        if len(files) > SHOWN_MAX:
            yield f"        and {len(files) - SHOWN_MAX} more"


def main() -> int:
    """Print the table; 1 when a row that has to be shown is not."""
    rows, found = table(), shown_by(python("tests/"))
    print(*lines(rows, found), sep="\n")
    absent = missing(rows, found)
    if absent:
        print(f"\nno test names: {', '.join(absent)}")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
