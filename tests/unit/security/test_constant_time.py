"""What proves that somebody knows a secret is never compared letter by letter (D2)."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.tidy.source import python

WORDS = "(mac|hmac|signature|digest|token|secret|totp|password)"
PROOF = re.compile(rf"(^|_){WORDS}$")
SUSPECT = re.compile(rf"{WORDS}\b.*[!=]=|[!=]=.*{WORDS}\b")
"""A line without it is not worth the parsing of its file."""


def compared(tree: ast.AST) -> Iterator[str]:
    """What is compared with == or != and proves something; a constant beside it tells nobody."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(
            isinstance(way, ast.Eq | ast.NotEq) for way in node.ops
        ):
            sides = [node.left, *node.comparators]
            if not any(isinstance(side, ast.Constant) for side in sides):
                yield from (name for side in sides if PROOF.search(name := _last(side)))


def _last(node: ast.AST) -> str:
    """`code.code_mac.encode()` is `code_mac`."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="encode" | "hex")):
            return _last(value)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def test_proofs_are_compared_in_constant_time() -> None:
    found = {
        f"{source.path}: {name}"
        for source in (*python("services/"), *python("shared/"))
        if SUSPECT.search(source.text)
        for name in compared(source.tree)
    }
    assert found == set()


@pytest.mark.parametrize(
    "text", ["a.code_mac == b.code_mac", "x.sign(b).hex() == 1 or given != self._token", "mac==m"]
)
def test_a_comparison_letter_by_letter_is_seen(text: str) -> None:
    assert list(compared(ast.parse(text)))


def test_what_ends_early_for_nobody_is_left_alone() -> None:
    allowed = "hmac.compare_digest(a.mac, b.mac) and kind == name and token == '' and n != digests"
    assert list(compared(ast.parse(allowed))) == []
