"""`kameng risk test`: other rules, tried on the log as it stands."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from deploy.cli.ops.screen import say, table_of
from deploy.cli.reading import Files, reading
from deploy.local.refusal import Refusal

if TYPE_CHECKING:
    from deploy.trial.trial import Trial

CHANGES_MAX: Final = 50
"""Orders told one by one; of all of them with --json."""
BACK: Final = re.compile(r"(\d{1,6})([mhd])")
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
COUNTED: Final = ("then", "now", "orders")
DECIDED: Final = ("rule", "dry_run", "orders")
CHANGED: Final = ("order", "account", "at", "amount", "then", "now", "rules")

Since = Annotated[
    str, typer.Option(help="Orders from then on: 2026-11-11T00:00+08:00, 90m, 24h, 7d")
]
Rules = Annotated[Path, typer.Option("--rules", help="The set to be tried, as rules.json is")]
AsJson = Annotated[bool, typer.Option("--json", help="Everything, as JSON.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Risk's rules.")


@app.callback()
def _risk() -> None:
    """Risk's rules."""


@app.command("test")
def try_rules(since: Since, rules: Rules, as_json: AsJson = False, files: Files = None) -> None:
    """Judge the log's orders by another set of rules: which verdicts would change, and by what."""
    import uvloop

    trial = uvloop.run(_tried(_since_ms(since), rules, files))
    found = told(trial)
    if as_json:
        say(True, found, table_of((), ()))
        return
    say(False, None, table_of(found["verdicts"], COUNTED))
    say(False, None, table_of(found["rules"], DECIDED))
    say(False, None, table_of(found["changes"][:CHANGES_MAX], CHANGED))
    more = len(found["changes"]) - CHANGES_MAX
    print(f"{len(found['changes']):,} of {found['orders']:,} orders would change"
          + (f"; {more:,} more with --json" if more > 0 else ""))  # fmt: skip


def told(trial: "Trial") -> dict[str, Any]:
    """What came of a trial, plainly."""
    from shared.contracts.envelope import rfc3339

    return {
        "orders": sum(trial.counts().values()),
        "verdicts": [
            {"then": then, "now": now, "orders": count}
            for (then, now), count in sorted(trial.counts().items())
        ],
        "rules": [
            {"rule": rule, "dry_run": dry, "orders": count}
            for (rule, dry), count in sorted(trial.by_rule().items())
        ],
        "changes": [
            {
                "order": each.order_id, "account": each.account_id,
                "at": rfc3339(each.received_ms), "amount": each.amount,
                "then": each.then.action, "now": each.now.action,
                "rules": list(each.now.rules or each.then.rules),
            }
            for each in trial.changes()
        ],
    }  # fmt: skip


async def _tried(since_ms: int, rules: Path, files: Path | None) -> "Trial":
    """Everything is read: windows and quotas reach back before ``since``."""
    from deploy.trial.trial import READ, Trial
    from shared.contracts.registry import decode
    from shared.replay.entry import NotOurs, entry_of

    trial, wanted = Trial(_read(rules), since_ms), {cls.type for cls in READ}
    async with reading(files, ("orders.events", "risk.events")) as (_, batches):
        async for records in batches:
            for record in records:
                try:
                    name = entry_of(record).type.decode()
                except NotOurs:
                    continue
                if name in wanted:
                    trial.feed(decode(name, record.value or b""))
    return trial


def _read(file: Path) -> Any:
    from services.risk.scoring import read

    try:
        return read(file.read_bytes())
    except (OSError, ValueError) as error:
        raise Refusal(f"{file} is no set of rules: {error}") from None


def _since_ms(text: str) -> int:
    """Unix milliseconds; raises Refusal."""
    if back := BACK.fullmatch(text):
        then = datetime.now(UTC) - timedelta(**{UNITS[back[2]]: int(back[1])})
        return int(then.timestamp() * 1000)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{text} is no time: 2026-11-11T00:00+08:00, 90m, 24h or 7d.") from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
