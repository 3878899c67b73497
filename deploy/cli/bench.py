"""`kameng bench`, `spike` and `growth`: the benchmarks lie with the tests and run as themselves."""

import subprocess
import sys
from typing import Annotated, Final

import typer

from deploy.local.folder import CHECKOUT

MODULE: Final = "tests.benchmarks"

AsJson = Annotated[bool, typer.Option("--json", help="Everything as JSON.")]
Quick = Annotated[bool, typer.Option("--quick", help="Ten seconds a run instead of sixty.")]
Base = Annotated[str, typer.Option(help="The commit that the wallet walk is compared with.")]

Only = Annotated[str, typer.Option(help="Only some curves: workers, partitions or history.")]


def bench(as_json: AsJson = False, quick: Quick = False, base: Base = "") -> None:
    """Measure everything on a system of its own, and print it beside its targets."""
    flags = (*(["--json"] if as_json else []), *(["--quick"] if quick else []))
    _run("bench", *flags, *(["--base", base] if base else []))


def spike(as_json: AsJson = False) -> None:
    """20,000 orders for one SKU with 500 cards: drained in how long, how many sold."""
    _run("spike", *(["--json"] if as_json else []))


def growth(
    quick: Annotated[bool, typer.Option("--quick", help="Less history.")] = False, only: Only = ""
) -> None:  # fmt: skip
    """How cost grows with workers, history, hot SKUs, accounts and partitions; a line a point."""
    _run("growth", *(["--quick"] if quick else []), *(["--only", only] if only else []))


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", MODULE, *arguments], cwd=CHECKOUT, check=False)
    raise typer.Exit(done.returncode)
