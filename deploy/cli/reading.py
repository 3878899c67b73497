"""The log that a command reads: the running system's, or one that was exported to files."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from deploy.local.folder import of_checkout
from deploy.local.refusal import Refusal

Files = Annotated[
    Path | None, typer.Option("--files", help="Read an exported log from this folder instead.")
]


class Reading(NamedTuple):
    """A log being read."""

    total: int | None
    """How many records there are, if that is known."""
    batches: AsyncIterator[Any]
    """All of them, about in the order of time."""


def client() -> dict[str, Any]:
    """An aiokafka client's arguments: as the auditor, who may read everything and write nothing."""
    from deploy.local import runfile

    kafka = runfile.read(of_checkout().run_file)["kafka"]
    return {
        "bootstrap_servers": kafka["bootstrap"],
        "security_protocol": kafka.get("protocol", "SASL_PLAINTEXT"),
        "sasl_mechanism": kafka["mechanism"],
        "sasl_plain_username": kafka["username"],
        "sasl_plain_password": kafka["password"],
    }


@asynccontextmanager
async def reading(files: Path | None, topics: Iterable[str] = ()) -> AsyncIterator[Reading]:
    """These topics, or all; raises Refusal or LogOutOfReach where there is nothing to read."""
    from shared.contracts.matrix import TOPICS
    from shared.replay.reader import LogReader

    wanted = tuple(topics) or tuple(TOPICS)
    if files:
        yield Reading(None, _from_files(files, frozenset(wanted)))
        return
    async with LogReader(client(), wanted) as reader:
        yield Reading(reader.total, reader.batches())


async def _from_files(folder: Path, topics: frozenset[str]) -> AsyncIterator[Any]:
    from shared.replay.files import FORM, batches

    read = 0
    try:
        for records in batches(folder):
            read += len(records)
            yield [record for record in records if record.topic in topics]
    except ValueError as error:
        raise Refusal(f"{folder} holds what is not a record: {error}") from error
    if not read:
        raise Refusal(f"{folder} holds no exported log: files named {FORM}.")
