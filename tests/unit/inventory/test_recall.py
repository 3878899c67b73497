"""A bad batch is called back: nobody else gets one of its cards (F2)."""

import pytest

from services.inventory import domain, process
from shared.contracts.message import Fact
from shared.testing.scenario import given
from tests.unit.inventory import examples as say


def test_a_card_in_the_queue_leaves_it_and_the_head_takes_its_place() -> None:
    world = given(domain, *say.stocked(3)).when(say.recall(1))
    then = world.then(say.withdrawn(1, 1, moved=0))
    sku = then.states[f"sku/{say.SKU}"]
    assert (sku.received, sku.available, sku.withdrawn) == (3, 2, 1)
    (held,) = then.decide(say.reserve(2))[:1]
    assert [card.card_id for card in held.model_dump()["cards"] and held.cards] == [  # type: ignore[attr-defined]  # StockReserved has cards
        "card-0", "card-2",
    ]  # fmt: skip


def test_the_head_itself_simply_leaves() -> None:
    given(domain, *say.stocked(3)).when(say.recall(0)).then(say.withdrawn(0, 0))


def test_the_last_card_of_a_block_leaves_with_its_block() -> None:
    history = [*say.stocked(101), say.reserved(0, 99)]
    world = given(domain, *history).when(say.recall(100)).then(
        say.withdrawn(100, 100, head=99, moved=99)
    )  # fmt: skip
    assert f"block/{say.SKU}/0" not in world.states
    assert world.decide(say.reserve(1, "res-2"))[0] == say.reserved(
        99, 1, "res-2", index=100
    )  # fmt: skip


def test_a_card_called_back_twice_is_called_back_once() -> None:
    history = [*say.stocked(3), say.withdrawn(1, 1, moved=0)]
    given(domain, *history).when(say.recall(1, request_id="bad-2")).then_nothing()


HELD: list[Fact] = [*say.stocked(3), say.reserved(0, 2)]


def test_a_held_card_is_marked_and_does_not_come_back() -> None:
    world = given(domain, *HELD).when(say.recall(0)).then(say.recalled(0))
    (back,) = world.decide(say.release())
    assert back == say.released(say.cards(1, 1), 3, withdrawn=say.cards(0, 1))
    world.fold(back)
    sku = world.states[f"sku/{say.SKU}"]
    assert (sku.received, sku.available, sku.reserved, sku.withdrawn) == (3, 2, 0, 1)
    assert world.decide(say.release()) == []


def test_a_sold_card_is_marked_and_stays_sold() -> None:
    world = given(domain, *HELD, say.committed(2)).when(say.recall(0)).then(say.recalled(0))
    assert world.states[f"sku/{say.SKU}"].sold == 2


def test_a_released_card_is_found_at_its_new_place() -> None:
    history = [*HELD, say.released(say.cards(0, 2), 3)]
    given(domain, *history).when(say.recall(1)).then(say.withdrawn(1, 4, head=2, moved=2))


def test_a_card_of_another_sku_is_not_this_one_s() -> None:
    command = say.recall(0, sku="other-50")
    refused = say.recall_refused(0).model_copy(update={"sku": "other-50"})
    given(domain, *say.stocked(1)).when(command).then(refused)


@pytest.mark.parametrize("history", [[], [say.claimed()]])
def test_a_card_that_never_came_is_refused_for_ever(history: list[Fact]) -> None:
    world = given(domain, *history).when(say.recall()).then(say.recall_refused())
    assert world.fold(say.received()).decide(say.recall()) == []


def test_whose_a_sold_card_is_is_told_to_them() -> None:
    world = given(domain, *HELD, say.committed(2)).when(say.recall(1)).then(say.recalled(1))
    (fact,) = given(domain, *HELD).when(say.recall(0)).facts
    assert fact == say.recalled(0)
    (told,) = process.follows(fact)
    assert (told.topic, told.key, told.message) == ("inventory.answers", "acc-1", fact)
    assert world.decide(say.recall(1)) == []


@pytest.mark.parametrize("number", [0, 4, 5, 19, 20, 39, 40, 44, 45, 46])
def test_the_order_of_every_card_of_every_run_is_found(number: int) -> None:
    runs = [(0, 5), (5, 40), (45, 1), (46, 3)]
    sold = [
        say.reserved(first, count, f"res-{first}", order_id=f"ord-{first}")
        for first, count in runs
    ]  # fmt: skip
    whose = next(first for first, count in runs if first <= number < first + count)
    given(domain, *say.stocked(60), *sold).when(say.recall(number)).then(
        say.recalled(number, order_id=f"ord-{whose}")
    )  # fmt: skip


def test_a_card_that_came_back_is_of_whoever_got_it_then() -> None:
    history = [
        *HELD, say.released(say.cards(0, 2), 3), say.reserved(2, 1, "res-2", order_id="ord-2"),
        say.reserved(0, 1, "res-3", index=3, order_id="ord-3"),
    ]  # fmt: skip
    given(domain, *history).when(say.recall(0)).then(say.recalled(0, order_id="ord-3"))
