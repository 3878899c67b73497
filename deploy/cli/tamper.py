"""`kameng tamper`: what might be done to an exported log, and who finds it."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

STATUS_UNFOUND = 1
VERIFY_S_MAX = 600

Folder = Annotated[Path, typer.Argument(help="A log that `kameng export` has written")]


def tamper(folder: Folder) -> None:
    """Damage copies of an exported log in five ways. Status 0: each is found and named by both."""
    from rich.console import Console
    from rich.table import Table

    from deploy.verifier.tampering import DEEDS, tampered

    console, found_all = Console(), True
    table = Table("done to a copy", "at", "the audit says", "a stranger's verifier says")
    for name, deed in DEEDS.items():
        with tempfile.TemporaryDirectory(prefix="kameng-tampered-") as copy:
            place = tampered(folder, Path(copy), deed)
            said = _audited(Path(copy), place), _verified(Path(copy), place)
        found_all = found_all and all(said)
        table.add_row(name, place, *(words or "[red]nothing" for words in said))
    console.print(table)
    raise typer.Exit(0 if found_all else STATUS_UNFOUND)


def _audited(folder: Path, place: str) -> str:
    from services.audit.adapters.signing import Verifier
    from services.audit.examination import Examination
    from shared.replay import files

    public = bytes.fromhex((folder / files.PUBLIC_KEY).read_text())
    examined = Examination(Verifier(public))
    for records in files.batches(folder):
        examined.feed(records)
    examined.finish(now_ms=0, patience_ms=0)
    said = (f"{found.where} {found.flaw} {found.detail}" for found in examined.findings)
    return _first(said, place)


def _verified(folder: Path, place: str) -> str:
    from deploy.verifier import verify

    argv = [sys.executable, "-I", verify.__file__, str(folder)]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=VERIFY_S_MAX, check=False)
    return _first(ran.stdout.splitlines(), place)


def _first(lines: Any, place: str) -> str:
    """The first line that names the place; empty where none does."""
    return next((line for line in lines if place in line), "")
