"""`kameng ops`: how far behind, who owns what, what is parked, and what to do about it.

Every command ends with status 0 when all is fine, 1 when something needs attention, 2 when it
cannot be read; `--json` says the same for scripts.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Final, TypeVar

import typer

from deploy.cli.ops import parked as parked_commands
from deploy.cli.ops.screen import STATUS_UNREAD, end, say, table_of
from deploy.local import runfile
from deploy.local.folder import of_checkout
from deploy.local.refusal import Refusal

T = TypeVar("T")
AGE_S_MAX: Final = 10.0
EVERY_S: Final = 2.0
LAG = ("group", "records", "age_s", "parked", "halted")
SHARD_LAG = ("group", "shard", "records", "age_s", "oldest", "parked", "halted")
TOP = (
    "service", "processes", "read_per_s", "written_per_s", "turns_per_s", "cpus", "lag", "age_s",
    "parked", "halted", "states",
)  # fmt: skip
SHARDS = ("service", "shard", "process", "since", "for_s", "halted")
AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look at a running system.")
app.add_typer(parked_commands.app, name="parked")
app.add_typer(parked_commands.gaps, name="gap")


def _read(read: Callable[[dict[str, Any]], T]) -> T:
    """What the running system says, or status 2 with the sentence."""
    try:
        return read(runfile.read(of_checkout().run_file))
    except Refusal as refusal:
        print(f"kameng: {refusal}", file=sys.stderr)
        raise typer.Exit(STATUS_UNREAD) from None


@app.command()
def lag(
    as_json: AsJson = False,
    shards: Annotated[
        bool, typer.Option("--shards", help="A row for each that is behind.")
    ] = False,
    age_max: Annotated[float, typer.Option(help="Seconds; older needs attention.")] = AGE_S_MAX,
) -> None:
    """Records that wait, and the age of the oldest, per service, read models and shard."""
    from deploy.cli.ops.lags import attention, by_group, measure

    lags = _read(lambda run: asyncio.run(measure(run)))
    bad, groups = attention(lags, age_max), by_group(lags)
    each = [asdict(one) for one in lags]
    table = table_of(groups, LAG)
    if shards:
        table = table_of((row for row in each if row["records"] or row["halted"]), SHARD_LAG)
    say(as_json, {"groups": groups, "shards": each, "attention": bad}, table)
    end(attention=bool(bad))


@app.command()
def top(
    as_json: AsJson = False,
    once: Annotated[bool, typer.Option("--once", help="One look instead of a live table.")] = False,
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = EVERY_S,
    age_max: Annotated[float, typer.Option(help="Seconds; older needs attention.")] = AGE_S_MAX,
) -> None:
    """Throughput, lag, age, parked, halted, CPU and health per service, live."""
    from rich.live import Live

    from deploy.cli.ops.scraping import rates, scrape

    before = _read(scrape)
    if once or as_json:
        time.sleep(every)
        rows = rates(before, _read(scrape))
        say(as_json, rows, table_of(rows, TOP))
        end(attention=any(r["halted"] or r["states"] or r["age_s"] > age_max for r in rows))
    with Live(table_of([], TOP), auto_refresh=False) as live:
        while True:  # bounded by: Ctrl-C
            time.sleep(every)
            after = _read(scrape)
            live.update(table_of(rates(before, after), TOP), refresh=True)
            before = after


@app.command()
def shards(as_json: AsJson = False) -> None:
    """Which process owns which shard, and since when."""
    from deploy.cli.ops.scraping import owners, scrape
    from shared.contracts.envelope import rfc3339

    now_s, rows = time.time(), []
    for owner in owners(_read(scrape)):
        since = rfc3339(int(owner.since_s * 1000))
        rows.append({**asdict(owner), "since": since, "for_s": round(now_s - owner.since_s, 1)})
    taken = [(row["service"], row["shard"]) for row in rows]
    twice = sorted(
        {f"{service}/{shard}" for service, shard in taken if taken.count((service, shard)) > 1}
    )
    halted = [row for row in rows if row["halted"]]
    say(as_json, {"shards": rows, "twice": twice}, table_of(rows, SHARDS))
    if not rows:
        raise typer.Exit(STATUS_UNREAD)
    end(attention=bool(twice or halted))


@app.command()
def scale(service: str, count: int, as_json: AsJson = False) -> None:
    """Run SERVICE (or a role of it: gateway-api) in COUNT processes."""
    from deploy.local.control import ask

    def scaled(run: dict[str, Any]) -> list[str]:
        control = run["control"]
        names: list[str] = ask(
            control["port"], control["token"], do="scale", unit=service, count=count
        )
        return names

    names = _read(scaled)
    say(as_json, names, table_of(({"process": name} for name in names), ("process",)))
    end(attention=len(names) != count)
