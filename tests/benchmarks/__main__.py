"""`python -m tests.benchmarks bench|spike`: what `make bench` and `make spike` run."""

import json
import logging
from typing import Annotated

import typer
from rich.console import Console

from . import run
from .growth import growth as measure_growth

STATUS_WRONG = 1
app = typer.Typer(add_completion=False)

AsJson = Annotated[bool, typer.Option("--json", help="Everything as JSON.")]
Quick = Annotated[bool, typer.Option("--quick", help="Ten seconds a run instead of sixty.")]

Base = Annotated[str, typer.Option(help="The commit that the wallet walk is compared with.")]

Only = Annotated[str, typer.Option(help="Only some curves: workers, partitions or history.")]


@app.command()
def bench(as_json: AsJson = False, quick: Quick = False, base: Base = "") -> None:
    """Measure everything, on a system of its own; status 1 when the audit finds anything."""
    book = run.bench(quick=quick, base=base)
    if as_json:
        print(json.dumps(book.as_json(), indent=1, ensure_ascii=False))
    else:
        book.show(Console())
    raise typer.Exit(0 if book.passed else STATUS_WRONG)


@app.command()
def spike(as_json: AsJson = False) -> None:
    """20,000 orders for one SKU with 500 cards: drained in how long, how many sold."""
    found = run.spike()
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        for name, value in found.items():
            print(f"{name:<14} {value}")
    raise typer.Exit(0 if found["passed"] else STATUS_WRONG)


@app.command()
def growth(quick: Quick = False, only: Only = "") -> None:
    """How cost grows with workers, history, hot SKUs, accounts and partitions; a line a point."""

    def tell(row: dict[str, object]) -> None:
        print(json.dumps(row), flush=True)

    raise typer.Exit(0 if measure_growth(tell, quick=quick, only=only) else STATUS_WRONG)


if __name__ == "__main__":
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    app()
