"""Support threads, for who asks and who answers: from the gateway's own facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, get_args

import psycopg

from shared.contracts.message import Fact
from shared.contracts.support import (
    BuyerWrote,
    ShopAnswered,
    ThreadClosed,
    ThreadOpened,
    ThreadRead,
    ThreadRefused,
)
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

Moving = ThreadOpened | BuyerWrote | ShopAnswered | ThreadClosed | ThreadRead
Followed = Moving | ThreadRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({*get_args(Moving), ThreadRefused})
BUYER: Final = "buyer"

LOAD: Final = "select * from thread_view where thread_id = any(%b::text[])"
SAVE: Final = """
insert into thread_view values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (thread_id) do update
set state = excluded.state, waiting_ms = excluded.waiting_ms, answered_ms = excluded.answered_ms,
    changed_ms = excluded.changed_ms, words = excluded.words, position = excluded.position,
    read_by_buyer = excluded.read_by_buyer, read_by_shop = excluded.read_by_shop
"""
WORD: Final = "insert into thread_word values (%s, %s, %s, %s, %s) on conflict do nothing"


class ThreadRow(NamedTuple):
    """One thread."""

    thread_id: str
    account_id: str
    order_id: str
    line: int
    step: str
    state: str
    opened_ms: int
    waiting_ms: int
    """Since when the buyer waits; 0: not."""
    answered_ms: int
    """The shop's first answer; 0: none."""
    changed_ms: int
    words: int
    read_by_buyer: int
    read_by_shop: int
    position: int
    sku: str = ""
    """What was about to be ordered; empty: nothing."""


class Word(NamedTuple):
    """What was said, still sealed."""

    thread_id: str
    number: int
    time_ms: int
    who: str
    sealed_text: str


def moved(row: ThreadRow | None, fact: Moving, time_ms: int, position: int) -> ThreadRow | None:
    """The thread after the fact."""
    if isinstance(fact, ThreadOpened):
        about = (fact.order_id or "", fact.line or 0, fact.step or "")
        return ThreadRow(
            fact.thread_id, fact.account_id, *about, "open", time_ms, time_ms, 0, time_ms, 1, 1, 0,
            position, fact.sku or "",
        )  # fmt: skip
    if row is None:
        return None
    row = row._replace(position=position)
    match fact:
        case BuyerWrote(number=n):
            since = row.waiting_ms or time_ms
            row = row._replace(state="open", waiting_ms=since, words=n, read_by_buyer=n)
        case ShopAnswered(number=n):
            first = row.answered_ms or time_ms
            row = row._replace(state="answered", waiting_ms=0, answered_ms=first)
            row = row._replace(words=n, read_by_shop=n)
        case ThreadClosed():
            row = row._replace(state="closed", waiting_ms=0)
        case ThreadRead(who="buyer", number=n):
            return row._replace(read_by_buyer=n)
        case ThreadRead(number=n):
            return row._replace(read_by_shop=n)
    return row._replace(changed_ms=time_ms)


def word_of(fact: Fact, time_ms: int) -> Word | None:
    """What the fact adds to the thread."""
    match fact:
        case ThreadOpened():
            return Word(fact.thread_id, 1, time_ms, BUYER, fact.sealed_text)
        case BuyerWrote():
            return Word(fact.thread_id, fact.number, time_ms, BUYER, fact.sealed_text)
        case ShopAnswered():
            return Word(fact.thread_id, fact.number, time_ms, fact.by, fact.sealed_text)
        case _:
            return None


def outcome(fact: Followed) -> tuple[str, str, str] | None:
    """(request, account, code); an empty code says that it was done."""
    match fact:
        case ThreadOpened():
            return fact.thread_id, fact.account_id, ""
        case ThreadRefused():
            return fact.request_id, fact.account_id, fact.code
        case ThreadRead():
            return None
        case _:
            return fact.request_id, fact.account_id, ""


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of the gateway's facts."""
    mine = [each for each in landed if type(each.fact) in FOLLOWED]
    if not mine:
        return
    named = sorted({each.fact.thread_id for each in mine if isinstance(each.fact, Moving)})
    found = await connection.execute(LOAD, (named,), binary=True)
    rows: dict[str, ThreadRow | None] = {row[0]: ThreadRow(*row) for row in await found.fetchall()}
    for fact, envelope, _ in mine:
        time_ms = time_of(envelope.time)
        if isinstance(fact, Moving):
            rows[fact.thread_id] = moved(rows.get(fact.thread_id), fact, time_ms, envelope.position)
            changed[signals.support(fact.account_id)] = None
        if word := word_of(fact, time_ms):
            await connection.execute(WORD, word)
        if isinstance(fact, Followed) and (answered := outcome(fact)):
            await connection.execute(ATTEMPT, answered)
            changed[signals.request(answered[0])] = None
    for row in rows.values():
        if row is not None:
            await connection.execute(SAVE, row)
