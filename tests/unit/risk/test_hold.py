"""A hold (D3): a person lets the order go on or refuses it, with a reason; or time refuses it."""

from typing import Any

import pytest

from services.risk import domain, process
from services.risk.domain import Judge
from shared.contracts.risk import HoldDecisionRefused
from shared.testing.scenario import given
from tests.unit.risk import cases as say
from tests.unit.risk.examples import ACCOUNT, LIMITS, NOW_MS, amount, order, rules

HELD = say.held()


def test_d3_an_order_is_held_for_a_person_to_look_at() -> None:
    command = Judge(order(), rules(amount(900, action="hold")), NOW_MS, LIMITS)
    world = given(domain).when(command).then(HELD)
    assert process.due(say.KEY, world.states[say.KEY]) == HELD.deadline_ms


def test_of_all_broken_rules_the_most_severe_action_counts() -> None:
    some = (amount(900, action="step_up", id="a"), amount(901, action="hold"))
    given(domain).when(Judge(say.reachable(), rules(*some), NOW_MS, LIMITS)).then(
        say.held(contact=say.CONTACT)
    )


def test_d3_a_person_releases_a_hold_and_the_order_goes_on() -> None:
    given(domain, HELD).when(say.release()).then(say.released(), say.cleared_after("hold"))


def test_d3_a_person_refuses_a_hold_and_the_order_ends() -> None:
    end = say.blocked_after("hold", "HOLD_REFUSED")
    given(domain, HELD).when(say.refuse()).then(say.refused_hold(), end)


def test_of_two_people_who_decide_the_first_counts_and_the_second_is_told() -> None:
    world = given(domain, HELD).when(say.release()).repeated()
    (told,) = world.decide(say.refuse("req-2"))
    assert isinstance(told, HoldDecisionRefused)
    assert told.code == "NOT_HELD"
    assert world.fold(told).decide(say.refuse("req-2")) == []


@pytest.mark.parametrize("command", [say.release(), say.refuse()])
def test_who_decides_about_an_order_that_is_not_held_is_told_so_for_ever(command: Any) -> None:
    world = given(domain).when(command).repeated()
    assert world.fold(HELD).decide(command) == []


def test_nobody_decides_and_the_order_is_refused_at_its_deadline() -> None:
    facts = given(domain, HELD).when(say.elapsed(HELD.deadline_ms)).facts
    assert [type(fact).__name__ for fact in facts] == ["HoldExpired", "OrderBlocked"]
    assert facts[1] == say.blocked_after("hold", "HOLD_EXPIRED")
    given(domain, HELD).when(say.elapsed(HELD.deadline_ms - 1)).then_nothing()


def test_an_order_that_was_cancelled_meanwhile_needs_nobody() -> None:
    facts = given(domain, HELD).when(say.over()).facts
    assert [type(fact).__name__ for fact in facts] == ["CaseClosed"]
    world = given(domain, HELD, *facts).when(say.release()).repeated()
    assert process.due(say.KEY, world.states[say.KEY]) is None


def test_a_held_order_counts_once_whatever_becomes_of_it() -> None:
    for command in (say.release(), say.refuse(), say.elapsed(HELD.deadline_ms)):
        world = given(domain, HELD).when(command).repeated()
        (minute,) = world.states[f"account/{ACCOUNT}"].minutes
        assert (minute.orders, minute.amount) == (1, 985)
