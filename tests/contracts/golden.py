"""The golden corpus: every version ever published, and what follows from each fact.

One line a message in `golden/<owner>.jsonl`, and one more whenever it has been given an optional
field. A line is never edited: `python -m tests.contracts.golden` only adds what is not there yet.
"""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.contracts.message import Fact, Message
from shared.kernel.decider import Send

from .examples import PUBLISHED, example

FOLDER = Path(__file__).parent / "golden"


def corpus() -> Iterator[dict[str, Any]]:
    """Every line."""
    for file in sorted(FOLDER.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            yield json.loads(line)


def entry(message: Message) -> dict[str, Any]:
    """A message as its corpus line."""
    line: dict[str, Any] = {
        "type": message.type,
        "key": message.partition_key,
        "subject": message.subject,
        "body": message.encode().decode(),
    }
    if isinstance(message, Fact):
        line["follows"] = [
            {"topic": s.topic, "key": s.key, "type": s.message.type, "body": _body(s)}
            for s in follows_of(message.owner)(message)
        ]
    return line


def _body(send: Send) -> str:
    return send.message.encode().decode()


def follows_of(owner: str) -> Callable[[Fact], list[Send]]:
    """The owner's process.follows; nothing follows from the engine's own facts."""
    if owner == "shard":
        return lambda _: []
    follows: Callable[[Fact], list[Send]] = import_module(f"services.{owner}.process").follows
    return follows


def write() -> None:
    """Add what the corpus lacks."""
    have = {(line["type"], line["body"]) for line in corpus()}
    for wire_type, cls in sorted(PUBLISHED.items()):
        line = entry(example(cls))
        if (wire_type, line["body"]) not in have:
            with (FOLDER / f"{cls.owner}.jsonl").open("a") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write()
