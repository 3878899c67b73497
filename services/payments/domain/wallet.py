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
    if command.currency != CURRENCY:
        return _refused(command, "BAD_CURRENCY")
    if not 0 < command.amount <= DEPOSIT_AMOUNT_MAX:
        return _refused(command, "BAD_AMOUNT")
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


def _refused(command: Deposit, code: Literal["BAD_AMOUNT", "BAD_CURRENCY"]) -> DepositRefused:
    return DepositRefused(deposit_id=command.deposit_id, account_id=command.account_id, code=code)
