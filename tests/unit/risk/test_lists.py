"""Black and white lists, new accounts, and rules that are only tried out."""

from typing import Any

import pytest

from services.risk import domain
from services.risk.domain import Account, Verdict
from services.risk.scoring import Listed, NewAccount, read
from shared.contracts.orders import Origin
from shared.testing.scenario import World, given
from tests.unit.risk import cases as say
from tests.unit.risk.examples import (
    HOUR_S,
    LIMITS,
    NOON_MS,
    NOW_MS,
    account,
    amount,
    cleared,
    order,
    rules,
    velocity,
)

ALLOWED = Verdict("allow")


def listed(*names: str, of: Any = "account", action: Any = "block", **changes: Any) -> Listed:
    words: Any = {"id": f"list.{action}", "action": action, **changes}
    return Listed(of=of, names=frozenset(names), **words)


@pytest.mark.parametrize(
    ("of", "name"), [("account", "acc-1"), ("address", "a1"), ("device", "d1"), ("target", "t1")]
)
def test_d3_who_is_on_a_black_list_is_blocked_wherever_they_come_from(of: Any, name: str) -> None:
    line = order().lines[0].model_copy(update={"target_print": "t1"})
    placed = order(lines=(line,), origin=Origin(address="a1", device="d1"))
    assert rules(listed(name, of=of)).judge(Account(), placed) == Verdict("block", ("list.block",))
    assert rules(listed("other", of=of)).judge(Account(), placed) == ALLOWED
    assert rules(listed(name, of=of)).judge(Account(), order(account_id="acc-9")) == ALLOWED


def test_who_is_on_a_white_list_is_asked_nothing_and_counted_by_no_quota() -> None:
    some = (listed("acc-1", action="allow"), amount(0), velocity(0), say.crowded(), say.quota(0))
    placed = order(origin=Origin(address="a1"))
    facts = given(domain).when(domain.Judge(placed, rules(*some), NOW_MS, LIMITS)).facts
    assert facts == [cleared()]


def test_a_black_list_outweighs_a_white_one() -> None:
    some = (listed("acc-1", action="allow"), listed("acc-1"))
    assert rules(*some).judge(Account(), order()) == Verdict("block", ("list.block",))


def test_a_list_may_ask_for_a_person_or_a_code() -> None:
    for action in ("hold", "step_up"):
        some = rules(listed("acc-1", action=action))
        assert some.judge(Account(), order()) == Verdict(action, (f"list.{action}",))


def young(age_s: int = HOUR_S, amount_max: int = 500) -> NewAccount:
    return NewAccount(id="new", action="step_up", age_s=age_s, amount_max=amount_max)


def test_d3_a_new_account_may_order_less_at_once() -> None:
    some = rules(young())
    assert some.judge(Account(), order(total=501)) == Verdict("step_up", ("new",))
    assert some.judge(Account(), order(total=500)) == ALLOWED
    first_ms = NOON_MS - HOUR_S * 1000
    assert some.judge(account(first_ms=first_ms), order(total=501)) == ALLOWED
    assert some.judge(account(first_ms=first_ms + 1), order(total=501)).action == "step_up"


def test_an_account_is_as_old_as_its_first_order() -> None:
    world = World(domain).fold(cleared(1, at_ms=NOON_MS), cleared(2, at_ms=NOON_MS + 9))
    assert world.states["account/acc-1"].first_ms == NOON_MS


def test_a_rule_that_is_tried_out_is_recorded_and_does_nothing() -> None:
    some = rules(amount(0, id="tried", dry_run=True), velocity(0, id="also", dry_run=True))
    facts = given(domain).when(domain.Judge(order(), some, NOW_MS, LIMITS)).facts
    assert facts == [cleared().model_copy(update={"dry": ("tried", "also")})]


def test_a_tried_rule_stands_beside_the_verdict_of_others() -> None:
    some = rules(amount(0, id="tried", dry_run=True), amount(0))
    assert some.judge(Account(), order()) == Verdict("block", ("amount",), ("tried",))


def test_a_white_list_that_is_tried_out_lets_nobody_through() -> None:
    some = rules(listed("acc-1", action="allow", dry_run=True), amount(0))
    assert some.judge(Account(), order()) == Verdict("block", ("amount",), ("list.allow",))


def test_a_tried_rule_of_a_subject_is_told_to_the_account() -> None:
    facts = given(domain).when(say.weigh(say.crowded(0, dry_run=True))).facts
    assert facts == [say.judged(dry=("velocity.address",))]
    world = given(domain, say.asked()).world
    assert world.decide(say.heed(dry=("velocity.address",))) == [
        say.cleared_after("subjects", dry=("velocity.address",))
    ]


def test_the_new_kinds_are_read_from_json() -> None:
    text = b"""{"version": "7", "rules": [
        {"id": "l", "kind": "list", "action": "block", "of": "device", "names": ["d1"]},
        {"id": "n", "kind": "new_account", "action": "step_up", "amount_max": 5, "age_s": 60},
        {"id": "q", "kind": "quota", "action": "block", "of": "address", "units_max": 9},
        {"id": "v", "kind": "velocity", "action": "hold", "of": "target", "orders_max": 1,
         "window_s": 60, "dry_run": true}]}"""
    assert read(text).rules == (
        listed("d1", of="device", id="l"),
        young(60, 5).__class__(id="n", action="step_up", age_s=60, amount_max=5),
        say.quota(9, "address", id="q"),
        say.crowded(1, "target", id="v", action="hold", dry_run=True),
    )
