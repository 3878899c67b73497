"""Rule 8 and its kin: sentences as names of tests, reasons beside ignores, nothing left undone."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.source import ROOT, Function, Source, called, functions

TEST_WORDS_MIN = 4
"""`test` is the first of them."""

IGNORE = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:|pyright:)")
IGNORE_WITH_REASON = re.compile(
    r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\])(  #| -) \S+ \S+"
)
UNDONE = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b")
SKIPS = frozenset({"skip", "skipif", "xfail", "importorskip", "skipTest"})
WITHOUT_A_BROWSER = "tests/browser/conftest.py"
"""Its tests are skipped by name where no Chromium is to be had, which is never so on x86-64."""
MACHINE_PATH = re.compile(r"/(home|Users)/\w+/|/r[o]ot/|\b[A-Z]:\\\\?Users")
HAN = re.compile(r"[\u4e00-\u9fff]")
COMMENT = re.compile(r"^\s*(/?\*|//).*|/\*.*?\*/")
TEMPLATE = re.compile(r"^<template>\n.*^</template>", re.DOTALL | re.MULTILINE)
MARKUP = re.compile(r"""<!--.*?-->|{{.*?}}|<(?:[^"'>]|"[^"]*"|'[^']*')*>""", re.DOTALL)
SAID = re.compile(r'''(?<![:\w-])(?:aria-label|title|placeholder|alt)="[^"]*[a-z]{2}[^"]*"''')
ENGLISH = re.compile(r"[a-z]{3}")
STANDARDS = frozenset({"Ed25519"})
FETCHED = re.compile(r"\bfetch\(|XMLHttpRequest|sendBeacon|\baxios\b|https?://(?!www\.w3\.org/)")
MARKED_UP = re.compile(r"v-html|(inner|outer|Adjacent)HTML|document\.write|\beval\(|new Function")
REGISTRY = re.compile(
    r"py[p]i\.org|python[h]osted|maven\.(apache\.)?[o]rg|npm[j]s|docker\.[i]o/|artifact[o]ry"
    r"|index[-_]url[= ]+http",
    re.IGNORECASE,
)


def unspoken_tests(source: Source) -> Iterator[str]:
    """Tests whose names are no sentences."""
    for function in functions(source.tree):
        words = [word for word in function.name.split("_") if word]
        if words[:1] == ["test"] and len(words) < TEST_WORDS_MIN:
            yield source.at(function, f"{function.name} is no sentence")


def bare_ignores(source: Source) -> Iterator[str]:
    """Lint ignores without a code or without a reason: `# noqa: S104  # the door is public`."""
    for number, line in enumerate(source.lines, start=1):
        if IGNORE.search(line) and not IGNORE_WITH_REASON.search(line):
            yield source.at(number, "an ignore names its code and carries its reason")


def undone(source: Source) -> Iterator[str]:
    """Notes that something is still to be done."""
    for number, line in enumerate(source.lines, start=1):
        if found := UNDONE.search(line):
            yield source.at(number, f"{found[0]}: do it, or say in DECISIONS.md why not")


def skipped_tests(source: Source) -> Iterator[str]:
    """Tests that may not run, or may fail unseen."""
    for node in ast.walk(source.tree if source.path != WITHOUT_A_BROWSER else ast.Module([], [])):
        if isinstance(node, ast.Attribute) and node.attr in SKIPS:
            yield source.at(node, f"{node.attr}: every test runs")


def mocks(source: Source) -> Iterator[str]:
    """Mocks and patches: the in-memory twins stand in, and pass the same conformance suite."""
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module=str(module)) if "mock" in module.split("."):
                yield source.at(node, f"imports {module}")
            case ast.Import(names=names) if any("mock" in name.name for name in names):
                yield source.at(node, "imports a mock")
            case ast.Call() if called(node) in {"MagicMock", "AsyncMock", "patch"}:
                yield source.at(node, "mocks")


def foreign_places(source: Source) -> Iterator[str]:
    """Paths of one machine, and hosts of registries: a clone works anywhere, from any mirror."""
    for number, line in enumerate(source.lines, start=1):
        if MACHINE_PATH.search(line) or f"{ROOT}/" in line:
            yield source.at(number, "a path of one machine")
        if found := REGISTRY.search(line):
            yield source.at(number, f"names a registry: {found[0]}")


def text_in_a_page(source: Source) -> Iterator[str]:
    """Words for people that stand in a page, not in the message files beside it."""
    for number, line in enumerate(source.lines, start=1):
        if HAN.search(COMMENT.sub("", line)):
            yield source.at(number, "text for people belongs into src/text/*.json")


def english_in_a_page(source: Source) -> Iterator[str]:
    """Words of a template: between its tags, or where an attribute is read out."""
    if template := TEMPLATE.search(source.text):
        first = source.text[: template.start()].count("\n") + 1
        plain = MARKUP.sub(lambda each: "\n" * each[0].count("\n"), template[0])
        spoken = zip(template[0].split("\n"), plain.split("\n"), strict=True)
        for number, (line, text) in enumerate(spoken, start=first):
            if SAID.search(line) or (ENGLISH.search(text) and text.strip() not in STANDARDS):
                yield source.at(number, "text for people belongs into src/text/*.json")


def markup_of_data(source: Source) -> Iterator[str]:
    """Ways for what somebody wrote to become markup or a script."""
    for number, line in enumerate(source.lines, start=1):
        if found := MARKED_UP.search(line):
            yield source.at(number, f"{found[0]}: what people write is shown as text alone")


def own_fetching(source: Source) -> Iterator[str]:
    """Requests beside the client that the door's document types, or to anywhere else."""
    for number, line in enumerate(source.lines, start=1):
        if found := FETCHED.search(COMMENT.sub("", line)):
            yield source.at(number, f"{found[0]}: src/api/client.ts asks the door, and it alone")


def empty_bodies(source: Source) -> Iterator[str]:
    """Functions that do nothing yet: a seam is a port, not a stub."""
    for parent in ast.walk(source.tree):
        if not (isinstance(parent, ast.ClassDef) and _declares_only(parent)):
            for child in ast.iter_child_nodes(parent):
                if isinstance(child, Function) and not _has_marker(child) and _is_stub(child):
                    yield source.at(child, f"{child.name} is a stub")


def _declares_only(cls: ast.ClassDef) -> bool:
    return any("Protocol" in ast.dump(parent) for parent in cls.bases)


def _has_marker(function: Function) -> bool:
    markers = {"overload", "abstractmethod"}
    return any(name in ast.dump(mark) for mark in function.decorator_list for name in markers)


def _is_stub(function: Function) -> bool:
    match function.body[-1]:
        case ast.Expr(value=ast.Constant(value=value)) if value is ...:
            return True
        case ast.Raise(exc=exc) if exc is not None:
            return "NotImplemented" in ast.dump(exc)
        case _:
            return False
