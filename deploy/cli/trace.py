"""`kameng trace ORDER`: one sampled order through all services, from the local trace file."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from deploy.cli.ops.screen import end, say, table_of
from deploy.local.folder import of_checkout
from deploy.local.refusal import Refusal

FILE: Final = "traces.jsonl"
COLUMNS: Final = ("at_ms", "took_ms", "step", "subject", "process")
MS_PER_S: Final = 1_000
AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]


def trace(order: str, as_json: AsJson = False) -> None:
    """Every step of a sampled order, in one trace. Status 1 when it was not sampled."""
    spans = list(_spans(of_checkout().root / FILE))
    traces = {span["trace"] for span in spans if span["subject"] == order}
    steps = [span for span in spans if span["trace"] in traces]
    rows = list(_tree(steps))
    say(as_json, rows, table_of(rows, COLUMNS))
    end(attention=not rows)


def _spans(file: Path) -> Iterator[dict[str, Any]]:
    if not file.exists():
        raise Refusal(f"Nothing was traced here yet: there is no {file.name}.")
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            span = json.loads(line)
            about = span["attributes"]
            yield {
                "trace": span["context"]["trace_id"],
                "id": span["context"]["span_id"],
                "parent": span["parent_id"],
                "name": span["name"],
                "subject": about.get("kameng.subject", ""),
                "cause": about.get("kameng.cause", ""),
                "process": span["resource"]["attributes"]["service.instance.id"],
                "start_s": _seconds(span["start_time"]),
                "end_s": _seconds(span["end_time"]),
            }


def _tree(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Parents before what came of them, each as far to the right as it is deep."""
    known = {step["id"] for step in steps}
    children: dict[str, list[dict[str, Any]]] = {}
    for step in sorted(steps, key=lambda step: float(step["start_s"])):
        parent = step["parent"] if step["parent"] in known else ""
        children.setdefault(parent, []).append(step)
    begun_s = min((step["start_s"] for step in steps), default=0.0)
    waiting = [(0, step) for step in reversed(children.get("", []))]
    while waiting:
        depth, step = waiting.pop()
        yield {
            "at_ms": round((step["start_s"] - begun_s) * MS_PER_S, 1),
            "took_ms": round((step["end_s"] - step["start_s"]) * MS_PER_S, 1),
            "step": "  " * depth + step["name"],
            **{name: step[name] for name in ("subject", "cause", "process", "id", "parent")},
        }
        waiting += [(depth + 1, child) for child in reversed(children.get(step["id"], []))]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
