"""A batch that may be bad is set aside, and comes back when it is found to be good (F2)."""

from typing import Any

import pytest

from services.inventory import domain
from services.inventory.domain.state import Aside, Stocked
from shared.testing.scenario import given
from tests.unit.inventory import examples as say

ASIDE: list[Any] = [*say.stocked(3), say.aside(1, 1, moved=0)]


def test_a_card_that_is_set_aside_leaves_the_queue_and_nobody_gets_it() -> None:
    world = given(domain, *say.stocked(3)).when(say.set_aside(1)).then(say.aside(1, 1, moved=0))
    sku = world.states[f"sku/{say.SKU}"]
    assert (sku.received, sku.available, sku.withdrawn) == (3, 2, 1)
    assert world.decide(say.reserve(3))[0] == say.refused(2)
    assert isinstance(world.states["stocked/card-1"], Aside)


def test_found_to_be_good_it_stands_at_the_end_of_the_queue_as_it_was_sealed() -> None:
    world = given(domain, *ASIDE).when(say.lift(1)).then(say.lifted(1, 3))
    sku = world.states[f"sku/{say.SKU}"]
    assert (sku.received, sku.available, sku.withdrawn) == (3, 3, 0)
    (held, *_) = world.decide(say.reserve(3))
    assert isinstance(held, type(say.reserved(0)))
    assert {card.card_id: card.sealed for card in held.cards} == {
        f"card-{n}": say.card(n).sealed for n in range(3)
    }


def test_the_head_and_the_last_of_a_block_are_set_aside_like_any_other() -> None:
    given(domain, *say.stocked(2)).when(say.set_aside(0)).then(say.aside(0, 0))
    history = [*say.stocked(101), say.reserved(0, 99)]
    world = given(domain, *history).when(say.set_aside(100)).then(
        say.aside(100, 100, head=99, moved=99)
    )  # fmt: skip
    assert f"block/{say.SKU}/0" not in world.states


def test_called_back_meanwhile_it_is_withdrawn_for_good() -> None:
    world = given(domain, *ASIDE).when(say.recall(1)).then(say.condemned(1))
    assert world.decide(say.lift(1)) == [say.aside_refused("NOT_QUARANTINED", 1, "good-1")]
    assert world.states[f"sku/{say.SKU}"].withdrawn == 1


@pytest.mark.parametrize(
    ("history", "number", "code"),
    [
        ([], 0, "UNKNOWN_CARD"),
        ([*say.stocked(1, sku="other")], 0, "UNKNOWN_CARD"),
        ([*say.stocked(2), say.reserved(0, 1)], 0, "NOT_AVAILABLE"),
        ([*say.stocked(2), say.reserved(0, 1), say.committed(1)], 0, "NOT_AVAILABLE"),
        ([*say.stocked(2), say.withdrawn(0, 0)], 0, "NOT_AVAILABLE"),
        ([*say.stocked(2), say.reserved(0, 1), say.recalled(0)], 0, "NOT_AVAILABLE"),
    ],
)
def test_only_what_nobody_has_is_set_aside(history: list[Any], number: int, code: str) -> None:
    given(domain, *history).when(say.set_aside(number)).then(say.aside_refused(code, number))


@pytest.mark.parametrize(
    "history",
    [
        [*say.stocked(2)],
        [*say.stocked(2), say.withdrawn(0, 0)],
        [*say.stocked(2), say.reserved(0, 1), say.committed(1), say.recalled(0)],
        [*say.stocked(2), say.aside(0, 0), say.condemned(0)],
    ],
)
def test_what_was_not_set_aside_or_was_called_back_does_not_come_back(history: list[Any]) -> None:
    refused = say.aside_refused("NOT_QUARANTINED", 0, "good-1")
    given(domain, *history).when(say.lift(0)).then(refused)


def test_a_request_is_answered_once_whatever_happens_to_the_card_after_it() -> None:
    world = given(domain, *ASIDE, say.lifted(1, 3)).when(say.set_aside(1)).then_nothing()
    assert isinstance(world.states["stocked/card-1"], Stocked)
    (again,) = world.decide(say.set_aside(1, request_id="aside-2"))
    assert isinstance(again, type(say.aside(1, 1)))
    assert world.fold(again).decide(say.lift(1)) == []
