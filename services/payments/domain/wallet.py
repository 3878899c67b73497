"""Money comes into a wallet, by double entry: what one account gains another loses."""

from typing import Final, Literal

from shared.contracts.payments import Deposit, DepositRefused, FundsDeposited, Posting

CURRENCY: Final = "CNY"
"""The one currency that wallets hold."""
DEPOSIT_AMOUNT_MAX: Final = 10_000_000_000
"""Minor units in one deposit: ¥100 million; more is a slip of the hand."""


def moved(amount: int, giver: str, taker: str) -> tuple[Posting, ...]:
    """The two sides of one movement of money; together they are zero."""
    return (Posting(account=giver, amount=-amount), Posting(account=taker, amount=amount))


def decide_deposit(balance: int, command: Deposit) -> FundsDeposited | DepositRefused:
    """The money is taken, or the reason why not."""
    if code := objection(command.amount, command.currency):
        return refused(command.deposit_id, command.account_id, code)
    return FundsDeposited(
        deposit_id=command.deposit_id,
        account_id=command.account_id,
        amount=command.amount,
        currency=command.currency,
        source=command.source,
        by=command.by,
        reason=command.reason,
        postings=moved(command.amount, f"cash:{command.source}", f"wallet:{command.account_id}"),
        balance=balance + command.amount,
    )


def objection(amount: int, currency: str) -> Literal["BAD_AMOUNT", "BAD_CURRENCY"] | None:
    """What is to be said against such a deposit."""
    if currency != CURRENCY:
        return "BAD_CURRENCY"
    return None if 0 < amount <= DEPOSIT_AMOUNT_MAX else "BAD_AMOUNT"


def refused(
    deposit_id: str,
    account_id: str,
    code: Literal["BAD_AMOUNT", "BAD_CURRENCY", "UNKNOWN_CHANNEL", "CHANNEL_REFUSED"],
) -> DepositRefused:
    """No money moved."""
    return DepositRefused(deposit_id=deposit_id, account_id=account_id, code=code)
