"""Step-up (D2): a code bound to order and amount, six digits, few tries, used once, in time."""

import asyncio
import re
from typing import Any

import pytest

from services.risk import domain, process
from services.risk.adapters.codes import CodeMaker, said
from services.risk.domain.verifying import CODES_MAX, TRIES_MAX
from shared.kernel.decider import Effect
from shared.runtime.clock import SystemClock
from shared.security.box import Box, BoxRefused
from shared.security.sms_text import open_text, seal_number
from shared.security.step_up import code_mac, fresh_code
from shared.testing.scenario import World, given
from tests.unit.risk import cases as say
from tests.unit.risk.examples import LIMITS, NOW_MS, amount, order, rules

STEP_UP: Any = {"action": "step_up"}


def judge(*, placed: Any) -> domain.Judge:
    return domain.Judge(placed, rules(amount(900, **STEP_UP)), NOW_MS, LIMITS)


def open_effect(*facts: Any) -> Effect | None:
    return process.effect(say.KEY, World(domain).fold(*facts).states[say.KEY])


def test_d2_an_order_over_the_amount_must_be_verified() -> None:
    given(domain).when(judge(placed=say.reachable())).then(say.required())


def test_who_cannot_be_sent_a_code_is_looked_at_by_a_person() -> None:
    given(domain).when(judge(placed=order())).then(say.held())


def test_a_code_is_made_then_sent_and_both_are_asked_for_until_answered() -> None:
    payload = (say.ORDER, 985, "CNY", say.CONTACT)
    assert open_effect(say.required()) == Effect(say.code_id(), process.CODE, payload)
    sealed = (say.ORDER, "b1.sealed-text")
    assert open_effect(say.required(), say.issued()) == Effect(say.sms_id(), process.SMS, sealed)
    assert open_effect(say.required(), say.issued(), say.sent()) is None


def test_of_two_codes_of_one_name_the_first_that_is_heard_of_counts() -> None:
    given(domain, say.required()).when(say.made()).then(say.issued())
    given(domain, say.required(), say.issued()).when(say.made(code_mac="other")).then_nothing()


def test_a_code_that_was_sent_is_kept_no_longer_than_needed() -> None:
    world = given(domain, say.required(), say.issued()).when(say.was_sent()).then(say.sent())
    assert world.states[say.KEY].code.sealed == ""


def test_d2_the_right_code_clears_the_order_once() -> None:
    history = (say.required(), say.issued(), say.sent())
    world = given(domain, *history).when(say.attempt()).then(*say.passed())
    assert world.decide(say.attempt(2)) == [say.refused(2, "NOT_ASKED")]
    assert process.due(say.KEY, world.states[say.KEY]) is None


def test_a_wrong_code_is_refused_and_the_order_waits() -> None:
    history = (say.required(), say.issued())
    world = given(domain, *history).when(say.attempt(1, say.WRONG)).then(say.refused(1))
    assert world.decide(say.attempt(2)) == [*say.passed(2)]


def test_d2_after_five_wrong_tries_the_order_is_refused_whatever_is_typed() -> None:
    wrong = [say.refused(n) for n in range(1, TRIES_MAX)]
    history = (say.required(), say.issued(), *wrong)
    last = say.attempt(TRIES_MAX, say.WRONG)
    world = given(domain, *history).when(last).then(*say.failed(TRIES_MAX))
    assert TRIES_MAX == 5
    assert world.decide(say.attempt(9)) == [say.refused(9, "NOT_ASKED")]


def test_another_code_gives_no_further_tries() -> None:
    wrong = [say.refused(n) for n in range(1, TRIES_MAX)]
    history = (say.required(), say.issued(), *wrong, say.requested(), say.issued(2))
    last = say.attempt(TRIES_MAX, say.WRONG)
    given(domain, *history).when(last).then(*say.failed(TRIES_MAX))


def test_a_code_counts_until_it_expires_by_when_our_door_had_it() -> None:
    history = (say.required(), say.issued())
    late = say.attempt(at_ms=say.EXPIRES_MS)
    given(domain, *history).when(late).then(say.refused(1, "CODE_EXPIRED"))
    given(domain, *history).when(say.attempt(at_ms=say.EXPIRES_MS - 1)).then(*say.passed())


def test_before_a_code_was_made_none_can_be_right() -> None:
    given(domain, say.required()).when(say.attempt()).then(say.refused(1, "NO_CODE"))
    given(domain).when(say.attempt()).then(say.refused(1, "NOT_ASKED"))


def test_somebody_else_cannot_verify_an_order() -> None:
    other = say.attempt().model_copy(update={"account_id": "acc-2"})
    facts = given(domain, say.required(), say.issued()).when(other).facts
    assert [fact.model_dump()["code"] for fact in facts] == ["NOT_ASKED"]


def test_d2_another_code_can_be_had_after_a_while_and_takes_the_place_of_the_last() -> None:
    history = (say.required(), say.issued())
    soon = say.resend(at_ms=NOW_MS + LIMITS.resend_ms - 1)
    facts = given(domain, *history).when(soon).facts
    assert [fact.model_dump()["code"] for fact in facts] == ["TOO_SOON"]
    world = given(domain, *history).when(say.resend()).then(say.requested())
    assert world.decide(say.attempt()) == [say.refused(1, "NO_CODE")]
    effect = process.effect(say.KEY, world.states[say.KEY])
    assert effect
    assert (effect.id, effect.kind) == (say.code_id(2), process.CODE)
    assert world.decide(say.made(1)) == []
    assert world.fold(say.issued(2, "mac-2")).decide(say.attempt()) == [say.refused(1)]


def test_d2_so_many_codes_and_no_more() -> None:
    late_ms = NOW_MS + 10 * LIMITS.resend_ms
    facts = given(domain, *say.all_codes()).when(say.resend(CODES_MAX, late_ms)).facts
    assert [fact.model_dump()["code"] for fact in facts] == ["TOO_MANY_CODES"]


def test_nobody_types_anything_and_the_order_is_refused() -> None:
    history = (say.required(), say.issued())
    deadline_ms = NOW_MS + LIMITS.verification_ms
    facts = given(domain, *history).when(say.elapsed(deadline_ms)).facts
    assert [type(fact).__name__ for fact in facts] == ["VerificationExpired", "OrderBlocked"]
    assert facts[1] == say.blocked_after("verification", "VERIFICATION_EXPIRED")
    given(domain, *history).when(say.elapsed(deadline_ms - 1)).then_nothing()


def test_an_order_that_was_cancelled_meanwhile_needs_no_code() -> None:
    facts = given(domain, say.required(), say.issued()).when(say.over()).facts
    assert [type(fact).__name__ for fact in facts] == ["CaseClosed"]
    world = World(domain).fold(say.required(), *facts)
    assert world.decide(say.attempt()) == [say.refused(1, "NOT_ASKED")]
    assert process.effect(say.KEY, world.states[say.KEY]) is None


# --- who makes the codes


KEY, OTHER = bytes(range(32)), bytes(32)
CLOCK = SystemClock()


def make(effect_id: str = "code-1", amount: int = 9_850) -> tuple[domain.CodeMade, str]:
    """A code as it is made, and the six digits that its message holds."""
    box = Box(KEY)
    maker = CodeMaker(KEY, box, CLOCK, LIMITS.code_ms)
    payload = (say.ORDER, amount, "CNY", seal_number(box, "13800138000"))
    found = asyncio.run(maker(Effect(effect_id, process.CODE, payload)))
    text = open_text(box, found.sealed)
    assert text.phone == "13800138000"
    assert said(amount, "CNY") in text.text
    (code,) = re.findall(r"\b\d{6}\b", text.text)
    return found, code


def test_a_code_is_six_digits_and_nowhere_in_clear() -> None:
    before_ms = CLOCK.now_ms()
    found, code = make()
    assert code not in f"{found.code_mac} {found.sealed}"
    assert before_ms <= found.expires_ms - LIMITS.code_ms <= CLOCK.now_ms()
    with pytest.raises(BoxRefused):
        open_text(Box(OTHER), found.sealed)


def test_d2_a_code_is_bound_to_its_order_and_its_amount_under_risk_s_key() -> None:
    found, code = make()
    assert found.code_mac == code_mac(KEY, say.ORDER, 9_850, "CNY", code)
    others = {
        code_mac(KEY, "ord-2", 9_850, "CNY", code),
        code_mac(KEY, say.ORDER, 9_851, "CNY", code),
        code_mac(KEY, say.ORDER, 9_850, "USD", code),
        code_mac(OTHER, say.ORDER, 9_850, "CNY", code),
    }
    assert found.code_mac not in others
    assert len(others) == 4


def test_codes_are_spread_over_all_six_digits() -> None:
    codes = [fresh_code() for _ in range(2_000)]
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert len(set(codes)) > 1_950
    assert {code[0] for code in codes} == set("0123456789")
