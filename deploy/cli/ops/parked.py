"""`kameng ops parked` and `kameng ops gap`: what waits for a person, and the person's word."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from deploy.cli.ops.screen import STATUS_UNREAD, end, say, table_of
from deploy.local import runfile
from deploy.local.folder import of_checkout
from deploy.local.refusal import Refusal

if TYPE_CHECKING:
    from deploy.cli.ops.parking import Outcome, Parked

T = TypeVar("T")
LIST = ("service", "shard", "subject", "coordinates", "behind", "since", "reason")
AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stays on the log.")]

app = typer.Typer(no_args_is_help=True, help="Records that could not be processed.")
gaps = typer.Typer(no_args_is_help=True, help="Shards that stand still because records are gone.")


def _run(do: Callable[[dict[str, Any]], T]) -> T:
    try:
        return do(runfile.read(of_checkout().run_file))
    except Refusal as refusal:
        print(f"kameng: {refusal}", file=sys.stderr)
        raise typer.Exit(STATUS_UNREAD) from None


@app.command("list")
def list_parked(as_json: AsJson = False) -> None:
    """All parked records, with the reason that stands on the log. Status 1 when there are any."""
    from deploy.cli.ops.ledgers import read_ledgers
    from deploy.cli.ops.log import looking
    from deploy.cli.ops.parking import explained, parked_in

    async def read(run: dict[str, Any]) -> "list[Parked]":
        async with looking(run) as look:
            return await explained(look, parked_in(read_ledgers(run["postgres"])))

    rows = [asdict(one) for one in _run(lambda run: asyncio.run(read(run)))]
    say(as_json, rows, table_of(rows, LIST))
    end(attention=bool(rows))


@app.command()
def show(service: str, coordinates: str) -> None:
    """One parked record: why, and what its headers say; of its body the size and hash alone."""
    import json

    from deploy.cli.ops.log import looking
    from deploy.cli.ops.parking import explained, shown

    async def read(run: dict[str, Any]) -> dict[str, Any]:
        async with looking(run) as look:
            found = await explained(look, [_find(run, service, coordinates)])
            return await shown(look, found[0])

    print(json.dumps(_run(lambda run: asyncio.run(read(run))), ensure_ascii=False, indent=1))


@app.command()
def retry(
    service: str,
    which: Annotated[str, typer.Argument(help="The subject, or a record's coordinates.")],
    as_json: AsJson = False,
) -> None:
    """Process the parked records of a subject again, in order. Waits for what comes of it."""

    def act(run: dict[str, Any]) -> "Outcome":
        parked = _find(run, service, which)
        body = {"service": service, "shard": parked.shard, "subject": parked.subject}
        return _act(run, "/v1/admin/parked/retries", body)

    _tell(_run(act), as_json)


@app.command()
def skip(service: str, coordinates: str, reason: Reason, as_json: AsJson = False) -> None:
    """Go on without this record; what waits behind it is processed. Waits for the fact."""

    def act(run: dict[str, Any]) -> "Outcome":
        parked = _find(run, service, coordinates)
        body = {
            "service": service,
            "shard": parked.shard,
            "subject": parked.subject,
            "coordinates": parked.coordinates,
            "reason": reason,
        }
        return _act(run, "/v1/admin/parked/skips", body)

    _tell(_run(act), as_json)


@gaps.command()
def accept(service: str, shard: int, reason: Reason, as_json: AsJson = False) -> None:
    """Let a shard halted at a gap go on without what is missing. Cannot be undone."""
    from deploy.cli.ops.ledgers import read_ledgers

    def act(run: dict[str, Any]) -> "Outcome":
        ledger = read_ledgers(run["postgres"]).get(service, {}).get(shard)
        halt = ledger.halt if ledger else None
        if halt is None or halt.code != "GAP":
            raise Refusal(f"{service}/{shard} is not halted at a gap: {halt or 'it runs'}.")
        body = {
            "service": service,
            "shard": shard,
            "source": halt.source,
            "topic": halt.topic,
            "expected": halt.expected,
            "found": halt.found,
            "reason": reason,
        }
        return _act(run, "/v1/admin/gaps", body)

    _tell(_run(act), as_json)


@gaps.command("list")
def list_halted(as_json: AsJson = False) -> None:
    """Every shard that stands still, and at what. Status 1 when there are any."""
    from deploy.cli.ops.ledgers import read_ledgers
    from deploy.cli.ops.parking import halts

    found = _run(lambda run: halts(read_ledgers(run["postgres"])))
    rows = [
        {"service": service, "shard": shard, "code": halt.code, "why": str(halt)}
        for service, shard, halt in found
    ]
    say(as_json, rows, table_of(rows, ("service", "shard", "code", "why")))
    end(attention=bool(rows))


def _find(run: dict[str, Any], service: str, which: str) -> "Parked":
    from deploy.cli.ops.ledgers import read_ledgers
    from deploy.cli.ops.parking import parked_in

    for parked in parked_in(read_ledgers(run["postgres"])):
        if parked.service == service and which in {parked.subject, parked.coordinates}:
            return parked
    raise Refusal(f"Nothing of {which} is parked in {service}: see `kameng ops parked list`.")


def _act(run: dict[str, Any], path: str, body: dict[str, Any]) -> "Outcome":
    """Through the door, and then what the shard makes of it."""
    from deploy.cli.ops.acting import ask
    from deploy.cli.ops.parking import Awaiting
    from shared.contracts.shard import GapAccepted, ParkedRetried, ParkedSkipped
    from shared.shards.ledger import Ledger

    session = of_checkout().root / "operator-session"
    subject = str(body.get("subject", f"{body['service']}/{body['shard']}"))
    is_gap = "subject" not in body

    def left(ledger: Ledger) -> list[str]:
        if is_gap:
            return [str(ledger.halt)] if ledger.halt else []
        return list(ledger.parked.get(subject, ()))

    kinds = (GapAccepted,) if is_gap else (ParkedRetried, ParkedSkipped)
    awaiting = Awaiting(run, body["service"], body["shard"])
    return asyncio.run(awaiting.after(lambda: ask(run, session, path, body), subject, kinds, left))


def _tell(outcome: "Outcome", as_json: bool) -> None:
    rows = [{"what": fact["fact"], "of": _of(fact)} for fact in outcome.facts]
    rows += [{"what": "still waiting", "of": one} for one in outcome.remaining]
    if outcome.timed_out:
        rows.append({"what": "no answer yet", "of": f"{outcome.command} is on the log"})
    say(as_json, {**asdict(outcome), "fine": outcome.fine}, table_of(rows, ("what", "of")))
    end(attention=not outcome.fine)


def _of(fact: dict[str, Any]) -> str:
    return str(fact.get("coordinates") or f"{fact['source']} on {fact['topic']}")
