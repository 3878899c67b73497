"""What crosses accounts is decided in its own shard: exact, whoever orders at the same moment."""

from random import Random
from typing import Any

import pytest

from services.risk import domain, process
from services.risk.domain.judging import UNANSWERED
from shared.contracts.orders import OrderPlaced, Origin
from shared.contracts.risk import EndHolding, HearSubject, JudgeSubject, OrderCleared
from shared.testing.scenario import given
from tests.unit.risk import cases as say
from tests.unit.risk.around import Shards
from tests.unit.risk.cases import HOME, PHONE
from tests.unit.risk.examples import LIMITS, NOW_MS, amount, cleared, order, rules, velocity

ACCOUNTS, LIMIT = 50, 20
ADDRESS = HOME.fingerprint


def from_home(number: int = 1, account: str = "acc-1", **changes: Any) -> OrderPlaced:
    origin = Origin(address=ADDRESS)
    return order(number, account_id=account, origin=origin, **changes)


def crowd(count: int = ACCOUNTS) -> list[OrderPlaced]:
    """So many accounts, each with one order, from one address in one moment."""
    return [from_home(number, f"acc-{number}") for number in range(count)]


@pytest.mark.parametrize("seed", range(5))
def test_d3_fifty_accounts_of_one_address_at_one_moment_are_stopped_at_the_limit(seed: int) -> None:
    chance, shards = Random(seed), Shards(say.crowded(LIMIT))
    placed = crowd()
    chance.shuffle(placed)
    for each in placed:
        shards.place(each)
    shards.work(chance)
    assert len(shards.cleared) == LIMIT
    assert len(shards.blocked) == ACCOUNTS - LIMIT
    assert {fact.rules for fact in shards.blocked} == {("velocity.address",)}
    ends = [*shards.cleared, *(fact.order_id for fact in shards.blocked)]
    assert sorted(ends) == sorted(each.order_id for each in placed)


@pytest.mark.parametrize("seed", range(5))
def test_d6_fifty_accounts_of_one_address_hold_no_more_than_its_quota(seed: int) -> None:
    chance, shards = Random(seed), Shards(say.quota(LIMIT, "address"))
    for each in crowd():
        shards.place(each)
    shards.work(chance)
    around = shards.state(f"subject/address/{ADDRESS}", ADDRESS)
    assert len(shards.cleared) == around.holding == LIMIT
    for number, order_id in enumerate(list(shards.cleared)):
        account = order_id.replace("ord", "acc")
        paid = EndHolding(order_id=order_id, account_id=account)
        shards.put("risk.commands", account, paid)
        if number % 2:
            shards.work(chance)
    shards.work(chance)
    assert shards.state(f"subject/address/{ADDRESS}", ADDRESS).holding == 0
    shards.place(from_home(77, "acc-77"))
    shards.work(chance)
    assert shards.cleared[-1] == "ord-77"


@pytest.mark.parametrize("seed", range(3))
def test_d6_a_competitor_cannot_reserve_the_whole_shop(seed: int) -> None:
    """dujiao-next #105: unpaid orders by the hundred, of many accounts, from one device."""
    chance = Random(seed)
    shards = Shards(say.quota(10), say.quota(LIMIT, "device"), say.quota(2 * LIMIT, "address"))
    for number in range(300):
        line = order().lines[0].model_copy(update={"quantity": chance.randint(1, 4)})
        origin = Origin(address=chance.choice(("a1", "a2")), device="d1")
        account = f"acc-{chance.randrange(30)}"
        shards.place(order(number, account_id=account, lines=(line,), origin=origin))
    shards.work(chance)
    held = shards.state("subject/device/d1", "d1").holding
    assert held <= LIMIT
    assert held == sum(fact.units or 0 for fact in shards.facts if isinstance(fact, OrderCleared))
    assert len(shards.blocked) > 250


def test_an_order_whose_subjects_no_rule_counts_is_cleared_by_one_fact() -> None:
    """The wallet walk pays nothing for rules that are about others."""
    some = rules(say.crowded(levels=("retail",)), say.crowded(of="device"))
    command = domain.Judge(from_home(level="member"), some, NOW_MS, LIMITS)
    given(domain).when(command).then(cleared())
    bare = domain.Judge(order(), some, NOW_MS, LIMITS)
    given(domain).when(bare).then(cleared())


def test_an_order_with_a_subject_is_judged_there_first() -> None:
    command = domain.Judge(from_home(), rules(say.crowded()), NOW_MS, LIMITS)
    world = given(domain).when(command).then(say.asked())
    (send,) = process.follows(say.asked())
    assert (send.topic, send.key) == ("risk.commands", ADDRESS)
    assert isinstance(send.message, JudgeSubject)
    assert world.decide(say.heed()) == [say.cleared_after("subjects")]


def test_what_the_account_s_own_rules_block_is_asked_of_nobody() -> None:
    some = rules(say.crowded(), velocity(0))
    facts = given(domain).when(domain.Judge(from_home(), some, NOW_MS, LIMITS)).facts
    assert [type(fact).__name__ for fact in facts] == ["OrderBlocked"]


def test_a_subject_counts_whatever_its_verdict_and_answers_the_account() -> None:
    history = (say.judged(order_id="ord-8"), say.judged(order_id="ord-9"))
    verdict: Any = {"units": 0, "rules": ("velocity.address",)}
    judged = say.judged(HOME, "block", **verdict)
    world = given(domain, *history).when(say.weigh(say.crowded(2))).then(judged)
    (minute,) = world.states[f"subject/address/{ADDRESS}"].minutes
    assert minute.orders == 3
    (send,) = process.follows(judged)
    assert (send.topic, send.key) == ("risk.commands", "acc-1")
    assert isinstance(send.message, HearSubject)
    assert (send.message.action, send.message.rules) == ("block", ("velocity.address",))


def test_all_subjects_are_heard_before_the_verdict_and_the_most_severe_counts() -> None:
    both = say.asked(HOME, PHONE)
    world = given(domain, both).when(say.heed(PHONE, "hold", "velocity.device")).repeated()
    facts = world.decide(say.heed(HOME, "step_up", "velocity.address"))
    subjects: Any = {"subjects": (HOME, PHONE), "after": "subjects"}
    assert facts == [say.held(rules=("velocity.device",), **subjects)]


def test_a_subject_that_stays_silent_is_made_up_for_by_a_person() -> None:
    asked = say.asked(rules=("amount",), action="step_up")
    facts = given(domain, asked).when(say.elapsed(asked.deadline_ms)).facts
    deadline_ms = asked.deadline_ms + LIMITS.hold_ms
    late: Any = {"subjects": (HOME,), "after": "subjects", "deadline_ms": deadline_ms}
    assert facts == [say.held(rules=(UNANSWERED,), **late)]
    world = given(domain, asked, *facts).when(say.heed()).then_nothing()
    late_word: Any = world.decide(say.release("req-9"))
    assert [fact.order_id for fact in late_word] == [say.ORDER] * 2


def test_units_that_were_counted_for_a_blocked_order_are_returned_everywhere() -> None:
    both = say.asked(HOME, PHONE, units=1)
    world = given(domain, both).when(say.heed(HOME)).repeated()
    facts = world.decide(say.heed(PHONE, "block", "velocity.device"))
    block = say.blocked_after("subjects", rules=("velocity.device",))
    assert facts == [block, say.returned(1, HOME, PHONE)]
    sent = [(send.key, type(send.message).__name__) for send in process.follows(facts[1])]
    assert sent == [(ADDRESS, "ReturnUnits"), (PHONE.fingerprint, "ReturnUnits")]


def test_a_target_is_counted_by_what_goes_there() -> None:
    line = order().lines[0]
    lines = tuple(
        line.model_copy(update={"line": n, "quantity": n, "target_print": name})
        for n, name in enumerate(("t1", "t2", "t1"), start=1)
    )
    some = rules(say.crowded(of="target"))
    placed = order(lines=lines)
    (asked,) = given(domain).when(domain.Judge(placed, some, NOW_MS, LIMITS)).facts
    found = {each["fingerprint"]: each["units"] for each in asked.model_dump()["subjects"]}
    assert found == {"t1": 4, "t2": 2}


def test_a_verdict_of_the_account_waits_for_its_subjects_and_is_kept() -> None:
    some = rules(say.crowded(), amount(900, action="hold"))
    world = given(domain).when(domain.Judge(from_home(), some, NOW_MS, LIMITS)).repeated()
    (fact,) = world.decide(say.heed(HOME))
    assert fact == say.held(subjects=(HOME,), after="subjects")
