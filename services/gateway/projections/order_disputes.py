"""What a line's dispute looks like on its order. Pure."""

from typing import TYPE_CHECKING, Final, assert_never

import msgspec
from msgspec.structs import replace

from shared.contracts.disputes import (
    BuyerAsked,
    CardAdded,
    DisputeClosed,
    DisputeDecided,
    DisputeOpened,
    EvidenceAdded,
    ReplacementMissed,
    ReplacementReserved,
)

if TYPE_CHECKING:
    from .order import OrderDoc

DisputeFact = (
    DisputeOpened | CardAdded | EvidenceAdded | BuyerAsked | DisputeDecided | ReplacementReserved
    | ReplacementMissed | DisputeClosed
)  # fmt: skip
UNDERWAY: Final = {"replacement": "replacing", "refund": "refunding", "rejection": "rejected"}
"""What was decided → how it is called until it is done."""


class DisputeDoc(msgspec.Struct, frozen=True, array_like=True):
    """The last dispute of a line."""

    dispute_id: str
    state: str
    """open, asked, offered, replacing, refunding, replaced, refunded, rejected."""
    wants: str
    quantity: int
    by: str
    """buyer, or recall."""
    deadline_ms: int = 0
    """Until when whoever has the word may speak, Unix milliseconds; 0: nobody has it."""
    code: str = ""
    """How it came to its end."""


def moved(doc: "OrderDoc", fact: DisputeFact) -> "OrderDoc":
    """The order after the fact."""
    lines = [
        replace(line, dispute=after(line.dispute, fact)) if line.line == fact.line else line
        for line in doc.lines
    ]
    return replace(doc, lines=tuple(lines))


def after(found: DisputeDoc | None, fact: DisputeFact) -> DisputeDoc | None:
    """The dispute after the fact."""
    if isinstance(fact, DisputeOpened):
        state = "offered" if fact.by == "recall" else "open"
        return DisputeDoc(
            fact.dispute_id, state, fact.wants, fact.quantity, fact.by, fact.deadline_ms
        )
    if found is None:
        return None
    match fact:
        case CardAdded():
            more = 1 if found.state == "offered" else 0
            return replace(found, quantity=found.quantity + more)
        case EvidenceAdded():
            return replace(found, state="open", deadline_ms=fact.deadline_ms)
        case BuyerAsked():
            return replace(found, state="asked", deadline_ms=fact.deadline_ms)
        case DisputeDecided():
            return replace(found, state=UNDERWAY[fact.outcome], deadline_ms=0)
        case ReplacementReserved():
            return found
        case ReplacementMissed():
            return replace(found, state="refunding", code=fact.code)
        case DisputeClosed():
            return replace(found, state=fact.outcome, deadline_ms=0, code=found.code or fact.code)
        case _ as never:
            assert_never(never)
