"""Lines under dispute, for who decides and for who complains: from orders' facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, get_args

import msgspec
import psycopg

from shared.contracts.disputes import (
    BuyerAsked,
    DisputeDecided,
    DisputeOpened,
    DisputeRefused,
    Evidence,
    EvidenceAdded,
)
from shared.contracts.message import Fact
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .order_disputes import DisputeDoc, DisputeFact, after
from .people import ATTEMPT
from .signals import Signals

FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({*get_args(DisputeFact), DisputeRefused})
WAITING: Final = ("open", "asked", "offered")
"""States in which somebody has the word."""

LOAD: Final = "select * from dispute_view where dispute_id = any(%b::text[])"
SAVE: Final = """
insert into dispute_view values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text[], %s, %s, %s)
on conflict (dispute_id) do update
set quantity = excluded.quantity, state = excluded.state, deadline_ms = excluded.deadline_ms,
    cards = excluded.cards, decided_by = excluded.decided_by, reason = excluded.reason,
    code = excluded.code
"""
WORD: Final = "insert into dispute_word values (%s, %s, %s, %s, %s, %s) on conflict do nothing"
BUYER: Final = "buyer"


class DisputeRow(NamedTuple):
    """One dispute."""

    dispute_id: str
    order_id: str
    account_id: str
    line: int
    quantity: int
    wants: str
    opened_by: str
    state: str
    opened_ms: int
    deadline_ms: int
    cards: list[str]
    """Ids of those that were recalled."""
    decided_by: str
    reason: str
    code: str


class Word(NamedTuple):
    """What was said, still sealed."""

    dispute_id: str
    position: int
    time_ms: int
    who: str
    sealed_text: str
    attachments: bytes


def moved(row: DisputeRow | None, fact: DisputeFact, time_ms: int) -> DisputeRow | None:
    """The dispute after the fact."""
    if isinstance(fact, DisputeOpened):
        first = after(None, fact)
        assert first is not None, "a dispute that is opened is there"
        return DisputeRow(
            fact.dispute_id, fact.order_id, fact.account_id, fact.line, fact.quantity, fact.wants,
            fact.by, first.state, time_ms, fact.deadline_ms, list(fact.cards), "", fact.reason, "",
        )  # fmt: skip
    if row is None:
        return None
    was = DisputeDoc(
        row.dispute_id, row.state, row.wants, row.quantity, row.opened_by, row.deadline_ms, row.code
    )
    now = after(was, fact) or was
    row = row._replace(
        state=now.state, quantity=now.quantity, deadline_ms=now.deadline_ms, code=now.code
    )
    if isinstance(fact, DisputeDecided):
        return row._replace(decided_by=fact.by, reason=fact.reason)
    card_id = getattr(fact, "card_id", None)
    return row._replace(cards=[*row.cards, card_id]) if card_id else row


def word_of(fact: Fact, position: int, time_ms: int) -> Word | None:
    """What the fact says in somebody's words."""
    match fact:
        case DisputeOpened(evidence=Evidence() as said) | EvidenceAdded(evidence=said):
            packed = msgspec.msgpack.encode([part.model_dump() for part in said.attachments])
            return Word(fact.dispute_id, position, time_ms, BUYER, said.sealed_text, packed)
        case BuyerAsked():
            none = msgspec.msgpack.encode([])
            return Word(fact.dispute_id, position, time_ms, fact.by, fact.sealed_text, none)
        case _:
            return None


def outcome(fact: Fact) -> tuple[str, str, str] | None:
    """(request, account, code); an empty code says that it was done."""
    match fact:
        case DisputeRefused():
            return fact.request_id, fact.account_id, fact.code
        case DisputeOpened(by="buyer"):
            return fact.dispute_id, fact.account_id, ""
        case EvidenceAdded() | BuyerAsked():
            return fact.request_id, fact.account_id, ""
        case DisputeDecided() if fact.by != "deadline":
            return fact.request_id, fact.account_id, ""
        case _:
            return None


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of orders' facts: few orders have any of these."""
    mine = [each for each in landed if type(each.fact) in FOLLOWED]
    if not mine:
        return
    named = sorted({each.fact.dispute_id for each in mine if isinstance(each.fact, DisputeFact)})
    found = await connection.execute(LOAD, (named,), binary=True)
    rows: dict[str, DisputeRow | None] = {
        row[0]: DisputeRow(*row) for row in await found.fetchall()
    }
    for fact, envelope, _ in mine:
        time_ms = time_of(envelope.time)
        if isinstance(fact, DisputeFact):
            rows[fact.dispute_id] = moved(rows.get(fact.dispute_id), fact, time_ms)
        if word := word_of(fact, envelope.position, time_ms):
            await connection.execute(WORD, word)
        if answered := outcome(fact):
            await connection.execute(ATTEMPT, answered)
            changed[signals.request(answered[0])] = None
    for row in rows.values():
        if row is not None:
            await connection.execute(SAVE, row)
