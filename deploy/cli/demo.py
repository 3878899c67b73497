"""`kameng demo`: a promotion minute in the terminal, and a day of trouble."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console, Group

    from deploy.load.promotion import Outcome, Promotion
    from deploy.load.running import Running

ORDERS: Final = 2_000
OVER_S: Final = 40.0
PATIENCE_MS: Final = 30_000
"""In a system that others use too, what happened just now may still be on its way."""
REFRESH_PER_S: Final = 4
STATUS_WRONG: Final = 1
MS: Final = 1_000

Orders = Annotated[int, typer.Option("--orders", help="Orders altogether.")]
Seconds = Annotated[float, typer.Option("--seconds", help="Placed over so many seconds.")]


def demo(orders: Orders = ORDERS, seconds: Seconds = OVER_S) -> None:
    """A flash sale of 500 cards under 2,000 orders, a worker killed; a day of trouble; audits."""
    import uvloop
    from rich.console import Console

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what happens is in the table
    console = Console()
    with _running(console) as (running, patience_ms):
        console.print("putting the sale in: 500 cards of one SKU, 150 each of nine others")
        outcome = uvloop.run(_promote(running, orders, seconds, patience_ms, console))
        _show(outcome, console)
        passed = _suffer(running, patience_ms, console) and outcome.passed
    raise typer.Exit(0 if passed else STATUS_WRONG)


@contextmanager
def _running(console: "Console") -> "Iterator[tuple[Running, int]]":
    """The system of `make run`, if it is up; else one for this demo alone."""
    from deploy.load.running import of_this_checkout, own_system

    if running := of_this_checkout():
        yield running, PATIENCE_MS
        return
    console.print("nothing runs here: starting a system for this demo")
    with own_system("demo", "deploy.load.sample") as running:
        yield running, 0


async def _promote(
    running: "Running", orders: int, seconds: float, patience_ms: int, console: "Console"
) -> "Outcome":
    from rich.live import Live

    from deploy.load.promotion import promote

    with Live(console=console, refresh_per_second=REFRESH_PER_S) as live:
        return await promote(
            running, orders, seconds, patience_ms, lambda promotion: live.update(_drawn(promotion))
        )


def _suffer(running: "Running", patience_ms: int, console: "Console") -> bool:
    """The second act; whether the record is whole after it."""
    import uvloop

    from deploy.load.auditing import audit
    from deploy.load.trouble import Day

    console.print("\nand then a day of trouble:")
    for told in Day(running.description).troubles():
        console.print(f"  · {told}")
    audited = uvloop.run(audit(running, patience_ms))
    console.print(f"audit: {audited}", style=_style(passed=audited.passed))
    return audited.passed


def _style(*, passed: bool) -> str:
    return "bold green" if passed else "bold red"


def _drawn(promotion: "Promotion") -> "Group":
    from rich.columns import Columns
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    from deploy.load.measuring import percentile

    follower, board = promotion.load.follower, promotion.board
    states = Table("orders", "", title="by state")
    for state, count in board.by_state().items():
        states.add_row(state, f"{count:,}")
    rates = Table("service", "facts/s", title="pace")
    for service, per_s in board.per_s().items():
        rates.add_row(service, f"{per_s:,.0f}")
    recent = follower.waits_s
    waits = Table("", "", title="place → delivered")
    for part in (50, 95, 99):
        waits.add_row(f"p{part}", f"{percentile(recent, part) * MS:,.0f} ms")
    waits.add_row("backlog", f"{len(follower.placed_s):,}")
    bar = ProgressBar(total=promotion.orders_count, completed=promotion.placed)
    return Group(bar, Columns([states, rates, waits]), *promotion.happened)


def _show(outcome: "Outcome", console: "Console") -> None:
    from deploy.load.promotion import FLASH_CARDS

    console.print(f"\nflash sale: {outcome.flash_sold} of {FLASH_CARDS} cards sold, none twice")
    repeated = outcome.audited.repeated
    console.print(f"duplicates: {repeated:,} on the wire, none applied")
    console.print(f"audit: {outcome.audited}", style=_style(passed=outcome.passed))
