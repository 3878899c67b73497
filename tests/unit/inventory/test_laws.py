"""What holds in every history that imports, reservations, releases and commits can make (G6)."""

from typing import Any, get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.inventory import domain, process
from services.inventory.domain.queue import BLOCK_PLACES
from services.inventory.domain.state import (
    Aside,
    Block,
    Claimed,
    Ended,
    Granted,
    Held,
    HeldUnits,
    Kept,
    Recalled,
    Returned,
    Sku,
    Stocked,
    Turned,
)
from shared.contracts.inventory import (
    StockRefused,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.testing.scenario import World
from tests.unit.inventory import examples as say
from tests.unit.inventory.books import SKUS, Books

HISTORY_STEPS_MAX = 30
EXAMPLES_MAX = 40
REPEATS_MAX = 25

skus = st.sampled_from(SKUS)
reservations = st.integers(1, 6)
sizes = st.one_of(st.integers(1, 5), st.integers(90, 210))


class History(RuleBasedStateMachine):
    """Two SKUs, few cards, few reservations: everything meets everything, more than once."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(domain)
        self.books = Books()
        self.asked: list[Any] = []
        self.cards = 0

    def ask(self, command: Any) -> list[Fact]:
        named = set(self.world.reach(command))
        facts = self.world.decide(command)
        for fact in facts:
            assert set(self.world.reach(fact)) <= named, "the engine loads what a command names"
        self.world.fold(*facts)
        for fact in facts:
            self.books.read(fact)
        self.asked.append(command)
        for send in (send for fact in facts for send in process.follows(fact)):
            if send.topic == "inventory.commands":
                self.ask(send.message)
        return facts

    @rule(sku=skus, count=sizes)
    def take_in(self, sku: str, count: int) -> None:
        for number in range(self.cards, self.cards + count):
            self.ask(say.claim(number, sku=sku))
        self.cards += count

    @rule(sku=skus, number=st.integers(0, 4), line=st.integers(1, 5))
    def take_in_a_card_again(self, sku: str, number: int, line: int) -> None:
        self.ask(say.claim(number, sku=sku, line=line))

    @rule(sku=skus, units=st.integers(-1, 5), n=st.integers(1, 3))
    def set_threshold(self, sku: str, units: int, n: int) -> None:
        self.ask(say.set_threshold(units, f"low-{n}", sku=sku))

    @rule(sku=skus, units=sizes, n=st.integers(1, 3))
    def grant(self, sku: str, units: int, n: int) -> None:
        self.ask(say.grant(units, f"{sku}.{n}", sku))

    @rule(sku=skus, number=reservations, quantity=sizes)
    def reserve(self, sku: str, number: int, quantity: int) -> None:
        available = max(len(self.books.queues[sku]), self.books.quota[sku])
        facts = self.ask(say.reserve(quantity, f"{sku}.{number}", sku=sku))
        if facts:
            whole = quantity <= available
            assert isinstance(facts[0], StockReserved if whole else StockRefused)

    @rule(sku=skus, number=reservations)
    def release(self, sku: str, number: int) -> None:
        self.ask(say.release(f"{sku}.{number}", sku=sku))

    @rule(sku=skus, number=reservations)
    def commit(self, sku: str, number: int) -> None:
        self.ask(say.commit(f"{sku}.{number}", sku=sku))

    @rule(sku=skus, number=reservations)
    def give_back(self, sku: str, number: int) -> None:
        self.ask(say.give_back(f"{sku}.{number}", sku=sku))

    @rule(sku=skus, number=st.integers(0, 40), n=st.integers(1, 3))
    def call_back(self, sku: str, number: int, n: int) -> None:
        self.ask(say.recall(number, sku=sku, request_id=f"bad-{n}"))

    @rule(sku=skus, number=st.integers(0, 40), n=st.integers(1, 3))
    def set_aside(self, sku: str, number: int, n: int) -> None:
        self.ask(say.set_aside(number, sku=sku, request_id=f"aside-{n}"))

    @rule(sku=skus, number=st.integers(0, 40), n=st.integers(1, 3))
    def lift(self, sku: str, number: int, n: int) -> None:
        self.ask(say.lift(number, sku=sku, request_id=f"good-{n}"))

    @invariant()
    def whatever_was_asked_may_be_asked_again(self) -> None:
        step = max(1, len(self.asked) // REPEATS_MAX)
        for command in [*self.asked[::step], *self.asked[-REPEATS_MAX:]]:
            assert self.world.decide(command) == []

    @invariant()
    def every_card_is_in_exactly_one_place(self) -> None:
        everywhere = self.books.everywhere
        assert len(everywhere) == len(set(everywhere)) == self.books.received

    @invariant()
    def every_unit_of_a_quota_is_in_exactly_one_place(self) -> None:
        books = self.books
        there = sum(books.quota.values()) + sum(books.units.values()) + books.spent
        assert there == books.granted
        assert min(books.quota.values()) >= 0

    @invariant()
    def received_is_available_and_reserved_and_sold(self) -> None:
        for sku in SKUS:
            counts = self.world.states.get(f"sku/{sku}", Sku())
            there = counts.available + counts.reserved + counts.sold + counts.withdrawn
            assert counts.received == there
            assert counts.queued == len(self.books.queues[sku])
            assert counts.quota == self.books.quota[sku]
            assert min(counts.available, counts.reserved, counts.sold) >= 0

    @invariant()
    def no_block_is_kept_longer_or_is_larger_than_needed(self) -> None:
        for key, block in self.world.states.items():
            if isinstance(block, Block):
                _, sku, number = key.split("/")
                counts = self.world.states[f"sku/{sku}"]
                begin = int(number) * BLOCK_PLACES
                assert counts.head < begin + BLOCK_PLACES
                assert len(block.cards) == min(BLOCK_PLACES, counts.tail - begin)

    @invariant()
    def what_is_remembered_survives_its_own_encoding(self) -> None:
        for state in self.world.states.values():
            stored = msgspec.msgpack.encode(state)
            assert msgspec.msgpack.decode(stored, type=domain.State) == state


History.TestCase.settings = settings(
    stateful_step_count=HISTORY_STEPS_MAX, max_examples=EXAMPLES_MAX
)
TestHistory = History.TestCase


FACTS: list[Fact] = [
    say.claimed(),
    say.card_refused(),
    say.received(),
    say.reserved(0, 2),
    say.refused(0),
    say.released(say.cards(0, 2), 99),
    say.committed(2),
    say.granted(),
    say.quota_refused(),
    say.units_held(2),
    say.units_returned(),
    say.return_refused(),
    say.withdrawn(1, 1, moved=0),
    say.recalled(),
    say.aside(1, 1, moved=0),
    say.lifted(1, 3),
    say.condemned(1),
    say.aside_refused("UNKNOWN_CARD"),
    say.recall_refused(),
    say.commit_refused("RESERVATION_ENDED"),
    say.ran_low(1),
    say.sold_out(),
    say.threshold_set(),
    say.threshold_refused(),
]
KEPT = (Kept("card-0", "v1.x"),)
STATES = [
    None, Claimed("imp-1", 1), Turned(), Stocked(), Sku(), Block(KEPT), Held(KEPT), Ended("sold"),
    HeldUnits(2), Granted(), Recalled(), Returned(), Ended("sold", 2), Stocked(0, "jcard-100"),
    Aside("jcard-100", "v1.x"),
    Stocked(0, "jcard-100", recalled=True),
]  # fmt: skip
KEYS = [
    "card/card-0", "turned/card-0/imp-1/1", "stocked/card-0", "sku/jcard-100",
    "block/jcard-100/0", "block/jcard-100/1", "reservation/res-1", "granted/grant-1",
    "returned/res-1",
    "recall/bad-1/card-0", "nothing/x",
]  # fmt: skip


def test_the_examples_hold_every_fact_of_inventory() -> None:
    assert {type(fact) for fact in FACTS} == set(get_args(domain.Event))


@given(st.sampled_from(KEYS), st.sampled_from(STATES), st.lists(st.sampled_from(FACTS)))
def test_evolve_takes_any_fact_in_any_state(key: str, state: Any, facts: list[Any]) -> None:
    for fact in facts:
        before = state
        state = domain.evolve(key, state, fact)
        if key.startswith("nothing"):
            assert state is before


def test_inventory_waits_for_no_deadline_and_calls_nobody() -> None:
    for state in STATES:
        assert process.due("sku/jcard-100", state) is None
        assert process.effect("sku/jcard-100", state) is None
