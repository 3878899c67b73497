"""Support threads on the wire."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.gateway.door.door import Door
from services.gateway.projections.threads import ThreadRow, Word
from shared.contracts.envelope import rfc3339

from .messages import Language, messages
from .shapes import AMOUNT_MAX, Id, Shape

TEXT_LENGTH_MAX: Final = 2_000
NUMBER_MAX: Final = 10_000
QUESTION_LENGTH_MAX: Final = 80
"""Of how a thread began, in lists."""
Text = Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH_MAX, pattern=r"\S")]
State = Literal["open", "answered", "closed"]
Step = Literal["choose", "pay", "receive"]


class NewThread(Shape):
    """What help is needed with."""

    text: Text
    order_id: Id | None = None
    line: Annotated[int, Field(ge=1, le=AMOUNT_MAX)] | None = None
    sku: Id | None = None
    """What is about to be ordered, where there is no order yet."""
    step: Step | None = None
    """Which of the three steps it was opened from."""


class NewWord(Shape):
    """What is said."""

    text: Text


class NewMark(Shape):
    """How far it was read."""

    number: Annotated[int, Field(ge=1, le=NUMBER_MAX)]


class ThreadWord(Shape):
    """A word of it."""

    number: int
    time: str
    who: Literal["buyer", "shop"]
    by: str | None = None
    """The operator, to operators."""
    text: str


class Thread(Shape):
    """A thread as it stands."""

    thread_id: str
    order_id: str | None = None
    line: int | None = None
    step: Step | None = None
    sku: str | None = None
    product_id: str | None = None
    about: str | None = None
    """What is about to be ordered, by name."""
    question: str | None = None
    """How it began; in lists."""
    state: State
    label: str
    opened_at: str
    changed_at: str
    waiting_since: str | None = None
    unread: int
    """Words of the other side that were not read yet."""
    account_id: str | None = None
    words: list[ThreadWord] = Field(default_factory=list)


class Threads(Shape):
    """A page of them."""

    items: list[Thread]
    next_cursor: str | None
    answer_ms: int | None
    """The median time to a first answer, measured; null: there was none yet."""


class Asked(Shape):
    """The word is on the log."""

    thread_id: str


def purpose(thread_id: str) -> str:
    """What a thread's words are sealed for."""
    return f"thread/{thread_id}"


def sealed(door: Door, thread_id: str, text: str) -> str:
    """What was said, so that it can stand on the log."""
    return door.secrets.own.seal(text, purpose(thread_id))


async def listed(
    rows: list[ThreadRow], language: Language, door: Door, *, to_shop: bool = False
) -> list[dict[str, Any]]:
    """The threads, each with what it is about and how it began."""
    first = await door.threads.first(rows)
    return [
        {**shown(row, language, door, to_shop=to_shop), **_question(door, row, first)}
        for row in rows
    ]


def _question(door: Door, row: ThreadRow, first: dict[str, str]) -> dict[str, str]:
    if row.thread_id not in first:
        return {}
    text = door.secrets.own.open(first[row.thread_id], purpose(row.thread_id))
    return {"question": text[:QUESTION_LENGTH_MAX]}


def shown(
    row: ThreadRow, language: Language, door: Door, *, to_shop: bool = False
) -> dict[str, Any]:
    """The thread, with the name of what was about to be ordered."""
    found = told(row, language, to_shop=to_shop)
    shelf = door.catalogue.now.skus.get(row.sku)
    if shelf is None:
        return found
    name = f"{shelf.product.name} {shelf.offer.name}".strip()
    return {**found, "product_id": shelf.product.product_id, "about": name}


def told(row: ThreadRow, language: Language, *, to_shop: bool = False) -> dict[str, Any]:
    """The thread; to the shop with whose it is, and what the shop has not read."""
    found: dict[str, Any] = {
        "thread_id": row.thread_id, "state": row.state, "opened_at": rfc3339(row.opened_ms),
        "label": messages().people[f"thread_{row.state}"].told(language),
        "changed_at": rfc3339(row.changed_ms),
        "unread": row.words - (row.read_by_shop if to_shop else row.read_by_buyer),
    }  # fmt: skip
    about = {"order_id": row.order_id, "line": row.line, "step": row.step, "sku": row.sku}
    found |= {name: value for name, value in about.items() if value}
    if row.waiting_ms:
        found["waiting_since"] = rfc3339(row.waiting_ms)
    if to_shop:
        found["account_id"] = row.account_id
    return found


def words(door: Door, said: list[Word], *, to_shop: bool = False) -> list[dict[str, Any]]:
    """What was said, opened."""
    return [_word(door, each, to_shop=to_shop) for each in said]


def _word(door: Door, said: Word, *, to_shop: bool) -> dict[str, Any]:
    buyer = said.who == "buyer"
    found: dict[str, Any] = {
        "number": said.number, "time": rfc3339(said.time_ms), "who": "buyer" if buyer else "shop",
        "text": door.secrets.own.open(said.sealed_text, purpose(said.thread_id)),
    }  # fmt: skip
    if to_shop and not buyer:
        found["by"] = said.who
    return found
