"""A bad batch of cards is called back: nobody else gets one, and who has one is found (F2)."""

import asyncio
from typing import Annotated, Any, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.door import Door
from services.gateway.door.requests import Answer
from services.gateway.projections.recalls import RecallRow
from shared.contracts.inventory import RecallCard
from shared.contracts.quarantine import LiftQuarantine, QuarantineCard
from shared.kernel import ids
from shared.runtime.appending import outgoing
from shared.security.fingerprints import card_fingerprint, cleaned

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .importing import CODE_LENGTH_MAX, LINES_MAX
from .once import once, request_id_of
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .shapes import Id, Name, Shape
from .stock_paths import sku_of

CHUNK_CARDS: Final = 500
"""Commands that are appended at once."""
NAMED_MAX: Final = 1_000
"""Cards named one by one in a request."""


class NewRecall(Shape):
    """Which cards, in exactly one of five ways; and why."""

    import_id: Id | None = None
    """All that this import has brought."""
    codes: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=CODE_LENGTH_MAX)]],
        Field(max_length=NAMED_MAX),
    ] = Field(default_factory=list)
    """Codes as they were imported; they are not kept."""
    card_ids: Annotated[list[Id], Field(max_length=NAMED_MAX)] = Field(default_factory=list)
    quarantine_id: Id | None = None
    """All that this request has set aside, and that still are."""
    everything: bool = False
    """Every card of the SKU that ever came."""
    reason: Name


class Recall(Shape):
    """The commands are on the log."""

    recall_id: str
    sku: str
    cards: int


class Held(Shape):
    """A card that somebody has: the line that it went to is offered another one."""

    card_id: str
    order_id: str | None = None
    account_id: str | None = None
    line: int | None = None


class RecallProgress(Shape):
    """How far a recall has come, in cards; a card that was called back before is not counted."""

    recall_id: str
    sku: str
    withdrawn: int
    """Nobody had them; nobody gets them."""
    held: int
    """In somebody's hands: held for an order, or sold."""
    unknown: int
    """No such card under this SKU."""
    items: list[Held]
    next_cursor: str | None


async def recall(request: Request) -> Response:
    """Call cards back."""
    return await of_each(request, RecallCard, "recalls")


async def of_each(
    request: Request, command: type[RecallCard | QuarantineCard | LiftQuarantine], kind: str
) -> Response:
    """Ask the same of each card that is meant; ``kind``: where its progress can be read."""
    door, asking = door_of(request), await operator("stock")(request)
    sku, new = sku_of(request), await read_body(NewRecall, request)
    ways = (new.import_id, new.codes, new.card_ids, new.quarantine_id, new.everything)
    if sum(map(bool, ways)) != 1:
        raise Problem("BAD_REQUEST", errors=[{"pointer": "", "code": "one_way_to_name_cards"}])
    recall_id, cards = request_id_of(request, asking), await _cards(door, sku, new)
    first = Answer(recall_id, "" if cards else "NOT_FOUND")
    await once(request, asking, new, lambda: first)
    for start in range(0, len(cards), CHUNK_CARDS):
        chunk = [
            outgoing(
                command(
                    card_id=card_id, sku=sku, request_id=recall_id, by=asking.name,
                    reason=new.reason,
                )
            )
            for card_id in cards[start : start + CHUNK_CARDS]
        ]  # fmt: skip
        await asyncio.gather(*map(door.appender.append, chunk))
    where = {"Location": f"/v1/admin/stock/{sku}/{kind}/{recall_id}"}
    return json_answer({"recall_id": recall_id, "sku": sku, "cards": len(cards)}, 202, where)


async def read_recall(request: Request) -> Response:
    """How far a recall has come, and who has a card of it."""
    await operator("stock", "support", "auditor")(request)
    sku, recall_id = sku_of(request), request.path_params["recall_id"]
    limit, after = limit_of(request), cursor_of(request, tuple[str]) or ("",)
    found = await door_of(request).recalls.progress(recall_id)
    if not any(found):
        raise Problem("NOT_FOUND")
    rows = await door_of(request).recalls.held(recall_id, sku, after[0], limit + 1)
    items = page([_held(row) for row in rows], [(row.card_id,) for row in rows], limit)
    return json_answer({"recall_id": recall_id, "sku": sku, **found._asdict(), **items})


async def _cards(door: Door, sku: str, new: NewRecall) -> list[str]:
    """The ids of the cards that are meant, each once."""
    if new.card_ids:
        return list(dict.fromkeys(new.card_ids))
    if new.codes:
        key = door.secrets.fingerprint_key
        codes = [cleaned(code) for code in new.codes]
        return list(dict.fromkeys(ids.card_id(card_fingerprint(key, code)) for code in codes))
    if new.quarantine_id:
        found = await door.recalls.of_quarantine(sku, new.quarantine_id, LINES_MAX + 1)
    else:
        found = await door.recalls.cards(sku, new.import_id, LINES_MAX + 1)
    if len(found) > LINES_MAX:
        raise Problem("TOO_MANY_LINES", limit=LINES_MAX)
    return found


def _held(row: RecallRow) -> dict[str, Any]:
    named = {"order_id": row.order_id, "account_id": row.account_id, "line": row.line}
    return {"card_id": row.card_id, **{key: value for key, value in named.items() if value}}


ROUTES: Final = (
    Route("POST", "/v1/admin/stock/{sku}/recalls", recall, "召回卡密 · Call cards back", "operator",
          NewRecall, Recall, 202, once=True),
    Route("GET", "/v1/admin/stock/{sku}/recalls/{recall_id}", read_recall,
          "召回进度 · How far a recall has come", "operator", answer=RecallProgress,
          query=("limit", "cursor")),
)  # fmt: skip
