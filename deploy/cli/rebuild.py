"""`kameng rebuild`: a service's state from its log alone; or everybody's, the database dropped."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.reading import client
from deploy.local.refusal import Refusal

if TYPE_CHECKING:
    from rich.console import Console

    from deploy.rebuild.rebuilding import Report, Site
    from shared.replay.comparing import Compared

STATUS_DIFFERENT = 1
SHORT_DIGITS = 12
SHOWN_MAX = 20

Service = Annotated[str, typer.Argument(help="orders, payments, …")]
Swap = Annotated[bool, typer.Option("--swap", help="Put the copy in the live one's place.")]
All = Annotated[bool, typer.Option("--all", help="Drop the whole database; bring all back.")]
AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON.")]


def rebuild(
    service: Service = "", swap: Swap = False, everything: All = False, as_json: AsJson = False
) -> None:
    """Build SERVICE beside the live one, from the log, and compare. Status 0: the same; 1: not."""
    import uvloop

    if bool(service) == everything:
        raise Refusal("Say which service to rebuild, or --all of them.")
    reports = uvloop.run(_everything(as_json) if everything else _one(service, swap))
    if as_json:
        print(json.dumps([_plain(report) for report in reports], ensure_ascii=False, indent=1))
    elif everything:
        _show_all(reports)
    else:
        _show(reports[0])
    raise typer.Exit(0 if all(report.same for report in reports) else STATUS_DIFFERENT)


async def _one(service: str, swap: bool) -> "list[Report]":
    from deploy.rebuild.pausing import paused
    from deploy.rebuild.rebuilding import rebuild as build

    return [await build(await _site(), service, paused if swap else None)]


async def _everything(quiet: bool) -> "list[Report]":
    from deploy.rebuild.dropping import rebuild_all

    return await rebuild_all(await _site(), (lambda _: None) if quiet else print)


async def _site() -> "Site":
    from deploy.local import runfile
    from deploy.local.endpoints import PostgresEndpoint
    from deploy.local.folder import of_checkout
    from deploy.rebuild.rebuilding import Site, partitions_of

    dsn = runfile.read(of_checkout().run_file)["postgres"]
    return Site(client(), PostgresEndpoint(dsn), await partitions_of(client()))


def _plain(report: "Report") -> dict[str, Any]:
    return {
        "service": report.service,
        "same": report.same,
        "replaced": report.replaced,
        "shards": [
            {
                "shard": each.shard, "position": each.position, "aggregates": each.live.rows,
                "live": f"{each.live.fingerprint:064x}",
                "rebuilt": f"{each.rebuilt.fingerprint:064x}",
                "row": each.ledger, "difference": each.difference and each.difference._asdict(),
            }
            for each in report.shards
        ],
        "read_models": {name: live == rebuilt for name, (live, rebuilt) in report.views.items()},
    }  # fmt: skip


def _show(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("shard", "position", "aggregates", "live", "rebuilt", "", title=report.service)
    for each in report.shards:
        one, other = (
            f"{side.fingerprint:064x}"[:SHORT_DIGITS] for side in (each.live, each.rebuilt)
        )
        verdict = "[green]same" if each.same else "[red]different"
        cells = (each.shard, f"{each.position:,}", f"{each.live.rows:,}", one, other, verdict)
        table.add_row(*map(str, cells))
    console.print(table)
    _show_differences(report, console)
    if report.views and report.same:
        console.print(f"{len(report.views)} read models, row by row the same")
    if report.replaced:
        console.print(f"swapped: {report.service} works on the copy; the old one is "
                      f"{report.replaced}")  # fmt: skip


def _show_all(reports: "list[Report]") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("service", "records", "aggregates", "read models", "live against rebuilt")
    for report in reports:
        records = sum(each.position for each in report.shards)
        aggregates = sum(each.live.rows for each in report.shards)
        verdict = "[green]same" if report.same else "[red]different"
        numbers = (f"{records:,}", f"{aggregates:,}", f"{len(report.views)}")
        table.add_row(report.service, *numbers, verdict)
    console.print(table)
    for report in reports:
        _show_differences(report, console)


def _show_differences(report: "Report", console: "Console") -> None:
    for line in [line for each in report.shards for line in _words(each)][:SHOWN_MAX]:
        console.print(line, style="red", markup=False, highlight=False)
    for name, (live, rebuilt) in report.views.items():
        if live != rebuilt:
            words = (
                f"read model {name}: {live.rows} rows live, {rebuilt.rows} rebuilt, not the same"
            )
            console.print(words, style="red")


def _words(compared: "Compared") -> list[str]:
    lines = [f"shard {compared.shard}: {field}" for field in compared.ledger]
    if first := compared.difference:
        lines += [f"shard {compared.shard}: {first.key}: {field}" for field in first.fields]
    return lines
