"""Bugs on purpose, in what a dispute comes to."""

from typing import Any, Final

import pytest

from services.delivery.domain import order as delivering
from services.orders import process as orders_process
from services.orders.domain import refunding, remedies
from services.orders.domain.dispute_state import Contested, Dispute, Offering, Questioned
from shared.contracts.disputes import DeliverReplacement, ReplacementReserved
from shared.contracts.inventory import StockReserved
from shared.contracts.message import Fact

from .planted import Switch


def a_card_and_the_money_too(bugs: pytest.MonkeyPatch) -> None:
    """The other card is reserved, and the buyer's money goes back all the same."""
    original = remedies.decide_stock

    def decide_stock(order: Any, dispute: Dispute | None, word: Any) -> list[Fact]:
        facts = original(order, dispute, word)
        if facts and isinstance(word, StockReserved) and isinstance(facts[0], ReplacementReserved):
            case: Any = dispute
            verdict = remedies.Verdict(case.case.dispute_id, "refund", "ops", "to be kind")
            return [*facts, *remedies.repaid(order, word.order_id, case.case, verdict)]
        return facts

    bugs.setattr(remedies, "decide_stock", decide_stock)


def the_end_said_before_the_card_is_given(bugs: pytest.MonkeyPatch) -> None:
    """A dispute is closed as soon as somebody has decided for another card."""
    original = remedies.decided

    def decided(order: Any, order_id: str, case: Any, verdict: Any, now_ms: int) -> list[Fact]:
        facts = original(order, order_id, case, verdict, now_ms)
        if verdict.outcome != "replacement":
            return facts
        return [*facts, remedies.closed(order_id, case, "replaced", "DECIDED")]

    bugs.setattr(remedies, "decided", decided)


def another_card_than_was_reserved(bugs: pytest.MonkeyPatch) -> None:
    """Delivery gives what it likes."""
    original = delivering.decide_replacement

    def decide_replacement(order: Any, command: DeliverReplacement) -> list[Fact]:
        cards = tuple(card.model_copy(update={"card_id": "another"}) for card in command.cards)
        return original(order, command.model_copy(update={"cards": cards}))

    bugs.setattr(delivering, "decide_replacement", decide_replacement)


def money_from_support_beside_an_offer(bugs: pytest.MonkeyPatch) -> None:
    """An order does not know that another card is offered for one of its lines."""
    bugs.setattr(refunding, "_disputed", lambda *_: False)


def nobody_waits_for_a_word(bugs: pytest.MonkeyPatch) -> None:
    """Who does not answer a dispute in time is never reminded."""
    original = orders_process.due

    def due(key: str, state: Any) -> int | None:
        open_ones = Contested | Questioned | Offering
        return None if isinstance(state, open_ones) else original(key, state)

    bugs.setattr(orders_process, "due", due)


DISPUTE_BUGS: Final[tuple[Switch, ...]] = (
    nobody_waits_for_a_word,
    a_card_and_the_money_too, the_end_said_before_the_card_is_given, another_card_than_was_reserved,
    money_from_support_beside_an_offer,
)  # fmt: skip
