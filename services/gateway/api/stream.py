"""Every state change of an account's orders, pushed (SSE); and that a support thread has moved.

An event's id is the position of its record on the account's shard of orders; all of an account's
orders live there, so what comes after an id is exactly what its reader has not seen. What
is told of support has no id: whoever connects reads the threads first.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.door import Door
from services.gateway.door.listening import TooManyWait
from services.gateway.projections import signals
from services.gateway.projections.order import OrderDoc
from services.gateway.projections.queries import CHANGES_MAX
from services.gateway.projections.threads import ThreadRow
from shared.contracts.envelope import rfc3339

from .asking import customer, door_of
from .messages import Language
from .order_json import label
from .problems import Problem, speaks
from .pushing import EVENTS, pushed_to
from .routes import Route
from .thread_shapes import told
from .waitlists import told as waited

HEARTBEAT_S: Final = 15.0
STREAM_S_MAX: Final = 3_600.0
"""Then the client connects again, from the last id it saw."""
POSITION_DIGITS_MAX: Final = 18
RETRY_MS: Final = 1_000


async def stream(request: Request) -> Response:
    """Changes from now on, or from `Last-Event-ID` on, without a gap."""
    asking, door = await customer(request), door_of(request)
    text = request.headers.get("last-event-id", request.query_params.get("last_event_id", ""))
    if text and not (text.isascii() and text.isdigit() and len(text) <= POSITION_DIGITS_MAX):
        raise Problem("BAD_LAST_EVENT_ID")
    after = int(text) if text else await door.read.newest(asking.name)
    events = _events(door, asking.name, after, speaks(request))
    return pushed_to(request, asking, events)


async def _events(
    door: Door, account_id: str, after: int, language: Language
) -> AsyncIterator[bytes]:
    """The bytes of the stream. The bell is taken before the first look: nothing falls between."""
    end_s = asyncio.get_running_loop().time() + STREAM_S_MAX
    yield b"retry: %d\nid: %d\n: connected\n\n" % (RETRY_MS, after)
    keys = (
        signals.account(account_id), signals.support(account_id), signals.waiting(account_id)
    )  # fmt: skip
    since_ms, shown = time.time_ns() // 1_000_000, set[str]()
    try:
        async with door.listener.watch(*keys) as bell:
            heard = await door.threads.newest(account_id)
            while not door.closing.is_set() and asyncio.get_running_loop().time() < end_s:
                before = after
                async for position, event in _changes_since(door, account_id, after, language):
                    after = position
                    yield event
                if after != before:
                    continue
                for row in await door.threads.moved(account_id, heard):
                    heard = row.position
                    yield _support(row, language)
                for come in await door.waitlists.told(account_id, since_ms):
                    if come.subscription_id not in shown:
                        shown.add(come.subscription_id)
                        yield b"event: restock\ndata: %s\n\n" % msgspec.json.encode(waited(come))
                if not await bell.wait(HEARTBEAT_S):
                    yield b": still here\n\n"
    except TooManyWait:
        return


async def _changes_since(
    door: Door, account_id: str, after: int, language: Language
) -> AsyncIterator[tuple[int, bytes]]:
    """Everything later than ``after``, and how far its reader has then come.

    While there is another page, an order on it may hold a fact older than those on this one: so
    its events carry no id yet, and a reader that breaks off sees them again rather than never.
    """
    cursor = after
    docs = await door.read.moved(account_id, cursor)
    while len(docs) == CHANGES_MAX:
        for _, said in changes(docs, after, language):
            yield after, _event(None, said)
        cursor = docs[-1].position
        docs = await door.read.moved(account_id, cursor)
    for position, said in changes(docs, after, language):
        yield position, _event(position, said)


def changes(
    docs: Iterable[OrderDoc], after: int, language: Language
) -> list[tuple[int, dict[str, Any]]]:
    """Every fact later than ``after``, with its position, in order of positions."""
    found: list[tuple[int, dict[str, Any]]] = []
    for doc in docs:
        for step in doc.steps:
            if step.position > after:
                said = {
                    "order_id": doc.order_id,
                    "state": step.state,
                    "label": label(step.state, language),
                    "type": step.type,
                    "time": rfc3339(step.time_ms),
                    "detail": step.detail or None,
                }
                found.append((step.position, said))
    found.sort(key=lambda each: each[0])
    return found


def _event(position: int | None, said: dict[str, Any]) -> bytes:
    named = b"" if position is None else b"id: %d\n" % position
    return named + b"event: order\ndata: %s\n\n" % msgspec.json.encode(said)


def _support(row: ThreadRow, language: Language) -> bytes:
    return b"event: support\ndata: %s\n\n" % msgspec.json.encode(told(row, language))


ROUTES: Final = (
    Route("GET", "/v1/stream", stream, "订单状态推送 (SSE) · Pushed order states", "customer",
          answer=EVENTS, query=("last_event_id",)),
)  # fmt: skip
