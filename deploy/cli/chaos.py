"""`kameng chaos`: faults of every kind on real processes under load, and what came of it."""

import json
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deploy.load.faults import every_fault
from deploy.load.scene import Report

if TYPE_CHECKING:
    from deploy.load.auditing import Audited
    from deploy.load.running import Running

BUYERS: Final = 400
SKUS: Final = 40
CARDS_OF_SKU: Final = 1_500
SCARCE_CARDS: Final = 60
STATUS_WRONG: Final = 1

AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON.")]
PerS = Annotated[int, typer.Option("--rate", help="Orders a second.")]
Only = Annotated[str, typer.Option("--only", help="Only the faults whose name has this in it.")]


def chaos(as_json: AsJson = False, rate: PerS = 60, only: Only = "") -> None:
    """Kill, freeze, scale and restart everything under load. Status 0: not one order is wrong."""
    import uvloop

    from deploy.load.running import own_system

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # outages are what this is about
    with own_system("chaos") as running:
        report, audited = uvloop.run(_run(running, rate, only))
    passed = not report.stuck and report.at_rest == report.accepted and audited.passed
    if as_json:
        print(json.dumps({**asdict(report), "audit": audited.report, "passed": passed}, indent=1))
    else:
        _show(report, audited, passed=passed)
    raise typer.Exit(0 if passed else STATUS_WRONG)


async def _run(running: "Running", rate: int, only: str) -> "tuple[Report, Audited]":
    from deploy.load.auditing import audit
    from deploy.load.load import loading
    from deploy.load.scene import mixed, play
    from deploy.load.shop import Shop
    from deploy.load.stocking import put_in

    shop = Shop("chaos", skus_count=SKUS, buyers_count=BUYERS)
    *goods, scarce = shop.skus
    cards = dict.fromkeys(goods, CARDS_OF_SKU) | {scarce: SCARCE_CARDS}
    seen = await put_in(running, shop, cards)
    commands = mixed(shop.orders(seen, goods), shop.orders(seen, [scarce], first=1_000_000))
    faults = {name: fault for name, fault in every_fault().items() if only in name}
    async with loading(running) as load:
        report = await play(running, load, commands, rate, faults)
    return report, await audit(running)


def _show(report: Report, audited: "Audited", *, passed: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    pauses = Table("fault", "longest pause without a delivery, s")
    for name, pause_s in report.pauses_s.items():
        pauses.add_row(name, f"{pause_s:.1f}")
    console.print(pauses)
    endings = " · ".join(f"{name} {count:,}" for name, count in sorted(report.endings.items()))
    console.print(f"orders: {report.accepted:,} accepted, {report.at_rest:,} at rest: {endings}")
    applied = "0 applied" if audited.passed else "see below"
    console.print(f"duplicates: {audited.repeated:,} on the wire, {applied}")
    console.print(f"audit: {audited}", style="green" if passed else "red")
