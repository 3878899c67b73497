"""Makes `.venv` from requirements.lock: `make setup` runs it with whatever python3 there is.

Standard library only, and in a form that an old Python still reads, so that it can say that it is
too old. The lock names uv too: pip installs that one package by its hash, uv installs the rest in
seconds; where uv cannot run, pip does it all.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import dropwhile, takewhile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = CHECKOUT / "requirements.lock"
STAMP = VENV / ".set-up"
OLDEST, NEWEST = (3, 11), (3, 14)
TIMEOUT_S = "60"

COMMAND = """#!{python}
import sys

from deploy.cli.main import main

sys.exit(main())
"""


def main() -> None:
    """Set up once; a later call with the same lock and Python changes nothing."""
    _require_python()
    wanted = _fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        STAMP.touch()
        return
    _make_venv()
    _install()
    _place_command()
    STAMP.write_text(wanted)


def _require_python() -> None:
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, *sys.argv])  # noqa: S606 - the same script, a fit Python
    _refuse(
        f"Kameng does not run on Python {_version()}: install Python 3.11 to 3.14, or name one "
        "with `make setup PYTHON=…`."
    )


def _version() -> str:
    return "{}.{}".format(*sys.version_info[:2])


def _fingerprint() -> str:
    parts = (LOCK.read_bytes(), Path(__file__).read_bytes(), sys.version.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _make_venv() -> None:
    if not find_spec("venv") or not find_spec("ensurepip"):  # Debian packs them apart
        _refuse(
            "This Python has no venv module: install it (Debian and Ubuntu: apt install "
            "python3-venv), then try again."
        )
    import venv

    print(f"making .venv with Python {_version()}")
    venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)


def _install() -> None:
    print("installing the locked packages")
    uv_lock = VENV / "uv.lock.txt"
    uv_lock.write_text(_locked("uv"))
    if not _pip("-r", str(uv_lock)):
        _refuse(
            "The packages of requirements.lock cannot be fetched: the first set-up needs the "
            "network, later ones do not."
        )
    arguments = ["pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes"]
    if _runs([str(VENV / "bin" / "uv"), *arguments, "-r", str(LOCK)]):
        return
    print("uv could not do it: pip does, which takes longer")
    if not _pip("-r", str(LOCK)):
        _refuse("requirements.lock cannot be installed: what pip says above tells why.")


def _locked(package: str) -> str:
    """The lines of the lock that pin this package: its name, then its hashes, indented."""
    others = dropwhile(lambda line: not line.startswith(f"{package}=="), LOCK.open())
    return next(others) + "".join(takewhile(lambda line: line.startswith(" "), others))


def _pip(*arguments: str) -> bool:
    quiet = ("--quiet", "--disable-pip-version-check", "--timeout", TIMEOUT_S)
    return _runs([str(PYTHON), "-m", "pip", "install", *quiet, "--require-hashes", *arguments])


def _runs(command: "list[str]") -> bool:
    try:
        return subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 0
    except OSError:
        return False


def _place_command() -> None:
    """Let the packages of the checkout be imported, and `kameng` be called, from anywhere."""
    site = next((VENV / "lib").glob("python3.*/site-packages"))
    (site / "kameng.pth").write_text(f"{CHECKOUT}\n")
    command = VENV / "bin" / "kameng"
    command.write_text(COMMAND.format(python=PYTHON))
    command.chmod(0o755)


def _refuse(sentence: str) -> None:
    print("kameng: " + sentence, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
