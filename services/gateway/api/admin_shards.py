"""Operators speak to a shard itself: parked records retried or skipped, gaps accepted.

Each is a command on the service's own commands, in the partition that is the shard, with the
operator's name; what becomes of it is a fact on the shard's log. All are safe to repeat.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.requests import Answer
from services.gateway.projections.parked import ParkedRow
from shared.contracts.envelope import Coordinates, rfc3339
from shared.contracts.message import Command
from shared.contracts.shard import AcceptGap, RetryParked, SkipParked
from shared.runtime.appending import outgoing

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .once import once, request_id_of
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .shapes import NAME_LENGTH_MAX, Name, Shape

FIRST: Final = (0, "", "")
POSITION_MAX: Final = 2**62
Reason = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
Position = Annotated[int, Field(ge=0, le=POSITION_MAX)]


class OfShard(Shape):
    """Which shard is spoken to."""

    service: Literal[
        "catalog", "orders", "risk", "inventory", "payments", "delivery", "gateway", "audit"
    ]
    shard: Annotated[int, Field(ge=0)]


class NewRetry(OfShard):
    """The parked records of a subject, to be processed again in order."""

    subject: Name


class NewSkip(OfShard):
    """A parked record to be passed over for good."""

    subject: Name
    coordinates: Name
    """Of the record, as the list of parked records says it."""
    reason: Reason


class NewAcceptedGap(OfShard):
    """The gap that a shard has halted at, exactly as it says it."""

    source: Name
    topic: Name
    expected: Position
    found: Position
    reason: Reason


class AskedOfShard(Shape):
    """The command is on the log; what becomes of it will be a fact on the shard's."""

    service: str
    shard: int
    command: str
    """`topic/partition/offset`."""
    by: str


class ParkedRecord(Shape):
    """A record that could not be processed; its body is never shown."""

    service: str
    shard: int
    subject: str
    coordinates: str
    """`topic/partition/offset`."""
    reason: str
    behind: bool
    """It only waits behind an earlier one of its subject."""
    since: str


class ParkedRecords(Shape):
    """A page, the oldest first."""

    items: list[ParkedRecord]
    next_cursor: str | None


async def read_parked(request: Request) -> Response:
    """Records that any service has set aside, the oldest first."""
    await operator("support", "auditor")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[int, str, str]) or FIRST
    rows = await door_of(request).board.parked(after, limit + 1)
    items = [_parked(row) for row in rows]
    cursors = [(row.since_ms, row.service, row.coordinates) for row in rows]
    return json_answer(page(items, cursors, limit))


def _parked(row: ParkedRow) -> dict[str, Any]:
    found = row._asdict()
    return {**found, "since": rfc3339(found.pop("since_ms"))}


async def retry_parked(request: Request) -> Response:
    """Process the parked records of a subject again, in order, until one fails again."""
    asking, new = await operator("support")(request), await read_body(NewRetry, request)
    return await _ask(request, asking, new, RetryParked(subject_id=new.subject, by=asking.name))


async def skip_parked(request: Request) -> Response:
    """Go on without a parked record; those that wait behind it are processed."""
    asking, new = await operator("support")(request), await read_body(NewSkip, request)
    command = SkipParked(
        subject_id=new.subject, coordinates=new.coordinates, reason=new.reason, by=asking.name
    )
    return await _ask(request, asking, new, command)


async def accept_gap(request: Request) -> Response:
    """Let a halted shard go on without records that are gone. Cannot be undone."""
    asking, new = await operator()(request), await read_body(NewAcceptedGap, request)
    command = AcceptGap(
        subject_id=f"{new.service}/{new.shard}",
        source=new.source,
        topic=new.topic,
        expected=new.expected,
        found=new.found,
        reason=new.reason,
        by=asking.name,
    )
    return await _ask(request, asking, new, command)


async def _ask(request: Request, asking: Asking, new: OfShard, command: Command) -> Response:
    door = door_of(request)
    if new.shard >= door.partitions:
        raise Problem("NOT_FOUND")
    await once(request, asking, new, lambda: Answer(request_id_of(request, asking)))
    topic = f"{new.service}.commands"
    record = outgoing(command)._replace(topic=topic, partition=new.shard)
    appended = await door.appender.append(record)
    where = Coordinates(topic, appended.partition, appended.offset)
    body = {"service": new.service, "shard": new.shard, "command": str(where), "by": asking.name}
    return json_answer(body, 202)


ROUTES: Final = (
    Route("GET", "/v1/admin/parked", read_parked, "搁置的记录 · Parked records", "operator",
          answer=ParkedRecords, query=("limit", "cursor")),
    Route("POST", "/v1/admin/parked/retries", retry_parked,
          "重试搁置的记录 · Retry parked records", "operator", NewRetry, AskedOfShard, 202,
          once=True),
    Route("POST", "/v1/admin/parked/skips", skip_parked,
          "跳过搁置的记录 · Skip a parked record", "operator", NewSkip, AskedOfShard, 202,
          once=True),
    Route("POST", "/v1/admin/gaps", accept_gap, "接受缺口 · Accept a gap", "operator",
          NewAcceptedGap, AskedOfShard, 202, once=True),
)  # fmt: skip
