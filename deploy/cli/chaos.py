"""`kameng chaos`: faults of every kind on real processes under load, and what came of it."""

import json
import logging
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from deploy.load.programme import every_fault

if TYPE_CHECKING:
    from deploy.load.auditing import Audited
    from deploy.load.overload import Overload
    from deploy.load.running import Running
    from deploy.load.scene import Report

BUYERS: Final = 2_000
SKUS: Final = 40
SPARE: Final = 1.5
"""Cards put in for each order: in the minute of overload more come than were counted on."""
SCARCE_CARDS: Final = 60
COUPONS: Final = 1_000
ORDERS: Final = 100_000
FILE_LINES: Final = 6_000
"""Cards are put in for so many lines of resellers' files."""
FEW_ORDERS: Final = 20_000
"""Cards are put in for so many where only some faults are asked for."""
OVERLOAD: Final = "overload"
OVERLOAD_S: Final = 60.0
SEED_MAX: Final = 1_000_000
STATUS_WRONG: Final = 1
WIDTH_MIN: Final = 110
"""Columns of the report, also where nobody looks at a terminal."""

AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON.")]
PerS = Annotated[int, typer.Option("--rate", help="Orders a second.")]
Orders = Annotated[int, typer.Option("--orders", help="Orders in all, at least.")]
Seed = Annotated[int, typer.Option("--seed", help="Whom the kills at random hit; 0: any.")]
Only = Annotated[str, typer.Option("--only", help="Only the faults whose name has this in it.")]


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    per_s: int
    orders: int
    seed: int
    only: str


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    report: "Report"
    overload: "Overload | None"
    audited: "Audited"
    files: Mapping[str, int]
    """Lines of resellers' files, by the state in which the door shows them."""
    took_s: float

    @property
    def passed(self) -> bool:
        """Not one order is wrong, and the door stood its ground."""
        report = self.report
        whole = self.audited.passed and self.audited.applied_twice == 0
        at_rest = not report.stuck and report.at_rest == report.accepted and not report.open
        return whole and at_rest and (self.overload is None or self.overload.passed)


def chaos(
    as_json: AsJson = False, rate: PerS = 100, orders: Orders = ORDERS, seed: Seed = 0,
    only: Only = "",
) -> None:  # fmt: skip
    """Kill, freeze, cut off, scale and flood everything. Status 0: not one order is wrong."""
    import uvloop

    from deploy.load.running import own_system
    from deploy.load.scene import outside_settings
    from deploy.local.ports import free_port

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # outages are what this is about
    seed = seed or random.randrange(1, SEED_MAX)
    wish = Wish(rate, 0 if only else orders, seed, only)
    with own_system("chaos", **outside_settings(free_port())) as running:
        outcome = uvloop.run(_run(running, wish))
        if as_json:
            print(json.dumps(_as_json(outcome), indent=1))
        else:
            _show(outcome)
        if not outcome.passed:  # what it ran on is kept to be looked at
            raise typer.Exit(STATUS_WRONG)


async def _run(running: "Running", wish: Wish) -> Outcome:
    from deploy.load.auditing import audit
    from deploy.load.by_the_file import sending
    from deploy.load.market import Size, market
    from deploy.load.mischief import mischief
    from deploy.load.overload import overload
    from deploy.load.scene import peopled, play, settle

    began_s = time.monotonic()
    each = int((wish.orders or FEW_ORDERS) * SPARE / SKUS)
    found = await market(running, "chaos", Size(SKUS, BUYERS, each, SCARCE_CARDS, COUPONS))
    commands = found.commands()
    _tell(f"shops with {each:,} cards of each of {SKUS} SKUs, and top-ups, are in")
    faults = {n: fault for n, fault in every_fault(wish.seed).items() if wish.only in n}
    flooded = None
    async with peopled(running) as people:
        load = people.load
        sent = sending(running, "chaos-files", FILE_LINES)
        async with mischief(running, wish.seed), sent as files:
            report = await play(running, load, commands, wish.per_s, faults, _tell)
        if wish.only in OVERLOAD:
            flooded = await overload(running, load, found.shop, found.goods, OVERLOAD_S)
            _tell(f"overload: {flooded.accepted:,} accepted")
            report.accepted += flooded.accepted
        report.accepted += await load.many(commands, wish.orders - report.accepted)
        await settle(people, report)
    audited = await audit(running)
    return Outcome(report, flooded, audited, dict(files.lines), time.monotonic() - began_s)


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        **asdict(outcome.report),
        "overload": asdict(outcome.overload) if outcome.overload else None,
        "copies": outcome.audited.doubles.copies,
        "applied_twice": outcome.audited.applied_twice,
        "audit": outcome.audited.report,
        "every_order": dict(outcome.audited.examined.books.stages()),
        "files": dict(outcome.files),
        "took_s": round(outcome.took_s, 1),
        "passed": outcome.passed,
    }


def _show(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=max(WIDTH_MIN, Console().width))
    report, audited = outcome.report, outcome.audited
    titles = ("fault", "taken over", "no delivery", "in one shard", "slowest order", "calm again")
    table = Table(*titles, caption="seconds; docs/faults.md says how to read it")
    for name, felt in report.felt.items():
        taken = "" if felt.take_over_s is None else f"{felt.take_over_s:.1f}"
        figures = (felt.pause_s, felt.shard_pause_s, felt.slowest_s, felt.calm_s)
        table.add_row(name, taken, *(f"{figure:.1f}" for figure in figures))
    console.print(table)
    if outcome.overload:
        _show_overload(outcome.overload)
    wrong = report.accepted - report.at_rest
    console.print(
        f"orders: {report.accepted:,} accepted, {report.at_rest:,} at rest: "
        f"{_counted(report.endings)}"
    )
    console.print(f"        {wrong:,} not at rest, {len(report.open):,} disputes or refunds open")
    console.print(f"afterwards: {_counted(report.afterwards)}")
    console.print(f"lines of files: {_counted(outcome.files)}")
    console.print(f"every order of the log: {_counted(audited.examined.books.stages())}")
    console.print(
        f"duplicates: {audited.doubles.copies:,} on the wire, {audited.applied_twice:,} applied"
    )
    console.print(f"audit: {audited}", style="green" if outcome.passed else "red")
    console.print(f"took {outcome.took_s:.0f} s")


def _counted(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"


def _show_overload(found: "Overload") -> None:
    """Ten lines of what the door did."""
    said = " · ".join(f"{status}: {count:,}" for status, count in sorted(found.statuses.items()))
    p50, p99, longest = found.waited_s
    grown = {name: most - before for name, (before, most) in found.memory_mib.items()}
    name = max(grown, key=lambda each: grown[each], default="")
    before_mib = sum(before for before, _ in found.memory_mib.values())
    most_mib = sum(most for _, most in found.memory_mib.values())
    print(
        f"overload: the door sustains {found.sustained_per_s:.0f} orders/s; "
        f"{found.wanted_per_s:.0f}/s came for {found.over_s:.0f} s\n"
        f"  asked {found.asked:,} ({said}), {found.no_retry_after} without Retry-After, "
        f"{found.hung_up:,} hung up, {found.no_connection:,} found no free connection\n"
        f"  accepted → delivered: p50 {p50:.1f} s, p99 {p99:.1f} s, longest {longest:.1f} s\n"
        f"  memory of all processes: {before_mib:,.0f} → at most {most_mib:,.0f} MiB"
        f" (most: {name} +{grown.get(name, 0):,.0f})\n"
        f"  drained {found.drained_s:.1f} s after the burst"
    )
