"""Cards come in: previewed line by line, sealed at the door, then claimed bit by bit."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, cast

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.door import Door
from services.gateway.door.imports import Progress, StockImport
from services.gateway.door.requests import Answer
from shared.contracts.inventory import ClaimCard
from shared.kernel import ids
from shared.runtime.appending import Outgoing, outgoing
from shared.security.fingerprints import card_fingerprint
from shared.security.sealing import Sealer

from .asking import door_of, operator
from .bodies import charset_of, csv_answer, json_answer
from .importing import LINES_MAX, Format, Line, masked, notes, objection, read_lines
from .once import once, request_id_of
from .problems import Problem
from .routes import Route
from .shapes import Shape
from .stock_paths import sku_of
from .tabular import BadFile

FORMATS: Final = ("text/plain", "text/csv")
CHUNK_LINES: Final = 500
"""Lines between two looks at other requests: some ten milliseconds."""
SEATS_MAX: Final = 100
"""Seats of one shared account."""
SHOWN_MAX: Final = 1_000
"""Lines that a JSON answer tells of; `results.csv`, or a preview as CSV, tells of all."""

Found = list[tuple[int, str]]
"""(line, code) of every line that is not taken."""


class LineResult(Shape):
    """A line that was not taken."""

    line: int
    code: str


class LineVerdict(Shape):
    """What would become of a line."""

    line: int
    code: str
    """`OK`, or why it would not be taken."""
    shown: str
    """The ends of the code as it would be delivered."""
    length: int
    """Its characters."""
    notes: tuple[str, ...] = ()
    """What may look odd in it; all of it stays."""


class ImportResult(Shape):
    """How an import stands; a line that is not under `errors` is taken."""

    import_id: str | None
    sku: str
    state: str
    """`preview`, `running` or `done`."""
    lines: int
    accepted: int
    """Of an account with seats every seat counts."""
    judged: int
    """How many of them were looked at in the whole history."""
    received: int
    errors: list[LineResult]
    """The first thousand."""
    errors_total: int
    preview: tuple[LineVerdict, ...] = ()
    """Every line's verdict, the first thousand."""


class Card(NamedTuple):
    """A line, or one seat of it, with the id that its fingerprint gives it."""

    line: Line
    card_id: str


class Reading(NamedTuple):
    """A file, read."""

    lines: list[Line]
    cards: list[Card]
    errors: Found


async def import_cards(request: Request) -> Response:
    """Take cards, one a line; with `?seats=N` each line is an account that is sold N times.

    With `?preview=1` nothing is taken: only said what would be.
    """
    door, asking = door_of(request), await operator("stock")(request)
    sku, kind, body = sku_of(request), _format_of(request), await request.body()
    read = await _read(door, body, kind, charset_of(request), _seats_of(request))
    if request.query_params.get("preview", "") not in {"", "0", "false"}:
        return await _preview(request, sku, read)
    return await _take(request, asking, sku, body, read)


async def _preview(request: Request, sku: str, read: Reading) -> Response:
    """A verdict for every line, as CSV where that is what the client accepts."""
    known = await door_of(request).imports.known([card.card_id for card in read.cards])
    errors = dict(read.errors)
    errors |= {c.line.number: "DUPLICATE_CARD" for c in read.cards if c.card_id in known}
    said = ((line, errors.get(line.number, "OK")) for line in read.lines)
    if "text/csv" in request.headers.get("accept", ""):
        rows = ((n.number, code, masked(n.code), len(n.code), " ".join(notes(n)))
                for n, code in said)  # fmt: skip
        return csv_answer(f"preview-{sku}.csv", ("line", "code", "shown", "length", "notes"), rows)
    result = _result(None, sku, "preview", len(read.lines) - len(errors), sorted(errors.items()))
    verdicts = [
        {"line": line.number, "code": code, "shown": masked(line.code),
         "length": len(line.code), "notes": notes(line)}
        for (line, code), _ in zip(said, range(SHOWN_MAX), strict=False)
    ]  # fmt: skip
    return json_answer({**result, "preview": verdicts})


async def _take(request: Request, asking: Asking, sku: str, body: bytes, read: Reading) -> Response:
    door, import_id = door_of(request), request_id_of(request, asking)
    await once(request, asking, body, lambda: Answer(import_id))
    now_ms, errors = time.time_ns() // 1_000_000, sorted(read.errors)
    begun = StockImport(import_id, sku, asking.name, len(read.cards), errors, now_ms)
    await door.imports.begin(begun, _claims(door, sku, import_id, read.cards))
    found = await door.imports.progress(import_id)
    assert found is not None, "an import that was begun can be read"
    where = {"Location": f"/v1/admin/stock/{sku}/imports/{import_id}"}
    return json_answer(_progress(found), 202, where)


def _claims(
    door: Door, sku: str, import_id: str, cards: Sequence[Card]
) -> Iterator[list[Outgoing]]:
    """The commands, sealed chunk by chunk under one ephemeral key."""
    sealer = Sealer(door.secrets.delivery_public)
    for start in range(0, len(cards), CHUNK_LINES):
        yield [
            outgoing(
                ClaimCard(
                    card_id=card.card_id,
                    sku=sku,
                    sealed=sealer.seal(card.line.code, card.card_id, sku),
                    import_id=import_id,
                    line=card.line.number,
                )
            )
            for card in cards[start : start + CHUNK_LINES]
        ]


async def _read(door: Door, body: bytes, kind: Format, charset: str, seats: int) -> Reading:
    """The cards of a file, each once, and the lines that are none."""
    try:
        lines = read_lines(body, kind, charset)
    except BadFile as bad:
        where = [{"pointer": f"/{bad.line}", "code": bad.code}] if bad.line else []
        raise Problem(bad.code, errors=where, limit=LINES_MAX) from None
    if len(lines) * seats > LINES_MAX:
        raise Problem("TOO_MANY_LINES", limit=LINES_MAX // seats)
    cards: dict[str, Card] = {}
    errors: Found = []
    for at, line in enumerate(lines):
        if at % CHUNK_LINES == 0:
            await asyncio.sleep(0)
        if code := objection(line.code, kind):
            errors.append((line.number, code))
            continue
        card_id = ids.card_id(card_fingerprint(door.secrets.fingerprint_key, line.code))
        if card_id in cards:
            errors.append((line.number, "DUPLICATE_IN_FILE"))
        else:
            cards |= {seat: Card(line, seat) for seat in ids.seat_ids(card_id, seats)}
    return Reading(lines, list(cards.values()), errors)


async def read_import(request: Request) -> Response:
    """How far an import has come, and what became of each line that was not taken."""
    return json_answer(_progress(await _found(request)))


async def import_results(request: Request) -> Response:
    """Every line that was not taken, as CSV; a line that does not stand there is taken."""
    found = await _found(request)
    rows = sorted([*found.begun.errors, *found.refusals])
    return csv_answer(f"import-{found.begun.import_id}.csv", ("line", "code"), rows)


async def _found(request: Request) -> Progress:
    await operator("stock", "auditor")(request)
    found = await door_of(request).imports.progress(request.path_params["import_id"])
    if found is None or found.begun.sku != sku_of(request):
        raise Problem("NOT_FOUND")
    return found


def _progress(found: Progress) -> dict[str, Any]:
    begun, judged = found.begun, found.claimed + found.refused
    state = "done" if judged >= begun.lines and found.received >= found.claimed else "running"
    errors = sorted([*begun.errors, *found.refusals])
    result = _result(begun.import_id, begun.sku, state, begun.lines - found.refused, errors)
    return {**result, "judged": judged, "received": found.received}


def _result(
    import_id: str | None, sku: str, state: str, accepted: int, errors: Found
) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "sku": sku,
        "state": state,
        "lines": accepted + len(errors),
        "accepted": accepted,
        "judged": 0,
        "received": 0,
        "errors": [{"line": line, "code": code} for line, code in errors[:SHOWN_MAX]],
        "errors_total": len(errors),
    }


def _seats_of(request: Request) -> int:
    """How often each line may be sold: a shared account has seats."""
    text = request.query_params.get("seats", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= SEATS_MAX):
        error = {"pointer": "?seats", "code": "out_of_range", "detail": f"1–{SEATS_MAX}"}
        raise Problem("BAD_REQUEST", errors=[error])
    return int(text)


def _format_of(request: Request) -> Format:
    kind = request.headers.get("content-type", FORMATS[0]).partition(";")[0].strip().lower()
    if kind not in FORMATS:
        raise Problem("UNSUPPORTED_MEDIA_TYPE", wanted=", ".join(FORMATS))
    return cast("Format", kind)


ROUTES: Final = (
    Route("POST", "/v1/admin/stock/{sku}/imports", import_cards, "导入卡密 · Import cards",
          "operator", body=" ".join(FORMATS), answer=ImportResult, status=202,
          query=("preview", "seats"), once=True),
    Route("GET", "/v1/admin/stock/{sku}/imports/{import_id}", read_import,
          "导入结果 · An import's result", "operator", answer=ImportResult),
    Route("GET", "/v1/admin/stock/{sku}/imports/{import_id}/results.csv", import_results,
          "导入结果文件 · An import's result as a file", "operator", answer="text/csv"),
)  # fmt: skip
