"""Cards come in: previewed, sealed at the door, claimed line by line; and how many there are."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final, cast

import msgspec
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.door import Door
from services.gateway.door.imports import StockImport
from services.gateway.door.requests import Answer
from services.gateway.projections.queries import Stock
from shared.contracts.envelope import rfc3339
from shared.contracts.inventory import ClaimCard, GrantQuota
from shared.kernel import ids
from shared.runtime.appending import Outgoing, outgoing
from shared.security.fingerprints import card_fingerprint
from shared.security.sealing import Sealer

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .importing import LINES_MAX, BadFile, Format, Line, objection, read_lines
from .once import ask, once, request_id_of
from .problems import Problem
from .routes import Route
from .shapes import Name, Shape
from .stock_paths import sku_of

FORMATS: Final = ("text/plain", "text/csv")
CHUNK_LINES: Final = 500
"""Lines between two looks at other requests: some ten milliseconds."""
UNITS_MAX: Final = 10_000_000
"""Units granted in one go."""

Found = list[tuple[int, str]]
"""(line, code) of every line that is not taken."""


class LineResult(Shape):
    """A line that was not taken."""

    line: int
    code: str


class ImportResult(Shape):
    """How an import stands; a line that is not under `errors` is taken."""

    import_id: str | None
    sku: str
    state: str
    """`preview`, `running` or `done`."""
    lines: int
    accepted: int
    received: int
    errors: list[LineResult]


class StockCount(Shape):
    """A SKU's cards: received = available + reserved + sold + withdrawn."""

    sku: str
    received: int
    available: int
    reserved: int
    sold: int
    withdrawn: int
    as_of: str | None


class Card(msgspec.Struct, frozen=True):
    """A line with the id that its fingerprint gives it."""

    line: Line
    card_id: str


async def import_cards(request: Request) -> Response:
    """Take cards, one a line. With `?preview=1` nothing is taken: only said what would be."""
    door, asking = door_of(request), await operator("stock")(request)
    sku = sku_of(request)
    kind = _format_of(request)
    body = await request.body()
    cards, errors = await _read(door, body, kind)
    if request.query_params.get("preview", "") not in {"", "0", "false"}:
        known = await door.imports.known([card.card_id for card in cards])
        errors += [(c.line.number, "DUPLICATE_CARD") for c in cards if c.card_id in known]
        taken = len(cards) - len(known)
        return json_answer(_result(None, sku, "preview", taken, 0, sorted(errors)))
    return await _take(request, asking, sku, body, cards, errors)


async def _take(
    request: Request, asking: Asking, sku: str, body: bytes, cards: list[Card], errors: Found
) -> Response:
    door, import_id = door_of(request), request_id_of(request, asking)
    await once(request, asking, body, lambda: Answer(import_id))
    begun = StockImport(
        import_id, sku, asking.name, len(cards), sorted(errors), time.time_ns() // 1_000_000
    )
    await door.imports.begin(begun)
    for chunk in _claims(door, sku, import_id, cards):
        await asyncio.gather(*map(door.appender.append, chunk))
    where = {"Location": f"/v1/admin/stock/{sku}/imports/{import_id}"}
    result = _result(import_id, sku, "running", len(cards), 0, begun.errors)
    return json_answer(result, 202, where)


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


async def _read(door: Door, body: bytes, kind: Format) -> tuple[list[Card], Found]:
    """The cards of a file, each once, and the lines that are none."""
    try:
        lines = read_lines(body, kind)
    except BadFile as bad:
        where = [{"pointer": f"/{bad.line}", "code": bad.code}] if bad.line else []
        raise Problem(bad.code, errors=where, limit=LINES_MAX) from None
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
            cards[card_id] = Card(line, card_id)
    return list(cards.values()), errors


async def read_import(request: Request) -> Response:
    """How far an import has come, and what became of each line that was not taken."""
    await operator("stock", "auditor")(request)
    door, sku = door_of(request), sku_of(request)
    found = await door.imports.progress(request.path_params["import_id"])
    if found is None or found.begun.sku != sku:
        raise Problem("NOT_FOUND")
    begun = found.begun
    done = found.claimed + found.refused >= begun.lines and found.received >= found.claimed
    errors = sorted([*begun.errors, *found.refusals])
    return json_answer(
        _result(
            begun.import_id, sku, "done" if done else "running", begun.lines - found.refused,
            found.received, errors,
        )
    )  # fmt: skip


def _result(
    import_id: str | None, sku: str, state: str, accepted: int, received: int, errors: Found
) -> dict[str, Any]:  # fmt: skip
    return {
        "import_id": import_id,
        "sku": sku,
        "state": state,
        "lines": accepted + len(errors),
        "accepted": accepted,
        "received": received,
        "errors": [{"line": line, "code": code} for line, code in errors],
    }


async def read_stock(request: Request) -> Response:
    """How many cards of a SKU there are, and in which hands."""
    await operator("stock", "support", "auditor")(request)
    sku = sku_of(request)
    none = Stock(sku, 0, 0, 0, 0, 0, 0)
    stock = (await door_of(request).read.stock([sku])).get(sku, none)
    as_of = rfc3339(stock.as_of_ms) if stock.as_of_ms else None
    counts = stock._asdict()
    del counts["as_of_ms"]
    return json_answer({**counts, "as_of": as_of})


class NewQuota(Shape):
    """Units to be sold of a SKU that has no cards: a top-up."""

    units: Annotated[int, Field(ge=1, le=UNITS_MAX)]
    reason: Name


class QuotaAsked(Shape):
    """The command is on the log; the stock will show it."""

    sku: str
    units: int


async def grant_quota(request: Request) -> Response:
    """Let a SKU without cards be sold so many times more."""
    asking = await operator("stock")(request)
    sku, wanted = sku_of(request), await read_body(NewQuota, request)
    await once(request, asking, wanted, lambda: Answer(sku))
    await ask(
        request,
        GrantQuota(
            sku=sku, request_id=request_id_of(request, asking), units=wanted.units,
            by=asking.name, reason=wanted.reason,
        ),
    )  # fmt: skip
    return json_answer({"sku": sku, "units": wanted.units}, 202)


def _format_of(request: Request) -> Format:
    kind = request.headers.get("content-type", FORMATS[0]).partition(";")[0].strip().lower()
    if kind not in FORMATS:
        raise Problem("UNSUPPORTED_MEDIA_TYPE", wanted=", ".join(FORMATS))
    return cast("Format", kind)


ROUTES: Final = (
    Route("POST", "/v1/admin/stock/{sku}/imports", import_cards, "导入卡密 · Import cards",
          "operator", body=" ".join(FORMATS), answer=ImportResult, status=202,
          query=("preview",), once=True),
    Route("GET", "/v1/admin/stock/{sku}/imports/{import_id}", read_import,
          "导入结果 · An import's result", "operator", answer=ImportResult),
    Route("POST", "/v1/admin/stock/{sku}/quota", grant_quota, "增加额度 · Grant units", "operator",
          NewQuota, QuotaAsked, 202, once=True),
    Route("GET", "/v1/admin/stock/{sku}", read_stock, "库存 · Stock", "operator",
          answer=StockCount),
)  # fmt: skip
