"""Builds the shop's and the console's pages when what they are made of has changed."""

import fcntl
import hashlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.folder import CHECKOUT
from deploy.local.node import Node, Say, node, run

HOME = CHECKOUT / "services" / "gateway" / "storefront"
BUILT = HOME / "dist"
GENERATED = HOME / ".generated"
MADE = frozenset({"node_modules", "dist", ".generated", "__pycache__"})
CLIENT_OF = ("services/gateway/api", "shared/contracts")
"""The API's document, and so the client, is made of these."""


def built(cache: Path, say: Say) -> None:
    """Have the pages built: seconds where nothing has changed. Raises Refusal."""
    with _one_at_a_time(cache), _unless_done(BUILT / ".made-of") as needed:
        if needed:
            say("building the pages of the shop")
            _ready(cache, say).npm("run", "build", cwd=HOME)


def checked(cache: Path, say: Say) -> None:
    """Have their types checked against the door's own document. Raises Refusal."""
    with _one_at_a_time(cache), _unless_done(GENERATED / ".checked") as needed:
        if needed:
            say("checking the types of the pages")
            _ready(cache, say).npm("run", "check", cwd=HOME)


@contextmanager
def _unless_done(note: Path) -> Iterator[bool]:
    """Whether anything has changed since the note was written; it is written again at the end."""
    wanted = _digest(_sources())
    needed = not note.exists() or note.read_text() != wanted
    yield needed
    if needed:
        note.write_text(wanted)


def _ready(cache: Path, say: Say) -> Node:
    """The packages of the lock, and the client made from the door's own document."""
    tools = node(cache, say)
    installed(tools, HOME, say)
    GENERATED.mkdir(exist_ok=True)
    document = GENERATED / "openapi.json"
    environment = {"PYTHONPATH": str(CHECKOUT)}
    run((sys.executable, "-m", "deploy.documents.openapi", str(document)), CHECKOUT, environment)
    tools.npm("run", "client", cwd=HOME)
    return tools


def installed(tools: Node, folder: Path, say: Say) -> None:
    """`npm ci` in this folder, unless what its lock names is there already."""
    note = folder / "node_modules" / ".of-lock"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if note.exists() and note.read_text() == wanted:
        return
    say(f"fetching the packages of {folder.relative_to(CHECKOUT)}")
    tools.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
    note.write_text(wanted)


def _sources() -> Iterator[Path]:
    for path in sorted(HOME.rglob("*")):
        if path.is_file() and not MADE.intersection(path.relative_to(HOME).parts):
            yield path
    for folder in CLIENT_OF:
        yield from sorted((CHECKOUT / folder).rglob("*.py"))


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(CHECKOUT)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@contextmanager
def _one_at_a_time(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "storefront.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
