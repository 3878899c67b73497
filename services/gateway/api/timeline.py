"""An order's timeline: its own facts, and who was shown its codes, in order of time."""

from collections.abc import Iterable
from typing import Any

from services.gateway.projections.order import OrderDoc
from shared.contracts.envelope import rfc3339

from .messages import Language
from .order_json import label


def timeline_json(
    doc: OrderDoc, reveals: Iterable[tuple[Any, ...]], language: Language
) -> dict[str, Any]:
    """shapes.Timeline; ``reveals`` are (position, shard, line, code, time in ms)."""
    entries: list[tuple[int, dict[str, Any]]] = [
        (
            step.time_ms,
            _entry(
                step.type, f"/kameng/orders/{doc.shard}", step.position, step.time_ms, step.detail
            )
            | {"state": step.state, "label": label(step.state, language)},
        )
        for step in doc.steps
    ]
    for position, shard, line, code, time_ms in reveals:
        name = "RevealRefused" if code else "CardRevealed"
        source = f"/kameng/delivery/{shard}"
        entries.append((time_ms, _entry(name, source, position, time_ms, code or str(line))))
    entries.sort(key=lambda entry: entry[0])
    return {"items": [entry for _, entry in entries], "next_cursor": None}


def _entry(name: str, source: str, position: int, time_ms: int, detail: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "time": rfc3339(time_ms),
        "type": name,
        "source": source,
        "position": position,
    }
    if detail:
        entry["detail"] = detail
    return entry
