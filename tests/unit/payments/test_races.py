"""Whatever comes at the same moment comes in some order: in each of them there is one end."""

import itertools
from typing import Any

import pytest

from services.payments import domain
from shared.contracts.message import Fact
from shared.contracts.payments import PaymentCancelled, PaymentConfirmed, PaymentExpired
from shared.testing.scenario import World
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say

END = PaymentConfirmed | PaymentExpired | PaymentCancelled


@pytest.mark.parametrize("funds", [0, say.PRICE])
def test_in_whatever_order_everything_meets_there_is_one_end(funds: int) -> None:
    before = [say.deposited(funds)] if funds else []
    words = [say.pay(), say.cancel(), say.elapsed(), say.retry(), say.retry("req-2")]
    for order in itertools.permutations(words):
        world, facts = World(domain).fold(*before), list[Fact]()
        for command in order:
            decided = world.decide(command)
            facts += decided
            world.fold(*decided)
        assert len([fact for fact in facts if isinstance(fact, END)]) == 1


def test_in_whatever_order_a_channel_s_words_meet_there_is_one_end_and_no_money_lost() -> None:
    """Its notice, its answers, the deadline, the buyer's cancel and the wallet, all at once."""
    words: list[Any] = [
        say.cancel(), say.elapsed(), at.notice(), at.answer("CREATED"), at.asked_again("CLOSED"),
        say.retry("req-2", channel="wallet"),
    ]  # fmt: skip
    for order in itertools.permutations(words):
        world, facts = World(domain).fold(say.deposited(say.PRICE)), list[Fact]()
        for command in [say.pay(channel="yunfu"), *order, say.elapsed(at.EXPIRE_MS)]:
            decided = world.decide(command)
            facts += decided
            world.fold(*decided)
        assert len([fact for fact in facts if isinstance(fact, END)]) == 1
        ours = world.states["wallet/acc-1"].balance
        sales = sum(
            posting.amount
            for fact in facts
            for posting in getattr(fact, "postings", ())
            if posting.account == "sales"
        )
        assert ours + sales == 2 * say.PRICE, (
            "what was in the wallet, and what the channel was paid"
        )
