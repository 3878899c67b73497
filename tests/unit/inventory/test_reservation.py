"""Reserving, releasing, selling (B2, B8, D6; "two orders for the last unit")."""

import pytest

from services.inventory import domain, process
from services.inventory.domain import Limits
from shared.kernel.decider import Send
from shared.testing.scenario import World, given
from tests.unit.inventory import examples as say

PLENTY = 40
QUANTITY_MAX = Limits().quantity_max


def test_the_cards_that_joined_first_are_held_first() -> None:
    given(domain, *say.stocked(PLENTY)).when(say.reserve(2)).then(say.reserved(0, 2))


def test_the_next_reservation_gets_the_next_cards() -> None:
    history = [*say.stocked(PLENTY), say.reserved(0, 2)]
    given(domain, *history).when(say.reserve(3, "res-2")).then(say.reserved(2, 3, "res-2"))


def test_a_reservation_reaches_across_blocks() -> None:
    history = [*say.stocked(350), say.reserved(0, 95)]
    world = (
        given(domain, *history).when(say.reserve(210, "res-2")).then(say.reserved(95, 210, "res-2"))
    )
    left = [key for key in world.states if key.startswith("block/")]
    assert left == [f"block/{say.SKU}/3"]


def test_a_block_is_no_more_once_its_last_card_is_handed_out() -> None:
    world = given(domain, *say.stocked(120)).when(say.reserve(99)).then(say.reserved(0, 99))
    assert f"block/{say.SKU}/0" in world.states
    world.fold(say.reserved(99, 1, "res-2"))
    assert f"block/{say.SKU}/0" not in world.states


def test_handing_out_rewrites_no_block_before_its_last_card() -> None:
    world = World(domain).fold(*say.stocked(PLENTY))
    assert world.reach(say.reserved(0, 5)) == [
        "reservation/res-1", f"sku/{say.SKU}", f"taken/{say.SKU}/0",
    ]  # fmt: skip


def test_one_card_too_few_and_nothing_is_held() -> None:
    world = given(domain, *say.stocked(2)).when(say.reserve(3)).then(say.refused(2))
    assert world.states[f"sku/{say.SKU}"].reserved == 0


def test_of_a_sku_never_heard_of_there_is_nothing() -> None:
    given(domain).when(say.reserve()).then(say.refused(0))


@pytest.mark.parametrize("quantity", [-1, 0, QUANTITY_MAX + 1])
def test_a_quantity_that_no_line_can_have_is_refused(quantity: int) -> None:
    history = say.stocked(QUANTITY_MAX + 1)
    refused = say.refused(QUANTITY_MAX + 1, "BAD_QUANTITY")
    given(domain, *history).when(say.reserve(quantity)).then(refused)


def test_the_largest_reservation_is_held() -> None:
    history = say.stocked(QUANTITY_MAX + 30)
    given(domain, *history).when(say.reserve(QUANTITY_MAX)).then(say.reserved(0, QUANTITY_MAX))


def test_of_two_orders_for_the_last_card_one_gets_it_and_the_other_is_refused() -> None:
    history = [*say.stocked(1), say.reserved(0, 1, "res-2")]
    given(domain, *history).when(say.reserve()).then(say.refused(0))


def test_a_refusal_stays_a_refusal_when_stock_has_come() -> None:
    history = [say.refused(0), *say.stocked(5)]
    given(domain, *history).when(say.reserve()).then_nothing()


def test_whoever_asked_is_answered_in_their_own_shard() -> None:
    for answer in (say.reserved(0), say.refused(0)):
        assert process.follows(answer) == [Send("inventory.answers", "acc-1", answer)]


def test_released_cards_stand_at_the_end_of_the_queue_again() -> None:
    history = [*say.stocked(5), say.reserved(0, 2)]
    world = given(domain, *history).when(say.release()).then(say.released(say.cards(0, 2), 5))
    world.fold(say.reserved(2, 3, "res-2"))
    assert world.decide(say.reserve(2, "res-3"))[0] == say.reserved(
        5, 2, "res-3", cards=say.cards(0, 2)
    )


def test_cards_released_across_a_block_lie_in_both_blocks() -> None:
    history = [*say.stocked(195), say.reserved(0, 10)]
    world = given(domain, *history).when(say.release()).then(say.released(say.cards(0, 10), 195))
    blocks = [world.states[f"block/{say.SKU}/{number}"] for number in (1, 2)]
    assert [card.card_id for card in blocks[0].cards[-5:]] == [f"card-{n}" for n in range(5)]
    assert [card.card_id for card in blocks[1].cards] == [f"card-{n}" for n in range(5, 10)]


def test_releasing_what_was_never_reserved_is_remembered() -> None:
    world = given(domain, *say.stocked(PLENTY)).when(say.release()).then(say.released((), PLENTY))
    assert world.decide(say.reserve()) == []


@pytest.mark.parametrize("end", [say.refused(0), say.released((), 0)])
def test_releasing_what_holds_nothing_changes_nothing(end: object) -> None:
    given(domain, end).when(say.release()).then_nothing()  # type: ignore[arg-type]  # both are facts


def test_what_is_sold_is_not_released_any_more() -> None:
    history = [*say.stocked(1), say.reserved(0), say.committed()]
    given(domain, *history).when(say.release()).then_nothing()


def test_what_is_held_is_sold_when_it_is_paid() -> None:
    history = [*say.stocked(3), say.reserved(0, 2)]
    world = given(domain, *history).when(say.commit()).then(say.committed(2))
    sku = world.states[f"sku/{say.SKU}"]
    assert (sku.available, sku.reserved, sku.sold) == (1, 0, 2)


def test_selling_the_same_reservation_twice_sells_it_once() -> None:
    history = [*say.stocked(3), say.reserved(0, 2), say.committed(2)]
    given(domain, *history).when(say.commit()).then_nothing()


def test_selling_what_nobody_reserved_is_refused_aloud_and_stays_so() -> None:
    refused = say.commit_refused("RESERVATION_UNKNOWN")
    world = given(domain, *say.stocked(PLENTY)).when(say.commit()).then(refused)
    for late in (say.reserve(), say.release(), say.commit()):
        assert world.decide(late) == []


def test_selling_what_was_refused_or_released_is_refused_aloud() -> None:
    for end in (say.refused(0), say.released((), 0)):
        refused = say.commit_refused("RESERVATION_ENDED")
        given(domain, end).when(say.commit()).then(refused)


def test_an_ended_reservation_keeps_no_card() -> None:
    world = World(domain).fold(*say.stocked(3), say.reserved(0, 2), say.committed(2))
    assert world.states["reservation/res-1"] == domain.state.Ended("sold")


def test_nothing_follows_from_how_a_reservation_ends() -> None:
    for fact in (say.released((), 0), say.committed(), say.commit_refused("RESERVATION_ENDED")):
        assert process.follows(fact) == []
