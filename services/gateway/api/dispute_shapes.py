"""Disputes on the wire: what is said, and how one stands."""

from typing import Annotated, Any, Final, Literal

import msgspec
from pydantic import Field

from services.gateway.door.door import Door
from services.gateway.projections.disputes import DisputeRow, Word
from services.gateway.projections.order_disputes import DisputeDoc
from shared.contracts.disputes import Attachment, Evidence
from shared.contracts.envelope import rfc3339

from .messages import Language, messages
from .shapes import AMOUNT_MAX, NAME_LENGTH_MAX, Shape

WORDS_LENGTH_MAX: Final = 2_000
ATTACHMENTS_MAX: Final = 5
ATTACHMENT_BYTES_MAX: Final = 10_000_000
MEDIA: Final = r"^(image/(jpeg|png|webp|heic)|video/mp4|application/pdf|text/plain)$"
Wish = Literal["replacement", "refund"]
Words = Annotated[str, Field(min_length=1, max_length=WORDS_LENGTH_MAX)]


class NewAttachment(Shape):
    """A file that stays with the buyer: its hash is on the record."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
    media_type: Annotated[str, Field(pattern=MEDIA)]
    size_bytes: Annotated[int, Field(ge=1, le=ATTACHMENT_BYTES_MAX)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


Attachments = Annotated[list[NewAttachment], Field(max_length=ATTACHMENTS_MAX)]


class NewEvidence(Shape):
    """What the buyer says."""

    text: Words
    attachments: Attachments = Field(default_factory=list)


class NewDispute(NewEvidence):
    """What is wrong with a delivered line, and what is wanted."""

    line: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
    quantity: Annotated[int, Field(ge=1, le=AMOUNT_MAX)] | None = None
    """Units that are wrong; none: all of the line."""
    wants: Wish


class NewChoice(Shape):
    """What the buyer takes of an offer."""

    wants: Wish


class NewQuestion(Shape):
    """What the shop wants to know."""

    text: Words


class NewVerdict(Shape):
    """What it comes to, and why."""

    outcome: Literal["replacement", "refund", "rejection"]
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)] | None = None
    """Minor units, with `refund`; none: the share of the units that are wrong."""
    to: Literal["wallet", "source"] = "wallet"
    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]


class Said(Shape):
    """A word of it."""

    time: str
    who: str
    """`buyer`, or the operator's name."""
    text: str
    attachments: list[NewAttachment]


class Dispute(Shape):
    """A dispute as it stands."""

    dispute_id: str
    order_id: str
    line: int
    quantity: int
    wants: str
    opened_by: str
    """`buyer`; `recall`: another card is offered for one that was recalled."""
    state: str
    label: str
    opened_at: str
    deadline_at: str | None = None
    """Whoever has the word must have spoken by then."""
    code: str | None = None
    account_id: str | None = None
    decided_by: str | None = None
    reason: str | None = None
    card_ids: list[str] = Field(default_factory=list)
    """Those that were recalled."""
    words: list[Said] = Field(default_factory=list)


class Disputes(Shape):
    """A page, the oldest first."""

    items: list[Dispute]
    next_cursor: str | None


class Disputing(Shape):
    """The word is on the log; the dispute tells what followed."""

    dispute_id: str
    order_id: str


def label(state: str, language: Language) -> str:
    """A dispute's state in words."""
    return messages().disputes[state].told(language)


def purpose(dispute_id: str) -> str:
    """What a text of this dispute is sealed for."""
    return f"dispute/{dispute_id}"


def sealed(door: Door, dispute_id: str, said: NewEvidence) -> Evidence:
    """What was said, so that it can stand on the log."""
    return Evidence(
        sealed_text=door.secrets.own.seal(said.text, purpose(dispute_id)),
        attachments=tuple(Attachment(**each.model_dump()) for each in said.attachments),
    )


def on_order(found: DisputeDoc, language: Language) -> dict[str, Any]:
    """The dispute as its order's line shows it."""
    told: dict[str, Any] = {
        "dispute_id": found.dispute_id, "state": found.state, "opened_by": found.by,
        "label": label(found.state, language), "wants": found.wants, "quantity": found.quantity,
    }  # fmt: skip
    if found.deadline_ms:
        told["deadline_at"] = rfc3339(found.deadline_ms)
    return told


def told(row: DisputeRow, language: Language, *, to_shop: bool = False) -> dict[str, Any]:
    """The dispute; to the shop with whose it is and who decided."""
    found: dict[str, Any] = {
        "dispute_id": row.dispute_id, "order_id": row.order_id, "line": row.line,
        "quantity": row.quantity, "wants": row.wants, "opened_by": row.opened_by,
        "state": row.state, "label": label(row.state, language),
        "opened_at": rfc3339(row.opened_ms), "card_ids": row.cards, "reason": row.reason,
    }  # fmt: skip
    if row.deadline_ms:
        found["deadline_at"] = rfc3339(row.deadline_ms)
    if row.code:
        found["code"] = row.code
    if to_shop:
        found |= {"account_id": row.account_id, "decided_by": row.decided_by}
    return found


def words(door: Door, said: list[Word]) -> list[dict[str, Any]]:
    """What was said, opened."""
    return [
        {
            "time": rfc3339(word.time_ms),
            "who": word.who,
            "text": door.secrets.own.open(word.sealed_text, purpose(word.dispute_id)),
            "attachments": msgspec.msgpack.decode(word.attachments),
        }
        for word in said
    ]
