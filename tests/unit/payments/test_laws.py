"""What holds in every history that deposits, tries, cancels and deadlines can make."""

import itertools
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.payments import domain, process
from services.payments.domain.state import Answered, Ended, Wallet
from shared.contracts.message import Fact
from shared.contracts.payments import (
    FundsDeposited,
    PaymentCancelled,
    PaymentConfirmed,
    PaymentExpired,
)
from shared.kernel.decider import Elapsed
from shared.testing.scenario import World
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
        channel=st.sampled_from(["wallet", "wallet", "wallet", "shells"]),
    )
    def pay(self, account: str, number: int, now: int, on_decline: str, channel: str) -> None:
        words = {"account_id": account, "payment_id": f"{account}.{number}", "deadline_ms": 10}
        terms = {"amount": 60 * number, "on_decline": on_decline, "channel": channel}
        self.ask(say.pay(now, **words, **terms))

    @rule(account=accounts, number=numbers, request=numbers, received=moments)
    def retry(self, account: str, number: int, request: int, received: int) -> None:
        payment = f"{account}.{number}"
        words = {"account_id": account, "payment_id": payment}
        self.ask(say.retry(f"{payment}.{request}", received, **words))

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
        sums = dict.fromkeys(("sales", "cash:operator", *(f"wallet:{a}" for a in ACCOUNTS)), 0)
        for fact in self.facts:
            if isinstance(fact, FundsDeposited | PaymentConfirmed):
                for posting in fact.postings:
                    sums[posting.account] += posting.amount
                assert sum(posting.amount for posting in fact.postings) == 0
                assert sums[f"wallet:{fact.account_id}"] == fact.balance >= 0
        assert sum(sums.values()) == 0

    @invariant()
    def no_payment_ends_twice(self) -> None:
        ended = [fact.payment_id for fact in self.facts if isinstance(fact, END)]
        assert len(ended) == len(set(ended))

    @invariant()
    def what_is_remembered_survives_its_own_encoding(self) -> None:
        for state in self.world.states.values():
            stored = msgspec.msgpack.encode(state)
            assert msgspec.msgpack.decode(stored, type=domain.State) == state


History.TestCase.settings = settings(stateful_step_count=HISTORY_STEPS_MAX, max_examples=60)
TestHistory = History.TestCase


@pytest.mark.parametrize("funds", [0, say.PRICE])
def test_in_whatever_order_everything_meets_there_is_one_end(funds: int) -> None:
    before = [say.deposited(funds)] if funds else []
    words = [say.pay(), say.cancel(), say.elapsed(), say.retry(), say.retry("req-2")]
    for order in itertools.permutations(words):
        world, facts = World(domain).fold(*before), list[Fact]()
        for command in order:
            decided = world.decide(command)
            facts += decided
            world.fold(*decided)
        assert len([fact for fact in facts if isinstance(fact, END)]) == 1


FACTS: list[Fact] = [
    say.deposited(5),
    say.deposit_refused(5, "BAD_AMOUNT"),
    say.confirmed(0),
    say.confirmed(0, "req-1"),
    say.declined(),
    say.expired(),
    say.cancelled(),
    say.retry_refused("PAYMENT_ENDED"),
]
STATES = [None, Wallet(1), Ended(), Answered()]
KEYS = ["wallet/acc-1", "payment/pay-1", "request/req-1", "deposit/dep-5", "nothing/x"]


def test_the_examples_hold_every_fact_of_payments() -> None:
    assert {type(fact) for fact in FACTS} == set(get_args(domain.Event))


@given(st.sampled_from(KEYS), st.sampled_from(STATES), st.lists(st.sampled_from(FACTS)))
def test_evolve_takes_any_fact_in_any_state(key: str, state: Any, facts: list[Any]) -> None:
    for fact in facts:
        before = state
        state = domain.evolve(key, state, fact)
        if key not in domain.keys(fact, {}):
            assert state is before


def test_nothing_is_sent_and_nobody_outside_is_called() -> None:
    for fact in FACTS:
        assert process.follows(fact) == []
    assert process.effect("payment/pay-1", Ended()) is None
