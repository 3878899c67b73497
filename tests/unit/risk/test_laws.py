"""In every history of many orders: one verdict each, and whatever is counted comes back."""

from random import Random
from typing import Any, Final, get_args

import msgspec
import pytest

from services.risk import domain, process
from services.risk.domain import CodeMade, CodeSent
from services.risk.domain.state import Held, Holding, Verifying
from shared.contracts.message import Fact
from shared.contracts.orders import OrderCancelled, Origin
from shared.contracts.risk import EndHolding, OrderBlocked, OrderCleared, RefuseHold, ReleaseHold
from shared.contracts.verification import ResendVerification, TryVerification
from shared.kernel.decider import Elapsed
from shared.testing.scenario import World
from tests.unit.risk import cases as say
from tests.unit.risk.around import Shards
from tests.unit.risk.examples import NOW_MS, amount, order, velocity

ORDERS: Final = 40
ACCOUNTS: Final = 4
STEPS: Final = 300
LATE_MS: Final = NOW_MS + 10**9
RULES: Final[Any] = (
    amount(900, id="big", action="step_up"), amount(1_500, id="huge", action="hold"),
    velocity(14, id="fast"), say.quota(12), say.quota(9, "address"), say.crowded(18, "device"),
    say.crowded(9, "address", id="tried", dry_run=True), say.quota(7, "device", id="tried too"),
)  # fmt: skip


class Street:
    """A few accounts behind two addresses; buyers, a person and time do as chance has it."""

    def __init__(self, seed: int) -> None:
        self.chance, self.shards = Random(seed), Shards(*RULES)
        self.placed = 0
        self.commands: list[tuple[int, Any]] = []

    def live(self) -> None:
        for _ in range(STEPS):
            if self.placed < ORDERS and self.chance.random() < 0.3:
                self._place()
            self.shards.work(self.chance)
            self._act()
        self._settle()

    def _place(self) -> None:
        self.placed += 1
        origin = Origin(
            address=self.chance.choice(("a1", "a2")),
            device=self.chance.choice(("d1", None)),
            contact=self.chance.choice((say.CONTACT, None)),
        )
        account = f"acc-{self.placed % ACCOUNTS}"
        line = order().lines[0].model_copy(update={"quantity": self.chance.randint(1, 4)})
        total = self.chance.choice((500, 500, 500, 1_000, 2_000))
        words: Any = {"account_id": account, "lines": (line,), "total": total}
        self.shards.place(order(self.placed, origin=self.chance.choice((origin, None)), **words))

    def _act(self) -> None:
        """Somebody whose word is waited for says it, or time does."""
        open_ones = [
            (shard, key, state)
            for shard, world in enumerate(self.shards.worlds)
            for key, state in world.states.items()
            if isinstance(state, Verifying | Held | Holding)
        ]
        if not open_ones or self.chance.random() < 0.3:
            return
        shard, key, state = self.chance.choice(open_ones)
        account = state.account_id if isinstance(state, Holding) else state.case.account_id
        self.ask(shard, self._word(key, state, {"order_id": key[6:], "account_id": account}))

    def _word(self, key: str, state: Any, who: Any) -> Any:
        name, roll = f"{len(self.commands)}", self.chance.random()
        if isinstance(state, Holding) or roll < 0.05:
            return domain.Over(**who)
        if roll < 0.1:
            return Elapsed(key, LATE_MS)
        if isinstance(state, Held):
            kind = self.chance.choice((ReleaseHold, RefuseHold))
            return kind(**who, request_id=name, by="li", reason="chance")
        effect = process.effect(key, state)
        if effect and effect.kind == process.CODE:
            return CodeMade(who["order_id"], effect.id, "right", "sealed", LATE_MS)
        if effect and roll < 0.6:
            return CodeSent(who["order_id"], effect.id)
        if roll < 0.7:
            asked = ResendVerification(**who, request_id=name, received_ms=LATE_MS * 2)
            return domain.Resend(asked, self.shards.bench.limits)
        mac = self.chance.choice(("right", *["wrong"] * 6))
        return TryVerification(**who, attempt_id=name, code_mac=mac, received_ms=NOW_MS)

    def ask(self, shard: int, command: Any) -> None:
        facts = self.shards.decide(shard, command)
        self.commands.append((shard, command))
        assert facts or isinstance(command, CodeSent), f"nobody was waited for: {command}"

    def _settle(self) -> None:
        """Every order ends: what is open runs out, what was cleared is paid or cancelled."""
        for shard, world in enumerate(self.shards.worlds):
            for key, state in list(world.states.items()):
                if isinstance(state, Verifying | Held):
                    self.ask(shard, Elapsed(key, LATE_MS))
        for fact in [f for f in self.shards.facts if isinstance(f, OrderCleared)]:
            who = {"order_id": fact.order_id, "account_id": fact.account_id}
            if self.chance.random() < 0.5:
                self.shards.put("risk.commands", fact.account_id, EndHolding(**who))
            else:
                end = OrderCancelled(order_id=fact.order_id, account_id=fact.account_id, by="buyer")
                self.shards.put("orders.events", fact.account_id, end)
        self.shards.work(self.chance)


@pytest.mark.parametrize("seed", range(25))
def test_every_order_has_one_verdict_and_nothing_stays_counted(seed: int) -> None:
    street = Street(seed)
    street.live()
    ends = [f for f in street.shards.facts if isinstance(f, OrderCleared | OrderBlocked)]
    closed = [f for f in street.shards.facts if type(f).__name__ == "CaseClosed"]
    named = [fact.order_id for fact in [*ends, *closed]]  # type: ignore[attr-defined]  # all are about orders
    assert sorted(named) == sorted({f"ord-{n}" for n in range(1, street.placed + 1)})
    for world in street.shards.worlds:
        for key, state in world.states.items():
            assert getattr(state, "holding", 0) == 0, key
            stored = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=domain.State)
            assert stored == state
            assert process.due(key, state) is None
            assert process.effect(key, state) is None
    for shard, command in street.commands:
        again = street.shards.worlds[shard].decide(command)
        assert again == [], f"{command} is not safe to repeat at the end"


def test_such_histories_reach_every_fact_of_risk() -> None:
    reached: set[type[Fact]] = set()
    for seed in range(25):
        street = Street(seed)
        street.live()
        reached |= {type(fact) for fact in street.shards.facts}
    rare = {"HoldDecisionRefused", "VerificationResendRefused"}
    assert {cls.__name__ for cls in get_args(domain.Event)} - {c.__name__ for c in reached} <= rare


def test_evolve_takes_every_fact_in_every_state() -> None:
    chance = Random(7)
    facts: list[Any] = []
    for seed in range(4):
        street = Street(seed)
        street.live()
        facts += street.shards.facts
    for _ in range(200):
        world = World(domain)
        for fact in chance.choices(facts, k=25):
            same = fact.model_copy(update={"order_id": "ord-1", "account_id": "acc-1"})
            world.fold(same if "account_id" in type(fact).model_fields else fact)
        for state in world.states.values():
            assert isinstance(state, domain.State)
