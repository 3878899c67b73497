"""What goes wrong in comparable shops, tried on the rules that stock and delivery go by.

Each test is named after one failure of requirements.md; the shops and their reports stand there.
"""

from typing import Any, get_args

import pytest

from services.delivery import domain as delivery
from services.delivery.domain.outcomes import MEANINGS, Code, Verdict
from services.inventory import domain as inventory
from shared.contracts.delivery import (
    CardDelivered,
    DeliveryFailed,
    DeliveryPrepared,
    TopUpConfirmed,
    TopUpSubmitted,
)
from shared.contracts.inventory import StockReserved
from shared.contracts.message import Fact
from shared.testing.scenario import World, given
from tests.unit.delivery import examples as say
from tests.unit.inventory import examples as stock

MANY = 10
SENT = [say.topup_prepared(), say.submitted()]


def everything(world: World, commands: list[Any]) -> list[Fact]:
    """All facts that these commands make, one after the other."""
    made: list[Fact] = []
    for command in commands:
        facts = world.decide(command)
        world.fold(*facts)
        made += facts
    return made


def test_one_card_to_two_buyers() -> None:
    world = World(inventory).fold(*stock.stocked(5))
    wanted = [stock.reserve(2, f"res-{n}", order_id=f"ord-{n}") for n in range(MANY)]
    held = [f for f in everything(world, wanted * 2) if isinstance(f, StockReserved)]
    cards = [card.card_id for fact in held for card in fact.cards]
    assert len(cards) == len(set(cards)) == 4


def test_two_orders_for_the_last_unit() -> None:
    for history in (stock.stocked(1), [stock.granted(1)]):
        world = World(inventory).fold(*history)
        wanted = [stock.reserve(1, f"res-{n}", order_id=f"ord-{n}") for n in range(MANY)]
        made = everything(world, wanted)
        assert sum(isinstance(fact, StockReserved) for fact in made) == 1


def test_several_cards_for_one_order_when_the_callback_repeats() -> None:
    world = World(delivery).fold(say.prepared(1))
    made = everything(world, [say.deliver(1)] * MANY)
    assert made == [say.delivered(1)]


def test_several_top_ups_for_one_order_when_the_callback_repeats() -> None:
    world = World(delivery).fold(say.topup_prepared())
    made = everything(world, [say.topup_deliver()] * MANY)
    assert made == [say.submitted()]


def test_paid_and_no_card_with_an_apology_stored_as_the_card() -> None:
    """What cannot be delivered is said by a fact of its own; only what was reserved is a card."""
    assert everything(World(delivery), [say.deliver(1)]) == [say.awaited(1)]
    after_the_end = World(delivery).fold(say.forgotten(1))
    assert everything(after_the_end, [say.deliver(1)]) == [say.failed(1)]
    prepared = World(delivery).fold(say.prepared(1))
    (given_out,) = everything(prepared, [say.deliver(1)])
    assert isinstance(given_out, CardDelivered)
    assert given_out.card_ids == tuple(card.card_id for card in say.cards(1))


def test_a_refund_while_the_supplier_s_answer_is_unknown() -> None:
    unknown = [code for code in get_args(Code) if MEANINGS[code].submitted is Verdict.ASK]
    for code in unknown:
        made = everything(World(delivery).fold(*SENT), [say.answer(code)] * MANY)
        assert not any(isinstance(fact, DeliveryFailed) for fact in made)


def test_a_second_order_while_the_supplier_s_answer_is_unknown() -> None:
    unknown = [code for code in get_args(Code) if MEANINGS[code].submitted is Verdict.ASK]
    for code in unknown:
        world = World(delivery).fold(*SENT)
        again = [say.answer(code), say.topup_deliver(), say.topup_prepare()]
        made = everything(world, again * MANY)
        assert not any(isinstance(fact, TopUpSubmitted) for fact in made)


def test_a_late_proof_after_a_refund_is_not_dropped() -> None:
    failed = say.topup_failed("RESOLVED_FAILED")
    given(delivery, *SENT, say.resolved(), failed).when(say.answer("DONE")).then(say.contradicted())


@pytest.mark.parametrize("account", ["acc-2", "", "guest"])
@pytest.mark.parametrize("order", ["ord-1", "ord-2", "1", "2"])
def test_cards_read_through_guest_lookup_or_sequential_ids(account: str, order: str) -> None:
    history = [say.prepared(1), say.delivered(1), say.topup_prepared(2), say.confirmed(line=2)]
    world = World(delivery).fold(*history)
    for line in (0, 1, 2, 3):
        asked = say.reveal(line, account_id=account, order_id=order)
        refused = say.reveal_refused("NOT_DELIVERED", line, account_id=account, order_id=order)
        assert world.decide(asked) == [refused]


def test_a_worker_that_was_down_leaves_no_stock_held_for_ever() -> None:
    """A release that comes before its reservation, or hours after it, ends it all the same."""
    early = World(inventory).fold(*stock.stocked(1))
    everything(early, [stock.release(), stock.reserve(1)])
    assert early.states[f"sku/{stock.SKU}"].available == 1
    late = World(inventory).fold(*stock.stocked(1))
    everything(late, [stock.reserve(1), stock.release(), stock.release()])
    assert late.states[f"sku/{stock.SKU}"].available == 1


def test_what_was_reserved_for_one_line_is_never_another_one_s() -> None:
    crossed = DeliveryPrepared(**{**say.prepared(1).model_dump(), "order_id": "ord-2"})
    world = World(delivery).fold(crossed)
    made = everything(world, [say.deliver(1)])
    assert not any(isinstance(fact, CardDelivered | TopUpConfirmed) for fact in made)
