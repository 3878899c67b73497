"""The money book: every posting of the log, added up again.

Payments' facts about one account lie in one partition, so all of it is checked fact by fact.
"""

from collections import Counter, defaultdict
from typing import Final

from shared.contracts.charges import ChargePaid, PaymentArrivedLate, PaymentMismatched
from shared.contracts.payments import (
    WALLET,
    FundsDeposited,
    PaymentConfirmed,
    PaymentDeclined,
    Posting,
)
from shared.contracts.refunds import RefundIssued, RefundSubmitted

from .roll import Roll
from .violation import Law, Seen, Violation, Violations

Moved = FundsDeposited | PaymentConfirmed | PaymentArrivedLate | PaymentMismatched | RefundIssued
Fact = Moved | PaymentDeclined | ChargePaid | RefundSubmitted
HOME: Final = "CNY"


class Money:
    """Balances in minor units, by account of the double entry."""

    def __init__(self) -> None:
        self.wallets: defaultdict[str, int] = defaultdict(int)
        self.others: Counter[str] = Counter()
        """`cash:<source>`, `sales`: accounts that are not wallets."""
        self.deposits = Roll()
        self.channels: Counter[str] = Counter()
        """`cash:<channel>` → what the channel says that it holds for us."""

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
                gain = -fact.amount if fact.channel == WALLET else 0
                yield from self._post(fact, gain, seen)
            case PaymentArrivedLate():
                yield from self._post(fact, fact.amount, seen)
            case PaymentMismatched():
                yield from self._post(fact, fact.amount if fact.currency == HOME else 0, seen)
            case RefundIssued():
                yield from self._post(fact, fact.amount if fact.to == WALLET else 0, seen)
                if fact.to == "channel":
                    for posting in fact.postings:
                        if posting.account.startswith("cash:"):
                            self.channels[posting.account] -= posting.amount
            case RefundSubmitted():
                yield from self._enter(fact.postings, seen)
            case ChargePaid():
                currency = "" if fact.currency == HOME else f":{fact.currency}"
                self.channels[f"cash:{fact.channel}{currency}"] += fact.amount
            case PaymentDeclined(code="INSUFFICIENT_BALANCE"):
                yield from self._declined(fact, seen)
            case _:
                pass

    @property
    def sum(self) -> int:
        """Of all accounts: zero."""
        return sum(self.wallets.values()) + self.others.total()

    def at_rest(self) -> Violations:
        """What each channel was paid, against what was entered of it; and all postings together."""
        if self.sum != 0:
            yield Violation(Law.POSTINGS_BALANCE, "", f"all postings: {self.sum}")
        for account, held in self.channels.items():
            if self.others[account] != -held:
                detail = f"{account}: it holds {held}, entered are {-self.others[account]}"
                yield Violation(Law.CHANNEL_ADDS_UP, "", detail)

    def _enter(self, postings: tuple[Posting, ...], seen: Seen) -> Violations:
        if _sum(postings) != 0:
            yield Violation(Law.POSTINGS_BALANCE, seen.where, f"they sum to {_sum(postings)}")
        for posting in postings:
            if posting.account.startswith("wallet:"):
                self.wallets[posting.account] += posting.amount
            else:
                self.others[posting.account] += posting.amount

    def _post(self, fact: Moved, gain: int, seen: Seen) -> Violations:
        own = f"wallet:{fact.account_id}"
        moved = sum(posting.amount for posting in fact.postings if posting.account == own)
        if moved != gain:
            detail = f"the wallet moves by {moved}, the fact says {gain}"
            yield Violation(Law.POSTINGS_BALANCE, seen.where, detail)
        yield from self._enter(fact.postings, seen)
        if not isinstance(fact, FundsDeposited) or fact.by == "channel":
            for posting in fact.postings:
                if posting.account.startswith("cash:"):
                    self.channels[posting.account] += 0  # compared, even if it never said so
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
