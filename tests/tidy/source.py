"""The files of the house, as its rules look at them."""

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef
CODE = ("shared/", "services/", "deploy/")


@dataclass(frozen=True)
class Source:
    """One file: its path from the root of the house, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed: Python only."""
        return ast.parse(self.text, self.path)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.splitlines()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def at(self, where: int | ast.stmt | ast.expr | ast.excepthandler, what: str) -> str:
        """A violation, so that an editor can jump to it."""
        line = where if isinstance(where, int) else where.lineno
        return f"{self.path}:{line}: {what}"


Rule = Callable[[Source], Iterable[str]]
"""What is wrong with a file; nothing when all is well."""


@cache
def house() -> tuple[Source, ...]:
    """Every text file that git holds or would hold."""
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    found = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    return tuple(_read(sorted(filter(None, found.stdout.split("\0")))))


def _read(paths: Iterable[str]) -> Iterator[Source]:
    for path in paths:
        file = ROOT / path
        if not file.is_file():  # deleted, not yet committed
            continue
        try:
            yield Source(path, file.read_text("utf-8"))
        except UnicodeDecodeError:  # a picture: no rule reads it
            continue


def python(*folders: str) -> list[Source]:
    """The Python files, of these folders alone when any are named."""
    every = [source for source in house() if source.path.endswith(".py")]
    return [s for s in every if not folders or s.path.startswith(folders)]


def expect_kept(rule: Rule, sources: Iterable[Source]) -> None:
    """Fail with all that breaks the rule, a line each."""
    broken = [violation for source in sources for violation in rule(source)]
    assert not broken, "\n" + "\n".join(broken)


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function, the nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def called(call: ast.Call) -> str:
    """The last part of what is called: `sleep` for `asyncio.sleep(…)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
