"""Risk once more, by other rules, over orders as they came; beside what it said at the time. Pure.

The orders, and how they ended, are those of the log: what a buyer would have done after another
verdict nobody knows. So only the first verdict of each order is compared.
"""

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from services.risk import domain, process
from services.risk.handlers import SUBSCRIPTIONS, Bench
from shared.contracts.message import Fact, Message
from shared.contracts.orders import (
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
)
from shared.contracts.risk import Action, OrderBlocked, OrderCleared, OrderHeld
from shared.contracts.verification import VerificationRequired
from shared.shards.service import Arrival
from shared.testing.scenario import World

VERDICTS: Final[dict[type[Fact], Action]] = {
    OrderCleared: "allow",
    VerificationRequired: "step_up",
    OrderHeld: "hold",
    OrderBlocked: "block",
}
READ: Final[tuple[type[Fact], ...]] = (
    OrderPlaced, OrderPaid, OrderCancelled, OrderRejected, OrderExpired, *VERDICTS,
)  # fmt: skip


class Said(NamedTuple):
    """A first verdict."""

    action: Action
    rules: tuple[str, ...] = ()
    dry: tuple[str, ...] = ()


class Change(NamedTuple):
    """An order that would have had another verdict, or the same by other rules."""

    order_id: str
    account_id: str
    received_ms: int
    amount: int
    """Minor units."""
    then: Said
    now: Said


class Trial:
    """Fed with the facts of orders and risk, about in the order of time."""

    def __init__(self, rules: domain.Rules, since_ms: int) -> None:
        self._bench, self._since_ms = Bench(rules, domain.Limits()), since_ms
        self._world = World(domain)
        self._placed: dict[str, OrderPlaced] = {}
        self.then: dict[str, Said] = {}
        self.now: dict[str, Said] = {}
        """By order id: those of this time alone."""

    def feed(self, message: Message) -> None:
        """One fact of the log."""
        match message:
            case OrderPlaced():
                if message.order_id in self._placed:
                    return
                if message.received_ms >= self._since_ms:
                    self._placed[message.order_id] = message
                self._ask("orders.events", message, message.received_ms)
            case OrderPaid():
                self._decide(domain.Over(message.order_id, message.account_id), 0)
            case OrderCancelled() | OrderRejected() | OrderExpired():
                self._ask("orders.events", message, 0)
            case _ if type(message) in VERDICTS:
                self._note(self.then, message)
            case _:
                pass

    def _ask(self, topic: str, message: Message, now_ms: int) -> None:
        handler: Any = SUBSCRIPTIONS[topic][type(message)]
        self._decide(handler(self._bench, message, Arrival(now_ms, {})), now_ms)

    def _decide(self, command: Any, now_ms: int) -> None:
        """The command, and whatever risk then asks itself."""
        waiting = deque([command])
        while waiting:  # bounded by: an order's subjects, each of which answers once
            facts = self._world.decide(waiting.popleft())
            self._world.fold(*facts)
            for fact in facts:
                if type(fact) in VERDICTS:
                    self._note(self.now, fact)
                for send in process.follows(fact):
                    handler: Any = SUBSCRIPTIONS[send.topic][type(send.message)]
                    waiting.append(handler(self._bench, send.message, Arrival(now_ms, {})))

    def _note(self, verdicts: dict[str, Said], fact: Any) -> None:
        if fact.order_id not in verdicts:
            rules = getattr(fact, "rules", ())
            verdicts[fact.order_id] = Said(VERDICTS[type(fact)], rules, fact.dry or ())

    def judged(self) -> Iterator[str]:
        """Orders of this time that had a verdict then."""
        return (order_id for order_id in self._placed if order_id in self.then)

    def changes(self) -> Iterator[Change]:
        """In the order in which they were placed."""
        for order_id in self.judged():
            order, then, now = self._placed[order_id], self.then[order_id], self.now[order_id]
            if (then.action, then.rules) != (now.action, now.rules):
                yield Change(order_id, order.account_id, order.received_ms, order.total, then, now)

    def counts(self) -> Counter[tuple[Action, Action]]:
        """Orders by (verdict then, verdict now)."""
        return Counter((self.then[o].action, self.now[o].action) for o in self.judged())

    def by_rule(self) -> Counter[tuple[str, bool]]:
        """How often each rule decides now, or, of one that is only tried out (True), would have."""
        found: Counter[tuple[str, bool]] = Counter()
        for order_id in self.judged():
            found.update((rule, False) for rule in self.now[order_id].rules)
            found.update((rule, True) for rule in self.now[order_id].dry)
        return found
