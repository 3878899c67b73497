"""The money book: every posting of the log, added up again.

Payments' facts about one account lie in one partition, so all of it is checked fact by fact.
"""

from collections import Counter, defaultdict

from shared.contracts.payments import (
    FundsDeposited,
    PaymentConfirmed,
    PaymentDeclined,
    Posting,
)

from .roll import Roll
from .violation import Law, Seen, Violation, Violations

Fact = FundsDeposited | PaymentConfirmed | PaymentDeclined


class Money:
    """Balances in minor units, by account of the double entry."""

    def __init__(self) -> None:
        self.wallets: defaultdict[str, int] = defaultdict(int)
        self.others: Counter[str] = Counter()
        """`cash:<source>`, `sales`: accounts that are not wallets."""
        self.deposits = Roll()

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Post what the fact moves, and compare."""
        match fact:
            case FundsDeposited():
                if fact.deposit_id in self.deposits:
                    detail = f"deposit {fact.deposit_id} for the second time"
                    yield Violation(Law.DEPOSIT_ONCE, seen.where, detail)
                self.deposits.put(fact.deposit_id)
                yield from self._post(fact, fact.amount, seen)
            case PaymentConfirmed():
                yield from self._post(fact, -fact.amount, seen)
            case PaymentDeclined(code="INSUFFICIENT_BALANCE"):
                yield from self._declined(fact, seen)
            case _:
                pass

    @property
    def sum(self) -> int:
        """Of all accounts: zero."""
        return sum(self.wallets.values()) + self.others.total()

    def _post(self, fact: FundsDeposited | PaymentConfirmed, gain: int, seen: Seen) -> Violations:
        own = f"wallet:{fact.account_id}"
        if sum(posting.amount for posting in fact.postings) != 0:
            yield Violation(Law.POSTINGS_BALANCE, seen.where, f"they sum to {_sum(fact.postings)}")
        moved = sum(posting.amount for posting in fact.postings if posting.account == own)
        if moved != gain:
            detail = f"the wallet moves by {moved}, the fact says {gain}"
            yield Violation(Law.POSTINGS_BALANCE, seen.where, detail)
        for posting in fact.postings:
            if posting.account.startswith("wallet:"):
                self.wallets[posting.account] += posting.amount
            else:
                self.others[posting.account] += posting.amount
        balance = self.wallets[own]
        if balance != fact.balance:
            detail = f"{own}: the postings give {balance}, the fact says {fact.balance}"
            yield Violation(Law.WALLET_ADDS_UP, seen.where, detail)
        if balance < 0:
            yield Violation(Law.WALLET_NOT_NEGATIVE, seen.where, f"{own}: {balance}")

    def _declined(self, fact: PaymentDeclined, seen: Seen) -> Violations:
        balance = self.wallets.get(f"wallet:{fact.account_id}", 0)
        if balance != fact.balance:
            detail = f"the postings give {balance}, the fact says {fact.balance}"
            yield Violation(Law.WALLET_ADDS_UP, seen.where, detail, fact.order_id)
        if balance >= fact.amount:
            detail = f"{balance} was there for {fact.amount}"
            yield Violation(Law.DECLINED_FOR_CAUSE, seen.where, detail, fact.order_id)


def _sum(postings: tuple[Posting, ...]) -> int:
    return sum(posting.amount for posting in postings)
