"""Unknown for hours, then either way: no refund and no second top-up before anybody knows (C6).

"A refund or second order while the supplier's answer is unknown" is how comparable shops lose.
"""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.delivery import domain, process
from services.delivery.domain.outcomes import MEANINGS, Code
from services.delivery.domain.topup import SupplierAnswered
from services.delivery.process import Call
from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpResolved,
    TopUpSubmitted,
)
from shared.contracts.message import Fact
from shared.testing.scenario import World
from tests.unit.delivery import examples as say

HOUR_MS = 3_600_000
KEY = "topup/res-1"
STEPS_MAX = 2_000


class Line:
    """One top-up, its supplier and the time."""

    def __init__(self) -> None:
        self.world = World(domain)
        self.facts: list[Fact] = []
        self.now_ms = say.NOON_MS

    def ask(self, command: Any) -> list[Fact]:
        named = set(self.world.reach(command))
        facts = self.world.decide(command)
        for fact in facts:
            assert set(self.world.reach(fact)) <= named, "the engine loads what a command names"
        self.world.fold(*facts)
        self.facts += facts
        return facts

    def call(self) -> Call | None:
        """The call that is open."""
        state = self.world.states.get(KEY)
        effect = process.effect(KEY, state) if state else None
        return effect.payload if effect else None

    def answered(self, call: Call, code: Code, receipt: str = "R-1") -> SupplierAnswered:
        return SupplierAnswered(
            "ord-1", "acc-1", "res-1", call.job.request_id, call.call_id, code,
            receipt if code == "DONE" else "", self.now_ms, say.LIMITS,
        )  # fmt: skip

    def of(self, kind: type[Fact]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def wait(self) -> bool:
        """Until the next deadline; whether there was one."""
        state = self.world.states.get(KEY)
        due_ms = process.due(KEY, state) if state else None
        if due_ms is None:
            return False
        self.now_ms = max(self.now_ms, due_ms)
        self.ask(say.elapsed(self.now_ms))
        return True


def begun() -> Line:
    line = Line()
    line.ask(say.topup_prepare())
    line.ask(say.topup_deliver())
    return line


def until(line: Line, hours: int) -> None:
    """The supplier says `unknown`, for so many hours of virtual time."""
    for _ in range(STEPS_MAX):
        if line.now_ms >= say.NOON_MS + hours * HOUR_MS:
            return
        if (call := line.call()) is not None:
            line.ask(line.answered(call, "UNKNOWN"))
        assert line.wait()
    raise AssertionError("it asks more often than it should")


@pytest.mark.parametrize("hours", [1, 6, 72])
@pytest.mark.parametrize(("code", "end"), [("DONE", TopUpConfirmed), ("FAILED", DeliveryFailed)])
def test_unknown_for_hours_and_then_either_way(hours: int, code: Code, end: type[Fact]) -> None:
    line = begun()
    until(line, hours)
    assert {fact.supplier for fact in line.of(TopUpSubmitted)} == {"a"}
    assert line.of(DeliveryFailed) == line.of(TopUpConfirmed) == []
    asked = len(line.of(DeliveryUncertain))
    assert asked <= 12 + hours * HOUR_MS // say.LIMITS.ask_pause_ms_max
    while (call := line.call()) is not None:
        line.ask(line.answered(call, code))
    assert len(line.of(end)) == 1
    assert len(line.of(TopUpConfirmed)) + len(line.of(DeliveryFailed)) == 1


def test_unknown_for_ever_waits_for_a_person_and_is_neither_refunded_nor_sent_elsewhere() -> None:
    line = begun()
    for _ in range(STEPS_MAX):
        if (call := line.call()) is not None:
            line.ask(line.answered(call, "UNKNOWN"))
        if not line.wait():
            break
    last = line.of(DeliveryUncertain)[-1]
    assert last.ask_ms is None
    assert line.now_ms <= say.NOON_MS + say.LIMITS.uncertain_ms_max
    assert line.of(DeliveryFailed) == line.of(TopUpConfirmed) == []
    assert line.of(TopUpSubmitted) == [say.submitted()]
    line.ask(say.resolve("delivered", receipt="by phone"))
    assert [fact.receipt for fact in line.of(TopUpConfirmed)] == ["by phone"]


class Supplier(RuleBasedStateMachine):
    """Two suppliers that keep to one promise, the same id is the same top-up, and to no other."""

    def __init__(self) -> None:
        super().__init__()
        self.line = begun()
        self.calls: list[Call] = []
        self.fate: dict[str, Code] = {}
        """By request id: what has become of it, for ever."""
        self.people = 0

    @rule()
    def the_call_is_made(self) -> None:
        if (call := self.line.call()) is not None:
            self.calls.append(call)

    @rule(data=st.data(), fate=st.sampled_from(["DONE", "FAILED", "WRONG_ACCOUNT"]))
    def it_is_answered_with_what_has_become_of_it(self, data: Any, fate: Code) -> None:
        if self.calls:
            call = data.draw(st.sampled_from(self.calls))
            known = call.verb == "submit" or call.job.request_id in self.fate
            code = self.fate.setdefault(call.job.request_id, fate) if known else "NO_SUCH_ORDER"
            self.line.ask(self.line.answered(call, code))

    @rule(data=st.data(), code=st.sampled_from(["UNKNOWN", "TIMED_OUT", "BAD_SIGNATURE"]))
    def nobody_knows(self, data: Any, code: Code) -> None:
        if self.calls:
            self.line.ask(self.line.answered(data.draw(st.sampled_from(self.calls)), code))

    @rule(data=st.data())
    def it_arrives_and_the_answer_is_lost(self, data: Any) -> None:
        sent = [call for call in self.calls if call.verb == "submit"]
        if sent:
            self.fate.setdefault(data.draw(st.sampled_from(sent)).job.request_id, "DONE")

    @rule()
    def time_passes(self) -> None:
        self.line.wait()

    @rule()
    def everything_comes_again(self) -> None:
        assert self.line.ask(say.topup_prepare()) == []
        assert self.line.ask(say.topup_deliver()) == []

    @rule(outcome=st.sampled_from(["ask", "delivered"]))
    def a_person_takes_it(self, outcome: Any) -> None:
        self.people += 1
        request = f"person-{self.people}"
        self.line.ask(say.resolve(outcome, request_id=request, receipt="by phone"))

    @invariant()
    def a_second_supplier_comes_only_after_the_first_has_failed_for_certain(self) -> None:
        sent = list(dict.fromkeys(fact.request_id for fact in self.line.of(TopUpSubmitted)))
        for earlier in sent[:-1]:
            assert self.fate[earlier] == "FAILED"

    @invariant()
    def money_goes_back_only_where_nothing_was_topped_up(self) -> None:
        if self.line.of(DeliveryFailed):
            assert "DONE" not in self.fate.values()
            assert self.line.of(TopUpConfirmed) == []

    @invariant()
    def at_most_one_request_is_topped_up_and_it_ends_once(self) -> None:
        assert Counter(self.fate.values())["DONE"] <= 1
        assert len(self.line.of(TopUpConfirmed)) + len(self.line.of(DeliveryFailed)) <= 1
        assert self.line.of(TopUpContradicted) == []
        assert len(self.line.of(TopUpResolved)) <= self.people

    @invariant()
    def what_is_remembered_survives_its_own_encoding(self) -> None:
        for state in self.line.world.states.values():
            stored = msgspec.msgpack.encode(state)
            assert msgspec.msgpack.decode(stored, type=domain.State) == state


Supplier.TestCase.settings = settings(stateful_step_count=40, max_examples=100)
TestSupplier = Supplier.TestCase


def test_a_supplier_s_every_word_is_understood_in_every_state() -> None:
    histories = [
        [say.topup_prepared(), say.submitted()],
        [say.topup_prepared(), say.submitted(), say.uncertain("UNKNOWN", None)],
        [say.topup_prepared(), say.submitted(), say.confirmed()],
        [say.topup_prepared(), say.submitted(), say.topup_failed("SUPPLIERS_REFUSED")],
    ]
    for history in histories:
        for code in MEANINGS:
            world = World(domain).fold(*history)
            world.fold(*world.decide(say.answer(code)))
            assert world.decide(say.answer(code)) == []
