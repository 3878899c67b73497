"""Money from support, or another card for one that was recalled: whichever is first, never both."""

from typing import Any

import pytest

from services.orders import domain
from shared.contracts.disputes import DisputeClosed, DisputeOpened, DisputeRefused
from shared.contracts.message import Fact
from shared.contracts.refunds import OrderRefunding, RefundDenied
from shared.testing.scenario import World
from tests.unit.orders import back
from tests.unit.orders import disputes as say
from tests.unit.orders.examples import (
    accepted,
    card_delivered,
    given,
    payment_confirmed,
    placed,
    reserved,
    to_delivered,
    to_paid,
    to_payment,
)


def after(world: Any, *commands: Any) -> list[Fact]:
    """One after another; what they come to together."""
    told: list[Fact] = []
    for command in commands:
        facts = world.decide(command)
        world.fold(*facts)
        told += facts
    return told


TAKING = say.choosing("replacement", say.offer_id())
MONEY = back.refund(1)


def test_while_another_card_is_offered_support_gives_no_money_beside_it() -> None:
    history = (*to_delivered(), say.offered())
    given(*history).when(MONEY).then(back.denied("LINE_DISPUTED"))


def test_once_another_card_is_chosen_support_gives_no_money_either() -> None:
    world = World(domain).fold(*to_delivered())
    told = after(world, say.recall(), TAKING, MONEY, say.stock(dispute_id=say.offer_id()))
    (denied,) = [fact for fact in told if isinstance(fact, RefundDenied)]
    assert denied.code == "LINE_DISPUTED"
    told = after(world, back.refund(1, request_id="req-10"))
    assert [getattr(fact, "code", "") for fact in told] == ["LINE_DISPUTED"]
    assert after(world, say.sent(dispute_id=say.offer_id()))


def test_where_support_was_first_no_other_card_is_offered() -> None:
    world = World(domain).fold(*to_delivered(2))
    told = after(world, MONEY, say.recall(), TAKING)
    assert [type(fact) for fact in told] == [OrderRefunding, DisputeRefused]


def test_a_part_that_support_gave_leaves_the_rest_to_the_offer() -> None:
    """What is wrong with the card is still wrong: another one, or what is left of its price."""
    world = World(domain).fold(*to_delivered())
    told = after(world, back.refund(1, amount=5), say.recall())
    assert [type(fact) for fact in told] == [OrderRefunding, DisputeOpened]
    (_, money) = world.decide(say.choosing("refund", say.offer_id()))
    assert isinstance(money, OrderRefunding)
    assert money.amount == back.price(1) - 5


@pytest.mark.parametrize(
    ("history", "rest"),
    [
        ((placed(), accepted()), [reserved(), payment_confirmed(), card_delivered()]),
        (to_payment(), [payment_confirmed(), card_delivered()]),
        (to_payment(), [card_delivered(), payment_confirmed()]),
        (to_paid(), [card_delivered()]),
    ],
)
def test_an_offer_from_before_the_delivery_stands_after_it(
    history: tuple[Fact, ...], rest: list[Any]
) -> None:
    """A card is recalled while it is held: its buyer gets it, and the offer with it."""
    world = World(domain).fold(*history)
    after(world, say.recall(), *rest)
    assert world.decide(MONEY) == [back.denied("LINE_DISPUTED")]
    told = after(world, TAKING, say.stock(dispute_id=say.offer_id()))
    told += after(world, say.sent(dispute_id=say.offer_id()))
    (closed,) = [fact for fact in told if isinstance(fact, DisputeClosed)]
    assert closed.outcome == "replaced"


def test_a_line_that_fails_while_another_card_is_offered_is_money_and_no_card() -> None:
    world = World(domain).fold(*to_paid(2))
    told = after(world, say.recall(), back.failing(1), TAKING)
    assert [getattr(fact, "code", "") for fact in told if isinstance(fact, DisputeRefused)] == [
        "NOTHING_LEFT"
    ]
    assert sum(isinstance(fact, OrderRefunding) for fact in told) == 1
