"""What holds in every history that one order can have: any pace, any repeat, any race."""

from random import Random
from typing import Any, NamedTuple, get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.orders import domain, process
from services.orders.domain.asides import AsideFact
from services.orders.domain.counting import used_key
from services.orders.domain.disputed import DisputeFact
from services.orders.domain.state import Delivered, Ended, Used
from shared.contracts.inventory import CommitStock, ReleaseStock, ReserveStock
from shared.contracts.message import Fact
from shared.contracts.orders import (
    ConfirmRefused,
    OrderCancelled,
    OrderCompleted,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
)
from shared.contracts.payments import PaymentCancelled, PaymentConfirmed, PaymentExpired
from shared.contracts.refunds import (
    LineFailed,
    OrderFailed,
    OrderRefunded,
    OrderRefunding,
    RefundDenied,
)
from shared.kernel.decider import Elapsed
from shared.testing.scenario import World
from tests.unit.orders import back, promotions
from tests.unit.orders import examples as say
from tests.unit.orders.outside import Outside

KEY = f"order/{say.ORDER}"
STEPS_MIN, STEPS_MAX = 20, 60
HISTORIES_MAX = 150
DRAIN_ROUNDS_MAX = 200
END = OrderRejected | OrderCancelled | OrderExpired | OrderCompleted
BY_HAND = ConfirmRefused | RefundDenied | OrderRefunding | OrderRefunded
"""What may be said after the end: people may come at any time, and give money back."""
LAST_WORD = PaymentConfirmed | PaymentExpired | PaymentCancelled
STORED = msgspec.msgpack.Decoder(domain.State)


class Drawn(NamedTuple):
    """What chance says of one step."""

    which: int
    kindly: bool


class History:
    """One order of up to three lines; each service works when it is let, and decides as drawn."""

    def __init__(self, lines: int, *, allow_partial: bool, reduced: bool = False) -> None:
        wants = [say.want(sku) for sku in say.SKUS[:lines]]
        self.wish = say.place(*wants, allow_partial=allow_partial)
        if reduced:
            self.wish = promotions.reduced(*wants, allow_partial=allow_partial)
        self.world = World(domain)
        self.outside = Outside()
        self.facts: list[Fact] = []
        self.commands: list[Any] = []
        self.asked: list[Any] = []
        self.last_word: LAST_WORD | None = None
        self.now_ms = say.NOW_MS

    def ask(self, command: Any) -> None:
        """Decide, fold, send; and the same again, which changes nothing."""
        facts = self.world.decide(command)
        self.world.fold(*facts)
        commands = [send.message for fact in facts for send in process.follows(fact)]
        if isinstance(command, domain.Heard) and isinstance(command.word, LAST_WORD):
            self.last_word = command.word
        self._check_releases(commands)
        self.facts += facts
        self.commands += commands
        self.outside.sent(facts, commands)
        self.asked.append(command)
        assert self.world.decide(command) == []
        self._check_laws()

    # --- what may happen next

    def place(self, _drawn: Drawn) -> None:
        self.ask(self.wish)

    def cancel(self, drawn: Drawn) -> None:
        self.ask(say.cancel(request_id=f"cancel-{drawn.which % 2}"))

    def confirm(self, drawn: Drawn) -> None:
        self.ask(say.confirm(request_id=f"confirm-{drawn.which % 3}"))

    def refund(self, drawn: Drawn) -> None:
        """Support gives something back, or tries to."""
        amount = None if drawn.kindly else drawn.which
        lines = () if drawn.which % 2 else (1,)
        self.ask(back.refund(*lines, request_id=f"refund-{drawn.which % 3}", amount=amount))

    def pay(self, drawn: Drawn) -> None:
        self.outside.try_to_pay(kindly=drawn.kindly)

    def expire(self, _drawn: Drawn) -> None:
        self.outside.expire()

    def wait(self, drawn: Drawn) -> None:
        self.now_ms += 10_000 if drawn.which % 2 else 900
        state = self.world.states.get(KEY)
        due_ms = process.due(KEY, state) if state is not None else None
        if due_ms is not None and due_ms <= self.now_ms:
            before = len(self.facts)
            self.ask(Elapsed(KEY, self.now_ms))
            assert len(self.facts) > before, "a deadline that says nothing would pass for ever"

    def repeat(self, drawn: Drawn) -> None:
        if self.asked:
            again = self.asked[drawn.which % len(self.asked)]
            assert self.world.decide(again) == [], f"{again} is not safe to repeat"

    def work(self, drawn: Drawn) -> None:
        """One of the other services takes its next record."""
        if waiting := self.outside.busy("ask"):
            self.outside.work(waiting[drawn.which % len(waiting)], kindly=drawn.kindly)

    def listen(self, drawn: Drawn) -> None:
        """Orders takes the next record of one of the other services."""
        if waiting := self.outside.busy("answer"):
            said = self.outside.next_answer(waiting[drawn.which % len(waiting)])
            self.ask(say.heard(said.word, self.now_ms))

    # --- what must hold

    def _check_releases(self, commands: list[Any]) -> None:
        """From the request for money on nobody releases until payments has spoken."""
        released = {c.reservation_id for c in commands if isinstance(c, ReleaseStock)}
        for fact in self.facts:
            if isinstance(fact, PaymentRequested) and self.last_word is None:
                assert not released & {hold.reservation_id for hold in fact.lines}

    def _check_laws(self) -> None:
        about = [fact for fact in self.facts if not isinstance(fact, BY_HAND)]
        assert not any(isinstance(fact, END) for fact in about[:-1]), "more than one end"
        self._check_amounts()
        for kind in (ReserveStock, ReleaseStock | CommitStock):
            named = [c.reservation_id for c in self.commands if isinstance(c, kind)]
            assert len(named) == len(set(named)), "asked, sold or released twice"
        for state in self.world.states.values():
            assert STORED.decode(msgspec.msgpack.encode(state)) == state

    def _check_amounts(self) -> None:
        total = [fact.total for fact in self.facts if isinstance(fact, OrderPlaced)]
        asked = [fact.amount for fact in self.facts if isinstance(fact, PaymentRequested)]
        paid = [fact.amount for fact in self.facts if isinstance(fact, OrderPaid)]
        amounts = [*total, *asked, *paid]
        assert amounts == sorted(amounts, reverse=True), "the amount may only fall"
        assert paid in ([], asked), "charged is what was asked for"
        returned = sum(fact.amount for fact in self.facts if isinstance(fact, OrderRefunding))
        assert returned <= sum(paid), "more goes back than was paid"

    def settle(self) -> None:
        """Everybody finishes their work; an open payment expires."""
        for _ in range(DRAIN_ROUNDS_MAX):
            self.work(Drawn(0, kindly=True))
            self.listen(Drawn(0, kindly=True))
            if not self.outside.busy(""):
                self.outside.expire()
            if not self.outside.busy(""):
                return
        raise AssertionError("the order does not come to rest")

    def check_rest(self) -> None:
        """Every hold that was asked for has ended, sold exactly where it was paid."""
        state = self.world.states.get(KEY)
        assert state is None or isinstance(state, Delivered | Ended), f"stuck: {state}"
        asked = {c.reservation_id for c in self.commands if isinstance(c, ReserveStock)}
        assert asked == set(self.outside.stock)
        assert "held" not in self.outside.stock.values()
        sold = {r for r, how in self.outside.stock.items() if how == "sold"}
        paid = [fact for fact in self.facts if isinstance(fact, OrderPaid)]
        assert sold == {
            hold.reservation_id for fact in paid for hold in (*fact.lines, *(fact.quotas or ()))
        }
        self._check_used(paid)
        self._check_money_back(paid)
        for command in self.asked:
            assert self.world.decide(command) == [], f"{command} is not safe to repeat"

    def _check_used(self, paid: list[OrderPaid]) -> None:
        """What the account has used up is what was sold to it, and nothing is left open."""
        quotas = [hold for fact in paid for hold in fact.quotas or ()]
        used = {key: s for key, s in self.world.states.items() if isinstance(s, Used)}
        assert not any(each.unpaid for each in used.values())
        sold = {used_key(hold.sku, say.ACCOUNT): hold.quantity for hold in quotas}
        assert sold == {key: each.sold for key, each in used.items() if each.sold}

    def _check_money_back(self, paid: list[OrderPaid]) -> None:
        """Every paid line has ended delivered or refunded; there is no third end."""
        lines = {hold.line for fact in paid for hold in fact.lines}
        assert lines == set(self.outside.delivery)
        back_for = {
            part.line
            for fact in self.facts
            if isinstance(fact, OrderRefunding)
            for part in fact.lines
        }
        lost = {line for line, how in self.outside.delivery.items() if how == "failed"}
        assert lost <= back_for
        assert lost == {fact.line for fact in self.facts if isinstance(fact, LineFailed)}
        assert any(isinstance(fact, OrderFailed) for fact in self.facts) == (
            0 < len(lines) == len(lost)
        )
        asked = [fact.refund_id for fact in self.facts if isinstance(fact, OrderRefunding)]
        assert (
            asked
            == [fact.refund_id for fact in self.facts if isinstance(fact, OrderRefunded)]
            == [each.refund_id for each in self.outside.refunds]
        )


WEIGHTS = {
    "work": 12, "listen": 12, "repeat": 2, "confirm": 2, "cancel": 1, "pay": 2, "expire": 1,
    "wait": 1, "place": 1, "refund": 1,
}  # fmt: skip
actions = st.sampled_from([name for name, weight in WEIGHTS.items() for _ in range(weight)])
draws = st.builds(Drawn, st.integers(0, 60), st.sampled_from([True, True, True, False]))


def played(
    lines: int, allow_partial: bool, early: bool, script: list[Any], reduced: bool = False
) -> History:
    """``early``: the buyer's other words may come before the order itself."""
    history = History(lines, allow_partial=allow_partial, reduced=reduced)
    if not early:
        history.place(Drawn(0, kindly=True))
    for action, drawn in script:
        getattr(history, action)(drawn)
    history.settle()
    history.check_rest()
    return history


@settings(max_examples=200)
@given(
    lines=st.integers(1, 3),
    allow_partial=st.booleans(),
    early=st.sampled_from([True, *[False] * 7]),
    script=st.lists(st.tuples(actions, draws), min_size=STEPS_MIN, max_size=STEPS_MAX),
    reduced=st.booleans(),
)
def test_every_history_ends_once_and_frees_or_sells_each_hold_exactly_once(
    lines: int, allow_partial: bool, early: bool, script: list[Any], reduced: bool
) -> None:
    """Of promotions and coupons too (A9)."""
    played(lines, allow_partial, early, script, reduced)


def test_such_histories_reach_every_fact_of_orders() -> None:
    chance = Random(3)
    names = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
    reached: set[type[Fact]] = set()
    for _ in range(HISTORIES_MAX):
        script = [
            (chance.choice(names), Drawn(chance.randrange(60), kindly=chance.random() < 0.8))
            for _ in range(STEPS_MAX)
        ]
        early, partly = chance.random() < 0.1, chance.random() < 0.5
        history = played(chance.randint(1, 3), partly, early, script)
        reached |= {type(fact) for fact in history.facts}
    assert reached == set(get_args(domain.Event)) - set(get_args(DisputeFact | AsideFact))
