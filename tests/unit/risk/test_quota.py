"""Quotas (D6): how many units one account, address or device may hold unpaid at once."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.risk import domain
from services.risk.app import service
from services.risk.domain.windows import HELD_MS_MAX
from shared.contracts.message import Fact
from shared.contracts.orders import OrderCancelled, OrderExpired, OrderRejected
from shared.contracts.risk import EndHolding, OrderBlocked, OrderCleared, UnitsReturned
from shared.testing.scenario import World, given
from tests.unit.risk import cases as say
from tests.unit.risk.examples import ACCOUNT, LIMITS, NOON_MS, NOW_MS, order, rules

KEY = f"account/{ACCOUNT}"


def judge(number: int, units: int, quota_max: int = 10, at_ms: int = NOON_MS) -> domain.Judge:
    line = order().lines[0].model_copy(update={"quantity": units})
    placed = order(number, lines=(line,), at_ms=at_ms)
    return domain.Judge(placed, rules(say.quota(quota_max)), NOW_MS, LIMITS)


def over(number: int) -> domain.Over:
    return domain.Over(f"ord-{number}", ACCOUNT)


def shop(*asked: tuple[int, int]) -> World:
    """Orders of (number, units), one after the other."""
    world = World(domain)
    for number, units in asked:
        world.fold(*world.decide(judge(number, units)))
    return world


def test_d6_an_account_may_hold_so_many_units_and_no_more() -> None:
    world = shop((1, 4), (2, 6))
    (fact,) = world.decide(judge(3, 1))
    assert isinstance(fact, OrderBlocked)
    assert fact.rules == ("quota.account",)


def test_half_a_quota_is_followed_by_nobody_and_costs_one_fact() -> None:
    (fact,) = World(domain).decide(judge(1, 5))
    assert (fact.units, fact.tracked) == (5, None)  # type: ignore[attr-defined]  # a verdict
    world = World(domain).fold(fact)
    assert world.decide(over(1)) == []


def test_what_nobody_follows_counts_for_as_long_as_it_can_be_held() -> None:
    world = shop((1, 5), (2, 5))
    later_ms = NOON_MS + HELD_MS_MAX + 60_000
    assert isinstance(world.decide(judge(3, 5, at_ms=NOON_MS))[0], OrderBlocked)
    assert isinstance(world.decide(judge(3, 5, at_ms=later_ms))[0], OrderCleared)


def test_beyond_the_half_each_order_is_followed_to_its_end() -> None:
    world = shop((1, 5), (2, 5))
    assert world.states[KEY].holding == 5
    assert world.decide(over(2)) == [UnitsReturned(order_id="ord-2", account_id=ACCOUNT, units=5)]
    world.fold(*world.decide(over(2)))
    assert world.decide(over(2)) == []
    assert isinstance(world.decide(judge(3, 5))[0], OrderCleared)


def test_who_pays_at_once_is_never_stopped_by_a_quota() -> None:
    world = World(domain)
    for number in range(1, 60):
        (fact,) = world.decide(judge(number, 3))
        assert isinstance(fact, OrderCleared)
        world.fold(fact)
        world.fold(*world.decide(over(number)))


def test_a_blocked_order_holds_nothing() -> None:
    world = shop((1, 5), (2, 50), (3, 5))
    assert world.states[KEY].holding == 5
    assert world.decide(over(2)) == []


@pytest.mark.parametrize("how", [OrderCancelled, OrderExpired, OrderRejected, EndHolding])
def test_an_order_holds_until_it_has_ended_or_is_paid(how: Any) -> None:
    topic = "risk.commands" if how is EndHolding else "orders.events"
    assert how in service().subscriptions[topic]


def test_a_case_holds_from_its_first_verdict_on() -> None:
    """What waits for a person may be cleared at any time: its units are taken already."""
    world = given(domain, say.held(units=4)).world
    assert world.states[KEY].holding == 4
    facts = world.decide(say.refuse())
    assert facts[-1] == say.returned(4)
    assert world.fold(*facts).states[KEY].holding == 0
    cleared = given(domain, say.held(units=4)).when(say.release()).facts[-1]
    assert cleared == say.cleared_after("hold", units=4, tracked=True)


@pytest.mark.parametrize("case", [say.held(units=4), say.required(units=4), say.asked(units=4)])
def test_a_case_that_is_closed_returns_its_units(case: Fact) -> None:
    facts = given(domain, case).when(say.over()).facts
    assert facts[-1] == say.returned(4, *getattr(case, "subjects", ()))


steps = st.lists(
    st.tuples(st.sampled_from(["order", "end"]), st.integers(1, 12), st.integers(1, 6)),
    max_size=60,
)


@drawn(steps)
def test_d6_in_every_history_an_account_holds_no_more_than_its_quota(script: Any) -> None:
    world, holding = World(domain), dict[int, int]()
    known: set[int] = set()
    for what, number, units in script:
        if what == "order" and number not in known:
            known.add(number)
            (fact,) = world.decide(judge(number, units))
            world.fold(fact)
            if isinstance(fact, OrderCleared):
                holding[number] = units
        elif what == "end":
            world.fold(*world.decide(over(number)))
            holding.pop(number, None)
        assert sum(holding.values()) <= 10
    for number in known:
        world.fold(*world.decide(over(number)))
    left = world.states.get(KEY)
    assert left is None or left.holding == 0
    for state in world.states.values():
        stored = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=domain.State)
        assert stored == state
