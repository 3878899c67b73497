"""What is sold without cards: a number of units, conserved like cards (C6, design.md §2)."""

from typing import Any

import pytest

from services.inventory import domain, process
from services.inventory.domain import UNITS_MAX
from services.inventory.domain.state import Ended
from shared.contracts.inventory import StockCommitted
from shared.kernel.decider import Send
from shared.testing.scenario import given
from tests.unit.inventory import examples as say


def test_granted_units_are_available() -> None:
    world = given(domain).when(say.grant(5)).then(say.granted(5))
    sku = world.states[f"sku/{say.SKU}"]
    assert (sku.received, sku.available, sku.reserved, sku.sold) == (5, 5, 0, 0)


def test_a_grant_is_answered_once() -> None:
    given(domain, say.granted(5)).when(say.grant(7)).then_nothing()
    given(domain, say.granted(5)).when(say.grant(7, "grant-2")).then(say.granted(7, "grant-2"))


@pytest.mark.parametrize("units", [0, -1, UNITS_MAX + 1])
def test_a_number_of_units_that_is_none_is_refused(units: int) -> None:
    given(domain).when(say.grant(units)).then(say.quota_refused())


def test_units_are_held_without_cards_and_told_in_the_account_s_shard() -> None:
    held = say.units_held(2)
    given(domain, say.granted(50)).when(say.reserve(2)).then(held)
    assert process.follows(held) == [Send("inventory.answers", "acc-1", held)]


def test_one_unit_too_few_and_nothing_is_held() -> None:
    given(domain, say.granted(5)).when(say.reserve(6)).then(say.refused(5))


def test_of_two_orders_for_the_last_unit_one_gets_it_and_the_other_is_refused() -> None:
    history = [say.granted(1), say.units_held(1, "res-2")]
    given(domain, *history).when(say.reserve()).then(say.refused(0))


def test_released_units_are_the_quota_s_again() -> None:
    history = [say.granted(5), say.units_held(2)]
    world = given(domain, *history).when(say.release()).then(say.released((), 0, units=2))
    assert world.states[f"sku/{say.SKU}"].available == 5


def test_committed_units_are_sold_for_ever() -> None:
    history = [say.granted(5), say.units_held(2)]
    world = given(domain, *history).when(say.commit()).then(say.committed(2))
    sku = world.states[f"sku/{say.SKU}"]
    assert (sku.received, sku.available, sku.reserved, sku.sold) == (5, 3, 0, 2)
    assert world.states["reservation/res-1"] == Ended("sold", 2)
    assert world.decide(say.release()) == []


def test_cards_are_sold_before_units_and_never_in_one_reservation() -> None:
    history = [*say.stocked(3), say.granted(50)]
    given(domain, *history).when(say.reserve(3)).then(say.reserved(0, 3))
    given(domain, *history).when(say.reserve(4)).then(say.units_held(4))


def test_a_quota_runs_low_and_out_like_a_stock() -> None:
    history = [say.granted(11)]
    low = given(domain, *history).when(say.reserve(1)).then(say.units_held(1), say.ran_low(10))
    out = low.decide(say.reserve(10, "res-2"))
    assert out == [say.units_held(10, "res-2"), say.sold_out()]


def test_what_is_committed_of_a_quota_is_what_was_held() -> None:
    history = [say.granted(5), say.units_held(2)]
    given(domain, *history).when(say.commit()).then_types(StockCommitted)


SOLD = [say.granted(5), say.units_held(2), say.committed(2)]


def test_a9_units_sold_to_an_order_that_went_back_whole_are_the_quota_s_again_once() -> None:
    world = given(domain, *SOLD).when(say.give_back()).then(say.units_returned(2))
    sku = world.states[f"sku/{say.SKU}"]
    assert (sku.received, sku.available, sku.reserved, sku.sold) == (5, 5, 0, 0)
    assert world.decide(say.commit()) == world.decide(say.release()) == []


@pytest.mark.parametrize(
    "history",
    [
        [], SOLD[:1], SOLD[:2], [say.released((), 0)], [say.refused(0)],
        [*say.stocked(2), say.reserved(0, 2), say.committed(2)],
    ],
)  # fmt: skip
def test_what_was_not_sold_as_units_does_not_come_back_as_such(history: list[Any]) -> None:
    world = given(domain, *history).when(say.give_back()).then(say.return_refused())
    assert world.fold(*SOLD).decide(say.give_back()) == []
