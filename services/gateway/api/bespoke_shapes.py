"""Custom requests on the wire: what is wanted, and how one stands."""

import time
from typing import Annotated, Any, Final, Literal

import msgspec
from pydantic import Field

from services.gateway.door.door import Door
from services.gateway.projections.bespoke import CustomRow
from shared.contracts.bespoke import custom_sku
from shared.contracts.catalog import Shape as CardShape
from shared.contracts.envelope import rfc3339

from .messages import Language, messages
from .order_json import money
from .shapes import AMOUNT_MAX, NAME_LENGTH_MAX, Money, Quantity, Shape, Sum

TEXT_LENGTH_MAX: Final = 2_000
VALID_DAYS_MAX: Final = 30
State = Literal["requested", "quoted", "ordered", "expired", "withdrawn", "declined"]


class NewRequest(Shape):
    """What is wanted that no shelf has."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH_MAX, pattern=r"\S")]
    quantity: Quantity = 1
    budget: Annotated[int, Field(ge=1, le=AMOUNT_MAX)] | None = None
    """Minor units, for all of it."""
    contact: Annotated[str, Field(max_length=NAME_LENGTH_MAX)] = ""
    """How else to reach the buyer; kept sealed."""


class NewQuote(Shape):
    """What it costs, and for how long."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX, pattern=r"\S")]
    quantity: Quantity
    unit_price: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
    """Minor units, each."""
    shape: CardShape | None = None
    """What its cards are made of: `url_extract` for a file's address, `lines` for several."""
    valid_days: Annotated[int, Field(ge=1, le=VALID_DAYS_MAX)] = 7


class NewAcceptance(Shape):
    """The quote as the buyer saw it, and how it is paid."""

    unit_price: Money
    quantity: Quantity
    pay_with: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,31}$")] = "wallet"
    on_decline: Literal["wait", "cancel"] = "wait"


class Nothing(Shape):
    """No more need be said."""


class NewDecline(Shape):
    """Why it cannot be done."""

    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX, pattern=r"\S")]


class Quote(Shape):
    """What it costs."""

    name: str
    quantity: int
    unit_price: Money
    total: Sum
    until: str
    ready: bool
    """Its goods are there: it can be accepted."""


class Custom(Shape):
    """A request as it stands."""

    request_id: str
    state: State
    label: str
    text: str | None = None
    contact: str | None = None
    quantity: int
    budget: Money | None = None
    asked_at: str
    answered_at: str | None = None
    quote: Quote | None = None
    order_id: str | None = None
    reason: str | None = None
    account_id: str | None = None
    decided_by: str | None = None
    sku: str | None = None
    """Where its goods are imported."""


class Customs(Shape):
    """A page of them."""

    items: list[Custom]
    next_cursor: str | None
    answer_ms: int | None
    """The median time to the shop's first word, measured; null: there was none yet."""


class Asking(Shape):
    """It is on the log."""

    request_id: str


def purpose(custom_id: str) -> str:
    """What a request's text is sealed for."""
    return f"custom/{custom_id}"


def sealed(door: Door, custom_id: str, new: NewRequest) -> str:
    """What is wanted, so that it can stand on the log."""
    words = msgspec.json.encode({"text": new.text, "contact": new.contact})
    return door.secrets.own.seal(words.decode(), purpose(custom_id))


async def told(rows: list[CustomRow], language: Language, door: Door) -> list[dict[str, Any]]:
    """The requests, with what is said in them."""
    skus = [custom_sku(row.custom_id) for row in rows if row.state == "quoted"]
    stock = await door.read.stock(skus) if skus else {}
    now_ms = time.time_ns() // 1_000_000
    found = []
    for row in rows:
        held = stock.get(custom_sku(row.custom_id))
        available = held.available if held else 0
        found.append(_told(row, language, door, now_ms, available))
    return found


def to_shop(row: CustomRow, said: dict[str, Any]) -> dict[str, Any]:
    """The request with whose it is, who answered, and where its goods go."""
    whose = {"account_id": row.account_id, "decided_by": row.decided_by}
    return {**said, **whose, "sku": custom_sku(row.custom_id)}


def _told(
    row: CustomRow, language: Language, door: Door, now_ms: int, available: int
) -> dict[str, Any]:
    state = row.state_at(now_ms)
    words = door.secrets.own.open(row.sealed_text, purpose(row.custom_id))
    found: dict[str, Any] = {
        "request_id": row.custom_id, "state": state, "quantity": row.quantity,
        "label": messages().people[f"request_{state}"].told(language),
        "asked_at": rfc3339(row.asked_ms), **msgspec.json.decode(words),
    }  # fmt: skip
    if row.budget is not None:
        found["budget"] = money(row.budget, row.currency)
    if row.answered_ms:
        found["answered_at"] = rfc3339(row.answered_ms)
    if row.until_ms:
        found["quote"] = {
            "name": row.name, "quantity": row.quoted_quantity, "until": rfc3339(row.until_ms),
            "unit_price": money(row.unit_price, row.currency),
            "total": money(row.unit_price * row.quoted_quantity, row.currency),
            "ready": available >= row.quoted_quantity,
        }  # fmt: skip
    if row.order_id:
        found["order_id"] = row.order_id
    if row.reason:
        found["reason"] = row.reason
    return found
