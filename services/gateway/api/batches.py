"""Batches: a file of lines, each an order of its own; what became of each; all in one place."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import msgspec
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.gateway.door.access import Asking
from services.gateway.door.batch_progress import BatchRow, LineRow
from services.gateway.door.batches import KeptBatch, KeptLine
from services.gateway.door.door import Door
from services.gateway.door.listening import TooManyWait
from services.gateway.door.requests import Answer
from services.gateway.projections import signals
from shared.contracts.envelope import rfc3339
from shared.contracts.orders import Origin
from shared.kernel import ids

from .asking import customer, door_of, spend
from .batch_lines import LINES_MAX, Batch, Read, canonical, read_csv, read_json, said
from .batch_shapes import Batches, BatchLines, BatchStanding
from .bodies import JSON, NO_STORE, charset_of, json_answer
from .messages import Language
from .once import once
from .order_json import label, money, sentence
from .orders import command_of
from .origin import origin_of
from .pages import cursor_of, limit_of, page
from .problems import Problem, from_validation, speaks
from .pushing import EVENTS, pushed_to
from .routes import Route
from .shapes import NewBatch, NewBatchBody, NewLine, NewOrder
from .tabular import BadFile, csv_text

CSV: Final = "text/csv"
CHUNK_LINES: Final = 200
"""Lines between two looks at other requests: some ten milliseconds."""
LAST: Final = (2**62, "")
PAGE_LINES: Final = 1_000
"""Lines read in one go for a file of results."""
PUSH_S_MIN: Final = 0.3
"""Between two looks for a reader who has progress pushed."""
HEARTBEAT_S: Final = 15.0
STREAM_S_MAX: Final = 3_600.0
TITLES: Final = (
    "line", "reference", "sku", "quantity", "unit_price_minor", "state", "label", "code", "detail",
    "order_id", "charged_minor",
)  # fmt: skip


async def upload(request: Request) -> Response:
    """Order every line of a file. The same file again is the same batch, whatever the key."""
    asking, door = await customer(request), door_of(request)
    spend(door.limits.orders, asking.name)
    body = await request.body()
    batch = _read(request, body)
    content = door.secrets.body_hash(b"batch", canonical(batch)).hex()
    batch_id = ids.derive("batch", asking.name, batch.words.batch_key, content)
    answer = await once(request, asking, body, lambda: Answer(batch_id))
    kept = await door.batch_reader.one(asking.name, answer.resource)
    if kept is None:
        lines = await _lines(door, asking, batch, content, origin_of(request, asking))
        now_ms = time.time_ns() // 1_000_000
        await door.batches.begin(
            KeptBatch(batch_id, asking.name, batch.words.batch_key, lines, now_ms)
        )
        kept = await door.batch_reader.one(asking.name, batch_id)
    assert kept is not None, "a batch that was begun can be read"
    where = {"Location": f"/v1/batches/{kept.batch_id}"}
    return json_answer(await _standing(door, kept), 202, where)


def _read(request: Request, body: bytes) -> Batch:
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    try:
        if kind == CSV:
            words = {name: text for name, text in request.query_params.items() if text}
            return read_csv(body, NewBatch.model_validate(words), charset_of(request))
        if kind == JSON:
            return read_json(body)
    except ValidationError as error:
        raise from_validation(error) from None
    except BadFile as bad:
        where = [{"pointer": f"/{bad.line}", "code": bad.code}] if bad.line else []
        raise Problem(bad.code, errors=where, limit=LINES_MAX) from None
    raise Problem("UNSUPPORTED_MEDIA_TYPE", wanted=f"{CSV}, {JSON}")


async def _lines(
    door: Door, asking: Asking, batch: Batch, content: str, origin: Origin | None
) -> list[KeptLine]:
    """Every line with its order. Equal lines of one file are as many orders."""
    scope = batch.words.batch_key or content
    times: dict[bytes, int] = {}
    kept: list[KeptLine] = []
    for at, read in enumerate(batch.lines):
        if at % CHUNK_LINES == 0:
            await asyncio.sleep(0)
        word = said(read)
        times[word] = times.get(word, 0) + 1
        # A space: no Idempotency-Key has one, so no order of another kind has this id.
        key = f"batch {ids.derive('batch line', scope, word.decode(), str(times[word]))}"
        kept.append(await _kept(door, asking, batch, read, key, origin))
    return kept


async def _kept(
    door: Door, asking: Asking, batch: Batch, read: Read, key: str, origin: Origin | None
) -> KeptLine:
    wanted = read.wanted
    if wanted is None:
        return KeptLine(read.number, read.reference, "", 0, 0, read.code, "", None)
    line = NewLine(
        sku=wanted.sku, quantity=wanted.quantity, unit_price=wanted.unit_price, target=wanted.target
    )
    order = NewOrder(lines=[line], on_decline=batch.words.on_decline)
    command = await command_of(door, asking, key, order, time.time_ns() // 1_000_000)
    if origin:
        command = command.model_copy(update={"origin": origin})
    return KeptLine(
        read.number, read.reference, wanted.sku, wanted.quantity, wanted.unit_price.amount, "",
        command.order_id, command.encode(),
    )  # fmt: skip


async def read_one(request: Request) -> Response:
    """How far a batch has come; with `Accept: text/event-stream` pushed until nothing moves."""
    asking, door = await customer(request), door_of(request)
    batch = await _own(request, asking)
    if EVENTS in request.headers.get("accept", ""):
        events = _events(door, asking.name, batch)
        return pushed_to(request, asking, events)
    return json_answer(await _standing(door, batch))


async def _own(request: Request, asking: Asking) -> BatchRow:
    found = await door_of(request).batch_reader.one(asking.name, request.path_params["batch_id"])
    if found is None:
        raise Problem("NOT_FOUND")
    return found


async def _standing(door: Door, batch: BatchRow) -> dict[str, Any]:
    progress = await door.batch_reader.progress(batch.batch_id)
    return {
        "batch_id": batch.batch_id,
        "batch_key": batch.key,
        "state": progress.state,
        "lines": batch.lines,
        "counts": dict(sorted(progress.counts.items())),
        "created_at": rfc3339(batch.created_ms),
    }


async def _events(door: Door, account_id: str, batch: BatchRow) -> AsyncIterator[bytes]:
    """An event whenever a count has changed; the stream ends when nothing moves any more."""
    end_s = asyncio.get_running_loop().time() + STREAM_S_MAX
    told: dict[str, Any] | None = None
    try:
        async with door.listener.watch(signals.account(account_id)) as bell:
            while not door.closing.is_set() and asyncio.get_running_loop().time() < end_s:
                now = await _standing(door, batch)
                if now != told:
                    told = now
                    yield b"event: batch\ndata: %s\n\n" % msgspec.json.encode(now)
                if now["state"] != "running":
                    return
                if not await bell.wait(HEARTBEAT_S):
                    yield b": still here\n\n"
                await asyncio.sleep(PUSH_S_MIN)
    except TooManyWait:
        return


async def read_lines(request: Request) -> Response:
    """What became of each line, in the file's order."""
    asking, limit = await customer(request), limit_of(request)
    batch = await _own(request, asking)
    (after,) = cursor_of(request, tuple[int]) or (0,)
    rows = await door_of(request).batch_reader.lines(batch.batch_id, after, limit + 1)
    items = [_line(row, speaks(request)) for row in rows]
    return json_answer(page(items, [(row.number,) for row in rows], limit))


def _line(row: LineRow, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = {
        "line": row.number, "reference": row.reference, "sku": row.sku,
        "quantity": row.quantity, "unit_price": money(row.unit_price, "CNY"),
        "state": row.state, "label": label(row.state, language),
    }  # fmt: skip
    if row.order_id:
        found["order_id"] = row.order_id
    if code := _code(row):
        found |= {"code": code, "detail": sentence(code, language)}
    return found


def _code(row: LineRow) -> str:
    return row.code or (row.doc.code or row.doc.declined if row.doc else "")


async def results(request: Request) -> Response:
    """Every line's result as a file: nothing in it is run by the spreadsheet that opens it."""
    asking = await customer(request)
    batch = await _own(request, asking)
    headers = {
        **NO_STORE,
        "Content-Disposition": f'attachment; filename="batch-{batch.batch_id}.csv"',
    }
    text = _file(door_of(request), batch, speaks(request))
    return StreamingResponse(text, media_type=f"{CSV}; charset=utf-8", headers=headers)


async def _file(door: Door, batch: BatchRow, language: Language) -> AsyncIterator[str]:
    yield "\ufeff" + csv_text([TITLES])
    after = 0
    while rows := await door.batch_reader.lines(batch.batch_id, after, PAGE_LINES):
        yield csv_text(_cells(rows, language))
        after = rows[-1].number


def _cells(rows: list[LineRow], language: Language) -> Iterator[tuple[object, ...]]:
    for row in rows:
        code, paid = _code(row), row.state in {"processing", "delivered", "completed"}
        yield (
            row.number, row.reference, row.sku, row.quantity, row.unit_price, row.state,
            label(row.state, language), code, sentence(code, language) if code else "",
            row.order_id, row.doc.total - row.doc.refunded if row.doc and paid else 0,
        )  # fmt: skip


async def read_many(request: Request) -> Response:
    """The account's batches, the newest first."""
    asking, limit, door = await customer(request), limit_of(request), door_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    rows = await door.batch_reader.newest(asking.name, before, limit + 1)
    items = [await _standing(door, row) for row in rows]
    return json_answer(page(items, [(row.created_ms, row.batch_id) for row in rows], limit))


ROUTES: Final = (
    Route("POST", "/v1/batches", upload, "批量下单 · Order a file of lines", "customer",
          NewBatchBody, BatchStanding, 202, once=True, query=("batch_key", "on_decline")),
    Route("GET", "/v1/batches", read_many, "我的批次 · Batches, the newest first", "customer",
          answer=Batches, query=("limit", "cursor")),
    Route("GET", "/v1/batches/{batch_id}", read_one, "批次进度 · How far a batch has come",
          "customer", answer=BatchStanding),
    Route("GET", "/v1/batches/{batch_id}/lines", read_lines, "批次明细 · A batch's lines",
          "customer", answer=BatchLines, query=("limit", "cursor")),
    Route("GET", "/v1/batches/{batch_id}/results.csv", results,
          "批次结果文件 · A batch's results as a file", "customer", answer=CSV),
)  # fmt: skip
