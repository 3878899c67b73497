"""Bugs on purpose, in the rules of the services."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Final

import pytest
from msgspec.structs import replace

from services.inventory import domain as inventory
from services.inventory.domain import reservation
from services.inventory.domain.state import Ended
from services.orders import domain as orders
from services.orders import process as orders_process
from services.orders.domain import cancelling
from services.orders.domain.state import AwaitingPayment
from services.payments import domain as payments
from services.payments.domain.state import OpenPayment
from shared.contracts.inventory import CardClaimed, ClaimCard, ReleaseStock, StockReleased
from shared.contracts.message import Fact
from shared.contracts.orders import CancelOrder, Hold, OrderCancelled, OrderPaid
from shared.kernel.decider import Send, ask

from .planted import Switch


def release_before_payments_has_spoken(bugs: pytest.MonkeyPatch) -> None:
    """A buyer who cancels while their payment is open gets their stock released at once."""
    original = cancelling.decide_cancel

    def decide_cancel(order: Any, command: CancelOrder) -> list[Fact]:
        if not isinstance(order, AwaitingPayment):
            return original(order, command)
        release = tuple(
            Hold(line=n.line, sku=n.sku, quantity=n.quantity, reservation_id=n.reservation_id)
            for n in order.lines
        )
        who = {"order_id": command.order_id, "account_id": command.account_id}
        return [OrderCancelled(**who, by="buyer", release=release)]

    bugs.setattr(cancelling, "decide_cancel", decide_cancel)


def release_after_the_commit(bugs: pytest.MonkeyPatch) -> None:
    """What is sold is given back to the queue, and sold again."""
    follows, decide = orders_process.follows, reservation.decide_release

    def both(fact: Fact) -> list[Send]:
        more = [_release(fact, hold) for hold in fact.lines] if isinstance(fact, OrderPaid) else []
        return [*follows(fact), *more]

    def decide_release(
        sku: Any, state: Any, recalled: Collection[str], command: ReleaseStock
    ) -> list[Fact]:
        if isinstance(state, Ended) and state.how == "sold":
            state = None
        return decide(sku, state, recalled, command)

    bugs.setattr(orders_process, "follows", both)
    bugs.setattr(inventory, "decide_release", decide_release, raising=False)
    bugs.setattr(reservation, "decide_release", decide_release)


def _release(fact: OrderPaid, hold: Hold) -> Send:
    return ask(
        ReleaseStock(
            reservation_id=hold.reservation_id, sku=hold.sku, order_id=fact.order_id,
            account_id=fact.account_id,
        )
    )  # fmt: skip


def repeat_not_recognised(bugs: pytest.MonkeyPatch) -> None:
    """An order that is placed again is placed once more."""
    original = orders.decide

    def decide(states: Any, command: Any) -> list[Fact]:
        if isinstance(command, orders.Place):
            states = {}
        return original(states, command)

    bugs.setattr(orders, "decide", decide)


def card_taken_twice(bugs: pytest.MonkeyPatch) -> None:
    """A code that is in two imports is two cards."""
    original = inventory.decide

    def decide(states: Any, command: Any) -> list[Fact]:
        if isinstance(command, ClaimCard):
            claim = {name: getattr(command, name) for name in ClaimCard.model_fields}
            return [CardClaimed(**claim)]
        return original(states, command)

    bugs.setattr(inventory, "decide", decide)


def evolve_reads_a_clock(bugs: pytest.MonkeyPatch) -> None:
    """The state of a payment depends on when its fact is folded."""
    original = payments.evolve

    def evolve(key: str, state: Any, fact: Any) -> Any:
        after = original(key, state, fact)
        if isinstance(after, OpenPayment):
            passed_ms = int(asyncio.get_running_loop().time() * 1000)
            return replace(after, deadline_ms=after.deadline_ms + passed_ms % 1000)
        return after

    bugs.setattr(payments, "evolve", evolve)


def released_again_and_again(bugs: pytest.MonkeyPatch) -> None:
    """What has been given back can be given back again."""
    original: Callable[..., list[Fact]] = reservation.decide_release

    def decide_release(
        sku: Any, state: Any, recalled: Collection[str], command: ReleaseStock
    ) -> list[Fact]:
        facts = original(sku, None if isinstance(state, Ended) else state, recalled, command)
        assert all(isinstance(fact, StockReleased) for fact in facts)
        return facts

    bugs.setattr(inventory, "decide_release", decide_release, raising=False)
    bugs.setattr(reservation, "decide_release", decide_release)


RULE_BUGS: Final[tuple[Switch, ...]] = (
    release_before_payments_has_spoken,
    release_after_the_commit,
    repeat_not_recognised,
    card_taken_twice,
    evolve_reads_a_clock,
    released_again_and_again,
)
