"""What holds in every history that stock, payments, ends and reveals can make."""

import itertools
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.delivery import domain, process
from services.delivery.domain.state import (
    Answered,
    Asking,
    Cards,
    Failed,
    Forgotten,
    GivenUp,
    Job,
    Kept,
    Line,
    Meter,
    Open,
    Paid,
    Promised,
    Resolved,
    Submitting,
    ToppedUp,
    Unsure,
)
from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryFailed,
    DeliveryForgotten,
)
from shared.contracts.message import Fact
from shared.testing.scenario import World
from tests.unit.delivery import examples as say

HISTORY_STEPS_MAX = 40
EXAMPLES_MAX = 80
ORDERS = ("ord-1", "ord-2")

orders = st.sampled_from(ORDERS)
lines = st.integers(1, 3)
some_lines = st.lists(lines, unique=True, max_size=3)
paid_lines = st.lists(lines, unique=True, min_size=1, max_size=3)


def of(order: str, line: int) -> str:
    return f"{order}.{line}"


class History(RuleBasedStateMachine):
    """Two orders of three lines; each order is paid for one choice of lines, or ends, or both."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(domain)
        self.facts: list[Fact] = []
        self.asked: list[Any] = []
        self.paid: dict[str, tuple[int, ...]] = {}
        self.prepared: set[str] = set()

    def ask(self, command: Any) -> list[Fact]:
        named = set(self.world.reach(command))
        facts = self.world.decide(command)
        for fact in facts:
            assert set(self.world.reach(fact)) <= named, "the engine loads what a command names"
        self.world.fold(*facts)
        self.facts += facts
        self.asked.append(command)
        return facts

    @rule(order=orders, line=lines)
    def stock_comes(self, order: str, line: int) -> None:
        self.ask(say.prepare(line, order_id=order, reservation_id=of(order, line)))
        self.prepared.add(of(order, line))

    @rule(order=orders, wanted=paid_lines)
    def money_comes(self, order: str, wanted: list[int]) -> None:
        chosen = self.paid.setdefault(order, tuple(wanted))
        holds = tuple(say.hold(line, of(order, line)) for line in chosen)
        self.ask(say.deliver(order_id=order, lines=holds))

    @rule(order=orders, held=some_lines)
    def it_ends(self, order: str, held: list[int]) -> None:
        reservations = tuple(of(order, line) for line in held)
        self.ask(domain.Forget(order, "acc-1", reservations))

    @rule(order=orders, line=lines, account=st.sampled_from(["acc-1", "acc-2"]), n=lines)
    def somebody_looks(self, order: str, line: int, account: str, n: int) -> None:
        request = f"{order}.{account}.{line}.{n}"
        command = say.reveal(line, order_id=order, account_id=account, request_id=request)
        for fact in self.ask(command):
            if isinstance(fact, CardRevealed):
                assert account == "acc-1"
                assert of(order, line) in self.delivered

    @property
    def delivered(self) -> list[str]:
        return [f.reservation_id for f in self.facts if isinstance(f, CardDelivered)]

    @invariant()
    def whatever_was_asked_may_be_asked_again(self) -> None:
        for command in self.asked:
            assert self.world.decide(command) == []

    @invariant()
    def each_paid_line_is_delivered_once_when_it_is_there_and_no_other_ever(self) -> None:
        ended = {f.order_id for f in self.facts if isinstance(f, DeliveryForgotten)}
        expected = [
            of(order, line)
            for order, chosen in self.paid.items()
            for line in chosen
            if order not in ended and of(order, line) in self.prepared
        ]
        assert sorted(self.delivered) == sorted(expected)

    @invariant()
    def money_for_an_ended_order_is_never_silent(self) -> None:
        ended = {f.order_id for f in self.facts if isinstance(f, DeliveryForgotten)}
        failed = [f.order_id for f in self.facts if isinstance(f, DeliveryFailed)]
        assert sorted(failed) == sorted(ended & self.paid.keys())

    @invariant()
    def what_is_remembered_survives_its_own_encoding(self) -> None:
        for state in self.world.states.values():
            stored = msgspec.msgpack.encode(state)
            assert msgspec.msgpack.decode(stored, type=domain.State) == state


History.TestCase.settings = settings(
    stateful_step_count=HISTORY_STEPS_MAX, max_examples=EXAMPLES_MAX
)
TestHistory = History.TestCase


@pytest.mark.parametrize("paid", [(1,), (2,), (1, 2)])
def test_in_whatever_order_stock_and_payment_meet_the_paid_lines_go_out_once(
    paid: tuple[int, ...],
) -> None:
    words = [say.prepare(1), say.prepare(2), say.deliver(*paid), say.deliver(*paid), say.prepare(1)]
    for order in itertools.permutations(words):
        world, facts = World(domain), list[Fact]()
        for command in order:
            decided = world.decide(command)
            facts += decided
            world.fold(*decided)
        out = [fact.line for fact in facts if isinstance(fact, CardDelivered)]
        assert sorted(out) == sorted(paid)


FACTS: list[Fact] = [
    say.prepared(1),
    say.prepared(2),
    say.awaited(1),
    say.delivered(1),
    say.forgotten(1),
    say.failed(1),
    say.revealed(1),
    say.reveal_refused("NOT_DELIVERED"),
    say.topup_prepared(1),
    say.topup_awaited(1),
    say.submitted("a"),
    say.submitted("b"),
    say.uncertain("TIMED_OUT", say.NOON_MS),
    say.queried(),
    say.refused("FAILED"),
    say.confirmed(),
    say.topup_failed("SUPPLIERS_REFUSED"),
    say.resolved(),
    say.resolution_refused("NOT_OPEN"),
    say.contradicted(),
    say.harvest(300),
    say.replaced(1),
]
JOB = Job(
    "ord-1", "acc-1", 1, "res-1", "sku-1", 1, "v1.x", "a", ("b",), "req", say.NOON_MS,
    tried=("req",),
)  # fmt: skip
LINE = Line(1, "sku-1", "res-1")
STATES = [
    None, Open("acc-1", (LINE,)), Paid("acc-1", (LINE,)), Forgotten(), Failed(),
    Cards((Kept("card-1-0", "v1.x"),)), Answered(), Meter(1, 1),
    Promised(1, "v1.x"), Submitting(JOB, "call"), Unsure(JOB, say.NOON_MS, "ask"),
    Unsure(JOB, None, "submit"), Asking(JOB, "call"), ToppedUp(), GivenUp("acc-1", 1, ("req",)),
    Resolved(),
]  # fmt: skip
KEYS = [
    "order/ord-1", "cards/res-1", "topup/res-1", "resolution/person-1", "reveal/req-1",
    "looks/ord-1/1", "meter/acc-1", "nothing/x",
]  # fmt: skip


def test_the_examples_hold_every_fact_of_delivery() -> None:
    assert {type(fact) for fact in FACTS} == set(get_args(domain.Event))


@given(st.sampled_from(KEYS), st.sampled_from(STATES), st.lists(st.sampled_from(FACTS)))
def test_evolve_takes_any_fact_in_any_state(key: str, state: Any, facts: list[Any]) -> None:
    for fact in facts:
        before = state
        state = domain.evolve(key, state, fact)
        if key.startswith("nothing"):
            assert state is before


def test_nothing_is_sent_and_only_a_top_up_calls_somebody_or_waits() -> None:
    for fact in FACTS:
        assert process.follows(fact) == []
    calling = [state for state in STATES if process.effect("topup/res-1", state)]
    waiting = [state for state in STATES if process.due("topup/res-1", state)]
    assert calling == [Submitting(JOB, "call"), Asking(JOB, "call")]
    assert waiting == [Unsure(JOB, say.NOON_MS, "ask")]
