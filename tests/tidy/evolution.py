"""Rule 4: evolve is total, never raises, and mypy notices a forgotten event."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.source import Function, Source, called, functions

DOMAIN = re.compile(r"services/\w+/domain(\.py|/.*\.py)")


def is_domain(path: str) -> bool:
    """Whether rule 4 is about this file."""
    return DOMAIN.fullmatch(path) is not None


def forgetful(source: Source) -> Iterator[str]:
    """Every evolve that raises, or whose match may leave an event out unseen."""
    for function in functions(source.tree):
        if function.name.lstrip("_").startswith("evolve"):
            yield from _raises(source, function)
            yield from _open_matches(source, function)
            if function.name == "evolve" and not _judges(function):
                yield source.at(function, "evolve matches no event and asks no other evolve")


def _raises(source: Source, function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Raise | ast.Assert):
            yield source.at(node, f"{function.name} may raise")


def _open_matches(source: Source, function: Function) -> Iterator[str]:
    event = function.args.args[-1].arg if function.args.args else ""
    for node in ast.walk(function):
        match node:
            case ast.Match(subject=subject, cases=[*_, last]) if _names(subject, event):
                if not _ends_in_assert_never(last, event):
                    yield source.at(node, f"{function.name}: does not end in assert_never")


def _names(subject: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(subject))


def _ends_in_assert_never(case: ast.match_case, event: str) -> bool:
    match case:
        case ast.match_case(
            pattern=ast.MatchAs(pattern=None | ast.MatchAs(pattern=None, name=None), name=name),
            guard=None,
            body=[ast.Expr(ast.Call() as call) | ast.Return(ast.Call() as call)],
        ):
            return called(call) == "assert_never" and _names(call.args[0], name or event)
        case _:
            return False


def _judges(function: Function) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Match):
            return True
        if isinstance(node, ast.Call) and "evolve" in ast.dump(node.func):
            return True
    return False
