"""Deposits through payment channels: a row each, moved by payments' facts."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from shared.contracts.charges import ChargeCreated, ChargeOpened, PaymentMismatched
from shared.contracts.message import Fact
from shared.contracts.payments import DepositRefused, FundsDeposited
from shared.shards.views import Landed

from . import signals
from .signals import Signals

FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    ChargeOpened, ChargeCreated, PaymentMismatched, FundsDeposited, DepositRefused,
})  # fmt: skip
OPENED: Final = """
insert into channel_deposit_view
    (deposit_id, account_id, channel, amount, currency, state, pay_url, code)
values (%s, %s, %s, %s, %s, 'opening', '', '') on conflict do nothing
"""
MOVED: Final = """
update channel_deposit_view
set state = %s, pay_url = case when %s = '' then pay_url else %s end, code = %s
where deposit_id = %s and state <> 'paid'
"""


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of payments' facts; those of orders, and of operators' deposits, find none."""
    for fact, _, _ in landed:
        if isinstance(fact, ChargeOpened):
            if fact.payment_id is None:
                row = (fact.about, fact.account_id, fact.channel, fact.amount, fact.currency)
                await connection.execute(OPENED, row)
        elif moving := _moved(fact):
            deposit_id, state, pay_url, code = moving
            await connection.execute(MOVED, (state, pay_url, pay_url, code, deposit_id))
            changed[signals.request(deposit_id)] = None


def _moved(fact: Fact) -> tuple[str, str, str, str] | None:
    """Deposit, its state, page and code."""
    match fact:
        case ChargeCreated():
            return fact.about, "awaiting_payment", fact.pay_url, ""
        case PaymentMismatched(payment_id=None):
            return fact.about, "mismatched", "", fact.code
        case FundsDeposited(by="channel"):
            return fact.deposit_id, "paid", "", ""
        case DepositRefused():
            return fact.deposit_id, "failed", "", fact.code
        case _:
            return None
