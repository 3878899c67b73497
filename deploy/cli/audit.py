"""`kameng audit`: the log alone, read from the front, proved and judged."""

import gc
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.reading import Files, reading
from deploy.load.running import of_this_checkout
from deploy.local.folder import of_checkout
from deploy.local.refusal import Refusal

if TYPE_CHECKING:
    from services.audit.adapters.signing import Verifier
    from shared.contracts.audit import ReportSigned

STATUS_WRONG = 1
STATUS_UNREAD = 2
NS_OF_MS = 1_000_000
PATIENCE_MS = 30_000
"""What happened so shortly before the end of the log may still be on its way."""
GC_THRESHOLDS = (200_000, 50, 100)
"""Nearly all that is made while reading stays: looking for garbage among it is wasted."""
SHOWN_MAX = 40
"""Lines of each list in the terminal."""

AsJson = Annotated[bool, typer.Option("--json", help="The whole report as JSON.")]
Settled = Annotated[
    bool, typer.Option("--settled", help="Nothing may be on its way any more: judge everything.")
]
PeriodOf = Annotated[str, typer.Argument(help="When its period begins; else the last report.")]


def audit(as_json: AsJson = False, settled: Settled = False, files: Files = None) -> None:
    """Read the whole log alone and judge it. Status 0: whole; 1: wrong; 2: it cannot be read."""
    import uvloop

    from shared.replay.reader import LogOutOfReach

    gc.set_threshold(*GC_THRESHOLDS)
    patience_ms = 0 if settled else PATIENCE_MS
    try:
        report = uvloop.run(_examine(files, patience_ms, quiet=as_json))
    except (Refusal, LogOutOfReach) as unread:
        print(f"kameng: {unread}" if not as_json else json.dumps({"unread": str(unread)}))
        raise typer.Exit(STATUS_UNREAD) from None
    if as_json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        _show(report)
    raise typer.Exit(0 if report["passed"] else STATUS_WRONG)


def reports(period: PeriodOf = "") -> None:
    """Print a scheduled report from the log, and whose signature it has; status 1: not audit's."""
    import uvloop

    found = uvloop.run(_reports())
    if not found:
        raise Refusal("There is no report on the log yet: audit writes one once it has read it.")
    if period and period not in found:
        raise Refusal(f"There is no report on {period}; there are: {', '.join(found)}.")
    fact = found[period or max(found)]
    verify = _verifier(None)
    signed = verify is not None and verify.report(fact)
    print(fact.text)
    print(f"{'signed' if signed else 'NOT SIGNED'} by audit's key {fact.key_id} · Ed25519")
    raise typer.Exit(0 if signed else STATUS_WRONG)


async def _reports() -> "dict[str, ReportSigned]":
    from shared.contracts.audit import ReportSigned
    from shared.contracts.envelope import read
    from shared.replay.reader import LogReader

    running = of_this_checkout()
    if running is None:
        raise Refusal("Nothing runs in this checkout: start it with `make run`.")
    found: dict[str, ReportSigned] = {}
    async with LogReader(running.auditor.client(), ["audit.events"]) as reader:
        async for records in reader.batches():
            for record in records:
                if read(record.headers).type == ReportSigned.type:
                    fact = ReportSigned.decode(record.value or b"")
                    found.setdefault(fact.report_id, fact)
    return found


async def _examine(files: Path | None, patience_ms: int, *, quiet: bool) -> dict[str, Any]:
    from rich.progress import Progress

    from services.audit.examination import Examination
    from services.audit.report import report

    examined, begun = Examination(_verifier(files)), time.perf_counter()
    with Progress(transient=True, disable=quiet) as progress:
        async with reading(files) as (total, batches):
            task = progress.add_task("reading the log", total=total)
            async for records in batches:
                examined.feed(records)
                progress.advance(task, len(records))
        now_ms = 0 if files else time.time_ns() // NS_OF_MS
        examined.finish(now_ms, patience_ms)
    return report(examined, seconds=time.perf_counter() - begun, patience_ms=patience_ms)


def _verifier(files: Path | None) -> "Verifier | None":
    """By the public half of the key that signs for this log, where it is at hand."""
    from services.audit.adapters.signing import Verifier
    from shared.replay.files import PUBLIC_KEY
    from shared.security.keys import FolderOfKeys, KeyRefused

    if files:
        key = files / PUBLIC_KEY
        return Verifier(bytes.fromhex(key.read_text())) if key.exists() else None
    try:
        return Verifier(FolderOfKeys(of_checkout().keys / "audit").fetch("signing.pub"))
    except KeyRefused:
        return None


def _show(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    records = report["records"]
    table.add_row("records", f"{records['read']:,} of {len(report['sources'])} sources")
    table.add_row("", _listed(records, *list(records)[2:]))
    table.add_row("orders", _listed(report["orders"], *report["orders"]))
    table.add_row("money (分)", _listed(report["money"], *report["money"]))
    table.add_row("cards", _listed(report["cards"], *report["cards"]))
    table.add_row("signed heads", f"{report['signed_heads']:,}")
    table.add_row("engine", _listed(report["engine"], *report["engine"]))
    table.add_row("time", f"{report['seconds']:.1f} s, {records['per_second']:,} records/s")
    console.print(table)
    for line in _wrong(report):
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(_verdict(report))


def _wrong(report: dict[str, Any]) -> Iterator[str]:
    """A line each, the exact record first."""
    for each in report["explained"][:SHOWN_MAX]:
        yield f"{_place(each)} {each['flaw']}: {each['detail']} (on record: {each['by']})"
    for each in report["findings"][:SHOWN_MAX]:
        yield f"{_place(each)} {each['flaw']}: {each['detail']}"
    for where in report["misfits"][:SHOWN_MAX]:
        yield f"{where} BODY: it does not fit its type"
    for each in report["violations"][:SHOWN_MAX]:
        order = f" (order {each['order_id']})" if each["order_id"] else ""
        yield f"{each['where']} {each['law']}: {each['detail']}{order}"


def _verdict(report: dict[str, Any]) -> str:
    if report["passed"]:
        return "[bold green]whole[/]: nothing is missing, nothing was changed, every law holds"
    return f"[bold red]wrong[/]: {_listed(report['counts'], *report['counts'])}"


def _place(finding: dict[str, Any]) -> str:
    return finding["where"] or f"{finding['source']}:{finding['position']}"


def _listed(values: dict[str, Any], *names: str) -> str:
    return " · ".join(f"{name.replace('_', ' ')} {values[name]:,}" for name in names)
