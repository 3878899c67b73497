"""Rule 7: files, functions and lines that fit a head, under names that say what is in them."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.source import Function, Source, functions

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50
LINE_COLUMNS_MAX = 100
README_LINES_MAX = 60
SAYS_NOTHING = re.compile(r"_?(utils?|helpers?|commons?|managers?|base|misc)")
IGNORE_TAIL = re.compile(r"  # (noqa|type: ignore).*")
"""An ignore and its reason must stand where they act, at the end of the line."""

SOURCE_ENDINGS = (".py", ".sql", ".sh", ".yaml", ".yml", ".ts", ".vue", ".css", ".mjs")


def too_long(source: Source) -> Iterator[str]:
    """Files, functions and lines beyond the limits."""
    if source.path.endswith(SOURCE_ENDINGS) and len(source.lines) > FILE_LINES_MAX:
        yield source.at(1, f"{len(source.lines)} lines; {FILE_LINES_MAX} at most")
    if source.path.endswith(SOURCE_ENDINGS):
        for number, line in enumerate(source.lines, start=1):
            columns = len(IGNORE_TAIL.sub("", line))
            if columns > LINE_COLUMNS_MAX:
                yield source.at(number, f"{columns} columns; {LINE_COLUMNS_MAX} at most")
    if source.path.endswith(".py"):
        for function in functions(source.tree):
            if length(function) > FUNCTION_LINES_MAX:
                yield source.at(function, f"{function.name}: {length(function)} lines")


def long_readme(source: Source) -> Iterator[str]:
    """A service's README that does not fit one screen."""
    if len(source.lines) > README_LINES_MAX:
        yield source.at(1, f"{len(source.lines)} lines; a screen has {README_LINES_MAX}")


def length(function: Function) -> int:
    """Lines of a function, from its name to its end."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def nameless(source: Source) -> Iterator[str]:
    """A file or a folder whose name says nothing."""
    for part in source.path.split("/"):
        if SAYS_NOTHING.fullmatch(part.partition(".")[0].lower()):
            yield source.at(1, f"'{part}' says nothing about what is in it")


def broad_handlers(source: Source) -> Iterator[str]:
    """`except Exception` that swallows, anywhere but where the worker parks a record."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node):
            line = source.lines[node.lineno - 1]
            if not (source.path.startswith("shared/shards/") and "park" in line):
                yield source.at(node, "catches everything, and is not where the worker parks")


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(names & {"Exception", "BaseException"})


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise)
