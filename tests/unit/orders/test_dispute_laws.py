"""What holds in every history of a disputed line: any order of words, any silence, any repeat."""

from collections import Counter
from random import Random
from typing import Any, Final, get_args

import pytest

from services.orders import domain, process
from services.orders.domain.dispute_state import Open
from services.orders.domain.disputed import DisputeFact
from shared.contracts.disputes import (
    DeliverReplacement,
    DisputeClosed,
    DisputeOpened,
    ReplacementDelivered,
    ReplacementReserved,
)
from shared.contracts.inventory import ReleaseStock, ReserveStock, StockRefused, StockReserved
from shared.contracts.message import Fact
from shared.contracts.refunds import OrderRefunding, RefundPayment
from shared.kernel.decider import Elapsed
from shared.testing.scenario import World
from tests.unit.orders import back
from tests.unit.orders import disputes as say
from tests.unit.orders.examples import LIMITS, NOW_MS, ORDER, confirm, heard, to_delivered

KEY: Final = f"dispute/{ORDER}/1"
STEPS: Final = 40
SETTLE_ROUNDS_MAX: Final = 50
SEEDS: Final = 60


class History:
    """A delivered order of two lines, whose first is disputed in every way there is."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.world = World(domain).fold(*to_delivered(2))
        self.now_ms = NOW_MS
        self.facts: list[Fact] = []
        self.asked: list[Any] = []
        self.answers: list[Any] = []
        self.number = 0

    def ask(self, command: Any) -> None:
        """Decide, fold, let the others answer; and the same again, which changes nothing."""
        facts = self.world.decide(command)
        self.world.fold(*facts)
        self.facts += facts
        self.asked.append(command)
        assert self.world.decide(command) == []
        for fact in facts:
            for send in process.follows(fact):
                self._answer(send.message)

    def _answer(self, asked: Any) -> None:
        match asked:
            case ReserveStock():
                words = asked.model_dump(exclude={"quantity"})
                cards = () if self.chance.random() < 0.2 else say.SPARE
                units = None if cards else 1
                if self.chance.random() < 0.3:
                    refused: Any = {"code": "INSUFFICIENT_STOCK", "available": 0}
                    self.answers.append(StockRefused(**words, **refused))
                else:
                    self.answers.append(StockReserved(**words, cards=cards, index=0, units=units))
            case DeliverReplacement():
                self.answers.append(ReplacementDelivered(**asked.model_dump()))
            case RefundPayment():
                word = back.issued(asked.refund_id, asked.amount).word
                self.answers.append(word)
            case _:
                pass

    def step(self) -> None:
        """Something that may happen next."""
        self.number += 1
        chosen = self.chance.choice((
            self._open, self._say, self._say, self._hear, self._hear, self._wait, self._repeat,
            self._else,
        ))  # fmt: skip
        chosen()

    def _open(self) -> None:
        wants = self.chance.choice(("replacement", "refund"))
        self.ask(self._now(say.opening(wants=wants, request_id=f"dispute-{self.number}")))

    def _say(self) -> None:
        found = self.world.states.get(KEY)
        case = found.case.dispute_id if isinstance(found, Open) else say.CASE
        name = f"word-{self.number}"
        words: Any = {"dispute_id": case, "request_id": name}
        outcome = self.chance.choice(("replacement", "refund", "rejection"))
        amount = self.chance.choice((None, None, 7)) if outcome == "refund" else None
        self.ask(self._now(self.chance.choice((
            say.asking(**words), say.adding(**words),
            say.choosing(self.chance.choice(("replacement", "refund")), case, name),
            say.deciding(outcome, amount=amount, **words),
        ))))  # fmt: skip

    def _hear(self) -> None:
        if self.answers:
            at = self.chance.randrange(len(self.answers))
            self.ask(heard(self.answers.pop(at), self.now_ms))

    def _wait(self) -> None:
        self.now_ms += self.chance.choice((100, LIMITS.stock_answer_ms, LIMITS.dispute_answer_ms))
        self._ring()

    def _ring(self) -> None:
        due_ms = process.due(KEY, self.world.states.get(KEY))
        if due_ms is not None and due_ms <= self.now_ms:
            before = len(self.facts)
            self.ask(Elapsed(KEY, self.now_ms))
            assert len(self.facts) > before, "a deadline that says nothing would pass for ever"

    def _repeat(self) -> None:
        if self.asked:
            again = self.chance.choice(self.asked)
            assert self.world.decide(again) == [], f"{again} is not safe to repeat"

    def _else(self) -> None:
        name = f"else-{self.number}"
        self.ask(self.chance.choice((
            say.recall(name), back.refund(1, request_id=name, amount=5),
            back.refund(2, request_id=name), confirm(request_id=name),
        )))  # fmt: skip

    def _now(self, claim: Any) -> Any:
        return domain.Claim(claim.said, self.now_ms, LIMITS)

    def settle(self) -> None:
        """Everybody answers, and every silence ends."""
        for _ in range(SETTLE_ROUNDS_MAX):
            self._hear()
            if not self.answers:
                self.now_ms += LIMITS.offer_ms
                self._ring()
            if not self.answers and not isinstance(self.world.states.get(KEY), Open):
                return
        raise AssertionError("the dispute does not come to an end")

    def check(self) -> None:
        """Exactly one end for each; what it was agrees with what went back and what was given."""
        opened = [f.dispute_id for f in self.facts if isinstance(f, DisputeOpened)]
        ends = {f.dispute_id: f.outcome for f in self.facts if isinstance(f, DisputeClosed)}
        assert sorted(opened) == sorted(ends)
        closings = [f for f in self.facts if isinstance(f, DisputeClosed)]
        assert len(closings) == len(ends), "one dispute ended twice"
        refunds = [f for f in self.facts if isinstance(f, OrderRefunding)]
        repaid = Counter(f.dispute_id for f in refunds if f.dispute_id)
        given = Counter(f.dispute_id for f in self.facts if isinstance(f, ReplacementReserved))
        for dispute_id, outcome in ends.items():
            assert repaid[dispute_id] == (outcome == "refunded")
            assert given[dispute_id] == (outcome == "replaced")
        assert sum(f.amount for f in refunds) <= back.price(1) + back.price(2)
        sends = [send.message for fact in self.facts for send in process.follows(fact)]
        asked = {m.reservation_id for m in sends if isinstance(m, ReserveStock)}
        assert {m.reservation_id for m in sends if isinstance(m, ReleaseStock)} <= asked
        for command in self.asked:
            assert self.world.decide(command) == [], f"{command} is not safe to repeat"


def played(seed: int) -> History:
    history = History(seed)
    for _ in range(STEPS):
        history.step()
    history.settle()
    history.check()
    return history


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_dispute_ends_once_with_what_it_says(seed: int) -> None:
    played(seed)


def test_such_histories_reach_every_fact_about_disputes() -> None:
    reached = {type(fact) for seed in range(SEEDS) for fact in played(seed).facts}
    assert set(get_args(DisputeFact)) <= reached
