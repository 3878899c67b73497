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
        other = shutil.which("python3.%d" % minor)
        if other:
            os.execv(other, [other, *sys.argv])  # noqa: S606 - the same script, a fit Python
    _refuse(
        "Python %d.%d is not one that Kameng runs on: install Python 3.11 to 3.14, or name one "
        "with `make setup PYTHON=…`." % sys.version_info[:2]
    )


def _fingerprint() -> str:
    parts = (LOCK.read_bytes(), Path(__file__).read_bytes(), sys.version.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _make_venv() -> None:
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out where python3-venv is not installed
        import venv
    except ImportError:
        _refuse(
            "This Python has no venv module: install it (Debian and Ubuntu: apt install "
            "python3-venv), then try again."
        )
    print("making .venv with Python %d.%d" % sys.version_info[:2])
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
    """The lines of the lock that pin this package."""
    _, found, rest = ("\n" + LOCK.read_text()).partition("\n%s==" % package)
    lines = (found.strip("\n") + rest).splitlines()
    count = 1 + next(
        (i for i, line in enumerate(lines[1:]) if not line.startswith(" ")), len(lines)
    )
    return "\n".join(lines[:count]) + "\n"


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
    (site / "kameng.pth").write_text("%s\n" % CHECKOUT)
    command = VENV / "bin" / "kameng"
    command.write_text(COMMAND.format(python=PYTHON))
    command.chmod(0o755)


def _refuse(sentence: str) -> None:
    print("kameng: " + sentence, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
