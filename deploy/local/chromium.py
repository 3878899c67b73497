"""A Chromium for the browser tests: one that ships in a package, else the machine's own.

The package (tests/browser/package-lock.json) brings program, libraries and fonts for Linux on
x86-64 and needs no root. `KAMENG_CHROMIUM` names another one.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.folder import CHECKOUT
from deploy.local.node import Say, node, run
from deploy.local.refusal import Refusal
from deploy.local.storefront import installed

HOME = CHECKOUT / "tests" / "browser"
AXE = HOME / "node_modules" / "axe-core" / "axe.min.js"
OTHERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TARS = ("al2023.tar", "fonts.tar", "swiftshader.tar")
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{own}</dir><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>
<cachedir>{cache}</cachedir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program, and what it needs to find in its environment."""

    program: Path
    environment: dict[str, str]


class NoChromium(Refusal):
    """There is none for this machine: tests that want one are skipped, each by its name."""


def chromium(cache: Path, say: Say) -> Chromium:
    """One that runs here, fetched into `cache` when it is first needed.

    Raises Refusal, and NoChromium where none is to be had.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "chromium.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        installed(node(cache, say), HOME, say)
        if asked := os.environ.get("KAMENG_CHROMIUM"):
            return Chromium(Path(asked), {})
        if sys.platform == "linux" and platform.machine() == "x86_64":
            return _packaged(cache, say)
    for name in OTHERS:
        if found := shutil.which(name):
            return Chromium(Path(found), {})
    raise NoChromium("There is no Chromium: install one, or name it with KAMENG_CHROMIUM=….")


def _packaged(cache: Path, say: Say) -> Chromium:
    digest = hashlib.sha256((HOME / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = cache / f"chromium-{digest}"
    if not home.exists():
        say("unpacking a Chromium for the browser tests")
        making = home.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        unpack = (str(node(cache, say).folder / "node"), "unpack.mjs", str(making))
        run(unpack, HOME, os.environ)
        for name in TARS:
            with tarfile.open(making / name) as tar:
                tar.extractall(making, filter="data")
            (making / name).unlink()
        (making / "chromium").chmod(0o755)
        making.rename(home)
    fonts = home / "fonts.xml"
    fonts.write_text(FONTS.format(own=home / "fonts", cache=home / "fonts-cache"))
    found = {"LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_FILE": str(fonts)}
    return Chromium(home / "chromium", found)
