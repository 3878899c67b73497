"""What an account can spend, and how it came to that: from payments' facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.charges import PaymentArrivedLate, PaymentMismatched
from shared.contracts.message import Fact
from shared.contracts.payments import WALLET, DepositRefused, FundsDeposited, PaymentConfirmed
from shared.contracts.refunds import RefundIssued
from shared.shards.columns import bigints, texts
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .signals import Signals

Moved = FundsDeposited | PaymentConfirmed | PaymentArrivedLate | PaymentMismatched | RefundIssued
HOME: Final = "CNY"
"""The one currency that wallets hold."""
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    FundsDeposited, DepositRefused, PaymentConfirmed, PaymentArrivedLate, PaymentMismatched,
    RefundIssued,
})  # fmt: skip

BALANCES: Final = """
insert into wallet_view (account_id, balance, currency, as_of_ms)
select * from unnest(%b::text[], %b::bigint[], %b::text[], %b::bigint[])
on conflict (account_id) do update
set balance = excluded.balance, currency = excluded.currency, as_of_ms = excluded.as_of_ms
"""
ENTRIES: Final = """
insert into wallet_entry (account_id, position, time_ms, kind, reference, amount, balance)
select * from unnest(
    %b::text[], %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::bigint[]
)
on conflict do nothing
"""
DEPOSITS: Final = """
insert into deposit_view (deposit_id, account_id, amount, balance, code)
select * from unnest(%b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::text[])
on conflict do nothing
"""


class Entry(NamedTuple):
    """One line of a statement; amounts in minor units, negative where money left the wallet."""

    account_id: str
    position: int
    time_ms: int
    kind: str
    reference: str
    amount: int
    balance: int


def entry(fact: Moved, position: int, time_ms: int) -> Entry:
    """The line that a fact adds."""
    account_id = fact.account_id
    kind, reference, amount = _told(fact)
    return Entry(account_id, position, time_ms, kind, reference, amount, fact.balance)


def _told(fact: Moved) -> tuple[str, str, int]:
    """Its kind, what it is about, and what the wallet gains."""
    match fact:
        case FundsDeposited():
            return "deposit", fact.deposit_id, fact.amount
        case PaymentConfirmed():
            return "payment", fact.order_id, -fact.amount
        case PaymentArrivedLate():
            return "late_payment", fact.order_id, fact.amount
        case PaymentMismatched():
            return "mismatched_payment", fact.about, fact.amount
        case RefundIssued():
            return "refund", fact.order_id, fact.amount
        case _ as never:
            assert_never(never)


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of payments' facts."""
    entries: list[Entry] = []
    wallets: dict[str, tuple[int, str, int]] = {}
    for fact, envelope, _ in landed:
        if isinstance(fact, Moved) and _from_wallet(fact):
            time_ms = time_of(envelope.time)
            entries.append(entry(fact, envelope.position, time_ms))
            wallets[fact.account_id] = (fact.balance, fact.currency, time_ms)
    if entries:
        await _save(connection, entries, wallets)
    await _answer_deposits(connection, landed, changed)


async def _save(
    connection: psycopg.AsyncConnection[Any],
    entries: Sequence[Entry],
    wallets: dict[str, tuple[int, str, int]],
) -> None:
    accounts, positions, times, kinds, references, amounts, balances = zip(*entries, strict=True)
    await connection.execute(
        ENTRIES,
        (
            texts(accounts),
            bigints(positions),
            bigints(times),
            texts(kinds),
            texts(references),
            bigints(amounts),
            bigints(balances),
        ),
    )
    keys = sorted(wallets)
    balances, currencies, moments = zip(*(wallets[key] for key in keys), strict=True)
    await connection.execute(
        BALANCES, (texts(keys), bigints(balances), texts(currencies), bigints(moments))
    )


def _from_wallet(fact: Moved) -> bool:
    """Whether the wallet moved: what a channel pays does not touch it."""
    match fact:
        case PaymentConfirmed():
            return fact.channel == WALLET
        case RefundIssued():
            return fact.to == WALLET
        case PaymentMismatched():
            return fact.currency == HOME
        case _:
            return True


async def _answer_deposits(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    answers = {}
    for fact, _, _ in landed:
        if isinstance(fact, FundsDeposited):
            answers[fact.deposit_id] = (fact.account_id, fact.amount, fact.balance, "")
        elif isinstance(fact, DepositRefused):
            answers[fact.deposit_id] = (fact.account_id, 0, 0, fact.code)
    if answers:
        rows = [(key, *answers[key]) for key in sorted(answers)]
        await connection.execute(DEPOSITS, tuple(map(list, zip(*rows, strict=True))))
        changed |= dict.fromkeys(map(signals.request, answers))
