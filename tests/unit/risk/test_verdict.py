"""One verdict an order; an account's window counts what it has ordered (D3)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.risk import domain, process
from services.risk.domain import MINUTE_MS, MINUTES_MAX, Account, Judged
from shared.testing.scenario import World, given
from tests.unit.risk import examples as say
from tests.unit.risk.examples import (
    ACCOUNT,
    LIMITS,
    NOON_MS,
    account,
    amount,
    blocked,
    cleared,
    judge,
    order,
    rules,
    velocity,
)

KEY = f"account/{ACCOUNT}"


def window(*facts: Any) -> Any:
    return msgspec.structs.replace(given(domain, *facts).world.states[KEY], first_ms=0)


def test_an_order_that_breaks_no_rule_is_cleared() -> None:
    given(domain).when(judge(velocity(), amount())).then(cleared())


def test_an_order_is_cleared_where_there_are_no_rules() -> None:
    given(domain).when(judge()).then(cleared())


def test_d3_too_many_orders_in_a_short_time_are_blocked() -> None:
    before = (cleared(1), cleared(2))
    given(domain, *before).when(judge(velocity(2), number=3)).then(blocked("velocity", number=3))


def test_d3_an_order_of_too_large_an_amount_is_blocked() -> None:
    given(domain).when(judge(amount(984))).then(blocked("amount"))


def test_every_rule_that_blocks_is_named() -> None:
    given(domain).when(judge(velocity(0), amount(0))).then(blocked("velocity", "amount"))


def test_a_blocked_order_counts_so_that_hammering_does_not_help() -> None:
    before = (cleared(1), blocked("velocity", number=2))
    given(domain, *before).when(judge(velocity(2), number=3)).then(blocked("velocity", number=3))


def test_other_accounts_orders_do_not_count() -> None:
    before = (cleared(1), cleared(2))
    command = judge(velocity(2), number=3, account_id="acc-2")
    given(domain, *before).when(command).then_types(type(cleared()))


def test_under_other_rules_too_an_order_keeps_its_verdict() -> None:
    given(domain, cleared()).when(judge(amount(0))).then_nothing()
    given(domain, blocked("amount")).when(judge()).then_nothing()


@pytest.mark.parametrize("fact", [cleared(), blocked("amount")])
def test_a_judged_order_is_remembered_for_ever(fact: Any) -> None:
    assert given(domain, fact).world.states["order/ord-1"] == Judged()


def test_orders_of_one_minute_are_counted_together() -> None:
    facts = (cleared(1, 100), cleared(2, 20, NOON_MS + 59_999), cleared(3, 3, NOON_MS + 60_000))
    assert window(*facts) == account((0, 2, 120), (1, 1, 3))


def test_an_order_that_comes_late_is_counted_in_its_own_minute() -> None:
    facts = (cleared(1, 100), cleared(2, 20, NOON_MS - MINUTE_MS), cleared(3, 3, NOON_MS))
    assert window(*facts) == account((-1, 1, 20), (0, 2, 103))


def test_minutes_that_no_rule_can_ask_for_are_forgotten() -> None:
    last_ms = NOON_MS + MINUTES_MAX * MINUTE_MS
    facts = (cleared(1), cleared(2, 5, NOON_MS + MINUTE_MS), cleared(3, 7, last_ms))
    assert window(*facts) == account((1, 1, 5), (MINUTES_MAX, 1, 7))
    assert window(cleared(3, 7, last_ms), cleared(1)) == account((MINUTES_MAX, 1, 7))


@drawn(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**6)), max_size=200))
def test_an_account_is_bounded_and_in_order_and_survives_the_store(placed: Any) -> None:
    world = World(domain)
    for number, (after_ms, total) in enumerate(placed):
        world.fold(cleared(number, total, NOON_MS + after_ms))
    found = world.states.get(KEY, Account())
    numbers = [minute.number for minute in found.minutes]
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= MINUTES_MAX
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=domain.State)
    assert stored == found


@drawn(st.lists(st.sampled_from([cleared(1), cleared(2), blocked("r", number=3)]), max_size=8))
def test_evolve_takes_every_fact_in_every_state(facts: Any) -> None:
    for key, state in World(domain).fold(*facts).states.items():
        assert isinstance(state, Account if key == KEY else Judged)


@drawn(
    numbers=st.lists(st.integers(1, 6), max_size=30),
    orders_max=st.integers(0, 4),
)
def test_in_every_history_an_order_is_judged_once(numbers: Any, orders_max: int) -> None:
    world, facts = World(domain), []
    for number in numbers:
        command = judge(velocity(orders_max), number=number)
        facts += (decided := world.decide(command))
        world.fold(*decided)
        assert world.decide(command) == []
    assert len(facts) == len(set(numbers))
    assert len([f for f in facts if isinstance(f, type(cleared()))]) <= orders_max


def test_a_command_names_all_that_its_facts_change() -> None:
    command = domain.Judge(order(), rules(), NOON_MS, LIMITS)
    for fact in (cleared(), blocked("any")):
        assert set(domain.keys(fact, {})) == set(domain.keys(command, {}))


def test_nothing_is_sent_waited_for_or_asked_outside() -> None:
    assert process.follows(cleared()) == []
    assert process.follows(blocked("any")) == []
    assert process.due(KEY, say.account()) is None
    assert process.effect(KEY, say.account()) is None
