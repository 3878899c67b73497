"""The dictionary as documents: one AsyncAPI 3 document for the system, a JSON Schema a message.

Both come from the classes in shared/contracts and from the matrix; nothing is written by hand.
"""

import json
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, Final

from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI

from shared.contracts.matrix import MATRIX, TopicRule
from shared.contracts.message import Message
from shared.contracts.registry import MESSAGES, commands_of, facts_of

TITLE: Final = "Kameng"
VERSION: Final = "1.0.0"
ABOUT: Final = (
    "Self-service ordering for virtual goods. Records are CloudEvents 1.0 in Kafka's binary mode; "
    "`ce_type` names the message, `ce_link` chains it to its source's history."
)


def messages_on(rule: TopicRule) -> tuple[type[Message], ...]:
    """What may stand on this topic."""
    if rule.kind == "commands":
        return (*commands_of(rule.owner), *commands_of("shard"))
    if rule.kind == "answers":
        names = {"StockReserved", "StockRefused"}
        return tuple(cls for cls in facts_of(rule.owner) if cls.__name__ in names)
    return (*facts_of(rule.owner), *facts_of("shard"))


def asyncapi() -> dict[str, Any]:
    """Every topic with who writes and who reads it, and the messages on it."""
    described = KafkaBroker()
    for rule in MATRIX:
        readers, writers = ", ".join(sorted(rule.readers)), ", ".join(sorted(rule.writers))
        described.publisher(
            rule.topic,
            schema=reduce(or_, messages_on(rule)),
            title=rule.topic,
            description=f"{rule.kind} of {rule.owner}; written by {writers}; read by {readers}",
        )
    document = AsyncAPI(
        described, title=TITLE, version=VERSION, description=ABOUT, schema_version="3.0.0"
    )
    found: dict[str, Any] = json.loads(document.to_specification().to_json())
    return found


def schemas() -> dict[str, dict[str, Any]]:
    """A JSON Schema for each message, by wire type."""
    return {name: cls.model_json_schema() for name, cls in MESSAGES.items()}


def write(folder: Path) -> list[Path]:
    """`asyncapi.json` and `schemas/<wire type>.json` under ``folder``; returns what was written."""
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    files = {folder / "asyncapi.json": asyncapi()}
    files |= {folder / "schemas" / f"{name}.json": schema for name, schema in schemas().items()}
    for file, content in files.items():
        file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return list(files)
