"""What holds in every history that deposits, tries, cancels and deadlines can make."""

from collections import Counter
from typing import Any, get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.payments import domain, process
from services.payments.domain.state import Answered, Ended, Paid, Settled, Wallet
from services.payments.process import Close, Create
from shared.contracts.charges import ChargePaid
from shared.contracts.message import Fact
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentConfirmed,
    PaymentExpired,
)
from shared.contracts.refunds import RefundIssued, RefundSubmitted
from shared.kernel.decider import Elapsed
from shared.testing.scenario import World
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say

ACCOUNTS = ("acc-1", "acc-2")
HISTORY_STEPS_MAX = 40
END = PaymentConfirmed | PaymentExpired | PaymentCancelled

accounts = st.sampled_from(ACCOUNTS)
numbers = st.integers(1, 3)
moments = st.integers(0, 20)


class History(RuleBasedStateMachine):
    """Two buyers with three payments each; every command may come again at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(domain)
        self.facts: list[Fact] = []
        self.asked: list[Any] = []

    def ask(self, command: Any) -> None:
        facts = self.world.decide(command)
        self.world.fold(*facts)
        self.facts += facts
        self.asked.append(command)
        assert self.world.decide(command) == []

    @rule(account=accounts, number=numbers, amount=st.integers(-5, 200))
    def deposit(self, account: str, number: int, amount: int) -> None:
        self.ask(say.deposit(amount, account_id=account, deposit_id=f"{account}.{number}"))

    @rule(
        account=accounts,
        number=numbers,
        now=moments,
        on_decline=st.sampled_from(["wait", "cancel"]),
        channel=st.sampled_from(["wallet", "wallet", "yunfu", "kapay", "shells"]),
    )
    def pay(self, account: str, number: int, now: int, on_decline: str, channel: str) -> None:
        words = {"account_id": account, "payment_id": f"{account}.{number}", "deadline_ms": 10}
        terms = {"amount": 60 * number, "on_decline": on_decline, "channel": channel}
        self.ask(say.pay(now, **words, **terms))

    @rule(
        account=accounts,
        number=numbers,
        request=numbers,
        received=moments,
        channel=st.sampled_from([None, "wallet", "yunfu", "kapay"]),
    )
    def retry(
        self, account: str, number: int, request: int, received: int, channel: str | None
    ) -> None:
        payment = f"{account}.{number}"
        words = {"account_id": account, "payment_id": payment, "channel": channel}
        self.ask(say.retry(f"{payment}.{request}", received, **words))

    @rule(account=accounts, channel=st.sampled_from(["yunfu", "kapay"]))
    def fund(self, account: str, channel: str) -> None:
        words: dict[str, Any] = {"account_id": account, "deposit_id": f"{account}.fund"}
        self.ask(at.fund(50, **words, channel=channel))

    @rule(
        nth=st.integers(0, 9),
        fits=st.sampled_from([0, 0, 0, 1, -1]),
        currency=st.sampled_from(["CNY", "CNY", "CNY", "USD"]),
    )
    def notify(self, nth: int, fits: int, currency: str) -> None:
        """A channel tells of money, as often as it likes, in time or late."""
        bills = [bill for bill in map(_bill, self.world.states.values()) if bill]
        if bills:
            bill = bills[nth % len(bills)]
            words = {"account_id": bill.account_id, "merchant": bill.merchant}
            told = {"amount": bill.amount + fits, "currency": currency}
            self.ask(at.notice(bill.charge_id, bill.channel, **words, **told))

    @rule(
        nth=st.integers(0, 9),
        code=st.sampled_from(["CREATED", "REFUSED", "PAID", "CLOSED", "UNKNOWN"]),
        refund=st.sampled_from(["DONE", "REFUSED", "UNKNOWN"]),
    )
    def answer(self, nth: int, code: str, refund: str) -> None:
        """A channel answers one of the calls that are open."""
        found = [process.effect(key, state) for key, state in self.world.states.items()]
        calls = [effect for effect in found if effect]
        if not calls:
            return
        effect = calls[nth % len(calls)]
        whole: Any = effect.payload
        if isinstance(whole, Create | Close):
            words: dict[str, Any] = {"account_id": whole.bill.account_id, "now_ms": 20}
            if code == "PAID":
                words |= {"amount": whole.bill.amount}
            self.ask(at.answer(code, whole.bill.charge_id, effect.id, **words))
        else:
            words = {"refund_id": whole.job.refund_id, "account_id": whole.job.account_id}
            self.ask(at.refund_answer(refund, **words | {"call_id": effect.id}))

    @rule(
        account=accounts,
        number=numbers,
        amount=st.integers(-1, 200),
        to=st.sampled_from(["wallet", "source"]),
    )
    def refund(self, account: str, number: int, amount: int, to: str) -> None:
        words = {"account_id": account, "payment_id": f"{account}.{number}", "to": to}
        self.ask(at.refund(amount, f"{account}.{number}.{amount}", **words))

    @rule(account=accounts, number=numbers)
    def cancel(self, account: str, number: int) -> None:
        self.ask(say.cancel(account_id=account, payment_id=f"{account}.{number}"))

    @rule(now=moments)
    def deadlines(self, now: int) -> None:
        for key, state in list(self.world.states.items()):
            due = process.due(key, state)
            if due is not None and due <= now:
                self.ask(Elapsed(key, now))

    @invariant()
    def whatever_was_asked_may_be_asked_again(self) -> None:
        for command in self.asked:
            assert self.world.decide(command) == []

    @invariant()
    def money_is_conserved(self) -> None:
        sums: Counter[str] = Counter()
        for fact in self.facts:
            for posting in getattr(fact, "postings", ()):
                sums[posting.account] += posting.amount
            if isinstance(fact, domain.naming.Moving):
                assert sums[f"wallet:{fact.account_id}"] == fact.balance >= 0
        assert sum(sums.values()) == 0
        assert all(sums[name] <= 0 for name in sums if name.startswith("cash:"))

    @invariant()
    def what_a_channel_was_paid_is_entered_once_and_in_full(self) -> None:
        paid = [fact for fact in self.facts if isinstance(fact, ChargePaid)]
        assert len({fact.charge_id for fact in paid}) == len(paid)
        entered = -sum(
            posting.amount
            for fact in self.facts
            for posting in getattr(fact, "postings", ())
            if posting.account.startswith(("cash:yunfu", "cash:kapay"))
        )
        back = sum(f.amount for f in self.facts if isinstance(f, RefundIssued) and f.to != "wallet")
        assert entered == sum(fact.amount for fact in paid) - back

    @invariant()
    def never_more_goes_back_than_was_paid(self) -> None:
        back: Counter[str] = Counter()
        for fact in self.facts:
            if isinstance(fact, RefundSubmitted) and fact.calls == 1 and fact.payment_id:
                back[fact.payment_id] += fact.amount
            if isinstance(fact, RefundIssued) and fact.payment_id and fact.to == "wallet":
                back[fact.payment_id] += 0 if fact.turned_down else fact.amount
        paid = {f.payment_id: f.amount for f in self.facts if isinstance(f, PaymentConfirmed)}
        assert all(amount <= paid[payment] for payment, amount in back.items())

    @invariant()
    def no_payment_ends_twice(self) -> None:
        ended = [fact.payment_id for fact in self.facts if isinstance(fact, END)]
        assert len(ended) == len(set(ended))

    @invariant()
    def what_is_remembered_survives_its_own_encoding(self) -> None:
        for state in self.world.states.values():
            stored = msgspec.msgpack.encode(state)
            assert msgspec.msgpack.decode(stored, type=domain.State) == state


def _bill(state: Any) -> Any:
    return getattr(state, "bill", None)


History.TestCase.settings = settings(stateful_step_count=HISTORY_STEPS_MAX, max_examples=60)
TestHistory = History.TestCase


FACTS: list[Fact] = [
    say.deposited(5),
    say.deposit_refused(5, "BAD_AMOUNT"),
    say.confirmed(0),
    say.confirmed(0, "req-1"),
    say.declined(),
    say.expired(),
    say.cancelled(),
    say.retry_refused("PAYMENT_ENDED"),
    at.opened(),
    at.charge(),
    at.charge(at.SECOND, "kapay"),
    at.funding(),
    at.created(),
    at.offered(),
    at.charge_refused(),
    at.closing(),
    at.uncertain(),
    at.closed(),
    at.paid(),
    at.late("EXPIRED"),
    at.mismatched("TOO_MUCH", 5),
    at.mismatched("OTHER_CURRENCY", 5, currency="USD"),
    at.notice_refused(at.notice(), "UNKNOWN_CHARGE"),
    at.submitted(),
    at.submitted(calls=2),
    at.unsure(),
    at.issued(),
    at.issued(to="channel"),
    at.refund_refused("NOT_PAID"),
]
STATES = [None, Wallet(1), Ended(), Answered(), Paid("acc-1", 5, "yunfu")]
KEYS = [
    "wallet/acc-1", "payment/pay-1", "request/req-1", "deposit/dep-5", "nothing/x",
    f"charge/{at.CHARGE}", f"notice/{at.notice().notice_id}", "refund/ref-1",
]  # fmt: skip


def test_the_examples_hold_every_fact_of_payments() -> None:
    assert {type(fact) for fact in FACTS} == set(get_args(domain.Event))


@given(st.sampled_from(KEYS), st.sampled_from(STATES), st.lists(st.sampled_from(FACTS)))
def test_evolve_takes_any_fact_in_any_state(key: str, state: Any, facts: list[Any]) -> None:
    for fact in facts:
        before = state
        state = domain.evolve(key, state, fact)
        if key not in domain.keys(fact, {}):
            assert state is before


def test_nothing_is_sent_and_nobody_outside_is_called_for_what_has_ended() -> None:
    for fact in FACTS:
        assert process.follows(fact) == []
    settled = World(domain).fold(*at.PAID).states[f"charge/{at.CHARGE}"]
    for ended in (Ended(), Paid("acc-1", 5, "yunfu"), Wallet(1), Answered(), settled):
        assert process.effect("any/thing", ended) is None
        assert process.due("any/thing", ended) is None
    assert isinstance(settled, Settled)
