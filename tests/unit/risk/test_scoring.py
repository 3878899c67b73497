"""Rules are data: what each kind counts, of whom, and what makes a set unsound."""

import json
from typing import Any

import pytest

from services.risk.domain import Account, Verdict
from services.risk.domain.windows import recent
from services.risk.scoring import RULES_MAX, WINDOW_S_MAX, read
from tests.unit.risk.examples import (
    HOUR_S,
    NOON_MS,
    account,
    amount,
    order,
    rules,
    spend,
    velocity,
)

ALLOWED = Verdict("allow")


def test_velocity_allows_as_many_orders_as_it_says() -> None:
    some = rules(velocity(3))
    assert some.judge(account((0, 2, 0)), order()) == ALLOWED
    assert some.judge(account((0, 3, 0)), order()) == Verdict("block", ("velocity",))


def test_an_amount_is_that_of_one_order() -> None:
    some = rules(amount(1_000))
    assert some.judge(account((0, 9, 90_000)), order(total=1_000)) == ALLOWED
    assert some.judge(Account(), order(total=1_001)) == Verdict("block", ("amount",))


def test_spend_adds_up_the_orders_of_the_window() -> None:
    some = rules(spend(1_000, HOUR_S))
    assert some.judge(account((-30, 1, 600)), order(total=400)) == ALLOWED
    assert some.judge(account((-30, 1, 601)), order(total=400)) == Verdict("block", ("spend",))


def test_a_rule_is_about_the_levels_that_it_names() -> None:
    some = rules(amount(0, levels=("retail",)))
    assert some.judge(Account(), order(level="retail")) == Verdict("block", ("amount",))
    assert some.judge(Account(), order(level="member")) == ALLOWED


def test_a_rule_that_names_no_level_is_about_every_buyer() -> None:
    for level in ("retail", "member"):
        assert rules(amount(0)).judge(Account(), order(level=level)).rules == ("amount",)


def test_only_the_rules_that_ask_for_the_verdict_are_named() -> None:
    some = rules(amount(0, action="allow", id="watched"), amount(0))
    assert some.judge(Account(), order()) == Verdict("block", ("amount",))


@pytest.mark.parametrize(
    ("at_ms", "window_s", "counted"),
    [
        (NOON_MS, 60, (60, 600)),
        (NOON_MS + 15_000, 60, (45, 450)),
        (NOON_MS + 59_999, 60, (0, 0)),
        (NOON_MS + 30_000, 120, (80, 800)),
        (NOON_MS + 60_000, 60, (0, 0)),
        (NOON_MS + 60_000, 120, (60, 600)),
        (NOON_MS, HOUR_S, (100, 1_000)),
    ],
)
def test_of_the_minute_in_which_a_window_begins_its_share_is_counted(
    at_ms: int, window_s: int, counted: tuple[int, int]
) -> None:
    known = account((-2, 40, 400), (-1, 60, 600))
    assert recent(known, at_ms, window_s) == counted


def test_orders_that_our_door_received_after_this_one_count_too() -> None:
    assert recent(account((1, 3, 30)), NOON_MS, 60) == (3, 30)


def text(*some: Any, **changes: Any) -> bytes:
    return json.dumps({"version": "7", "rules": some, **changes}).encode()


AMOUNT = {"id": "a", "kind": "amount", "action": "block", "amount_max": 5}
VELOCITY = {"id": "v", "kind": "velocity", "action": "block", "orders_max": 5, "window_s": 60}
SPEND = {"id": "s", "kind": "spend", "action": "block", "amount_max": 5, "window_s": 60}


def test_a_set_is_read_from_json() -> None:
    found = read(text(AMOUNT, {**VELOCITY, "levels": ["member"]}, SPEND))
    assert found.version == "7"
    assert found.rules == (
        amount(5, id="a"),
        velocity(5, id="v", levels=("member",)),
        spend(5, 60, id="s"),
    )


@pytest.mark.parametrize(
    "unsound",
    [
        b"{",
        text(AMOUNT, AMOUNT),
        text({**AMOUNT, "kind": "moon"}),
        text({**AMOUNT, "action": "shout"}),
        text({**AMOUNT, "levels": ["king"]}),
        text({**AMOUNT, "amount": 3}),
        text({**AMOUNT, "amount_max": "much"}),
        text({**VELOCITY, "window_s": 59}),
        text({**VELOCITY, "window_s": WINDOW_S_MAX + 1}),
        text({**SPEND, "window_s": 0}),
        text(*[{**AMOUNT, "id": str(n)} for n in range(RULES_MAX + 1)]),
        text(AMOUNT, author="li"),
    ],
)
def test_an_unsound_set_is_refused(unsound: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(unsound)
