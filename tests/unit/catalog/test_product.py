"""A product on the shelf, repriced, and off it again (A1, A8, A9, B4)."""

from typing import Any

import pytest

from services.catalog import domain, process
from services.catalog.domain import OFFERS_MAX, TIERS_MAX, Product
from shared.testing.scenario import World, given
from tests.unit.catalog import examples as say


def test_a_new_product_is_listed_as_its_first_revision() -> None:
    given(domain).when(say.list_product()).then(say.listed())


def test_a_product_listed_anew_is_its_next_revision() -> None:
    again = say.list_product("req-9", name="骏卡")
    given(domain, say.listed()).when(again).then(say.listed("req-9", 2, name="骏卡"))


def test_a_price_is_changed_for_one_sku() -> None:
    given(domain, say.listed()).when(say.change_price()).then(say.price_changed())


def test_a_product_is_taken_off_the_shelf() -> None:
    given(domain, say.listed()).when(say.delist()).then(say.delisted())


def test_what_was_taken_off_can_be_listed_again() -> None:
    history = [say.listed(), say.delisted()]
    given(domain, *history).when(say.list_product("req-9")).then(say.listed("req-9", 3))


def test_every_fact_counts_the_revision_on() -> None:
    world = World(domain).fold(say.listed(), say.price_changed(), say.delisted(revision=3))
    assert world.states["product/jcard"] == Product(3, False, ("jcard-100", "jcard-50"))


@pytest.mark.parametrize("command", [say.change_price(), say.delist()])
def test_of_a_product_never_listed_nothing_can_be_changed(command: Any) -> None:
    given(domain).when(command).then(say.refused("UNKNOWN_PRODUCT", command.request_id))


@pytest.mark.parametrize("command", [say.change_price("req-9"), say.delist("req-9")])
def test_of_a_product_off_the_shelf_nothing_can_be_changed(command: Any) -> None:
    history = [say.listed(), say.delisted()]
    given(domain, *history).when(command).then(say.refused("OFF_SHELF", "req-9"))


def test_a_sku_that_the_product_does_not_have_has_no_price() -> None:
    command = say.change_price(sku="jcard-30")
    given(domain, say.listed()).when(command).then(say.refused("UNKNOWN_SKU", "req-2"))


def test_a_sku_left_out_of_the_newest_listing_has_no_price_any_more() -> None:
    history = [say.listed(), say.listed("req-8", 2, offers=(say.offer("jcard-50"),))]
    given(domain, *history).when(say.change_price()).then(say.refused("UNKNOWN_SKU", "req-2"))


WRONG_PRICES = [
    ({"price": 0, "member_price": 0, "tiers": ()}, "BAD_PRICE"),
    ({"price": 100, "member_price": 0, "tiers": ()}, "BAD_PRICE"),
    ({"price": 100, "member_price": 101, "tiers": ()}, "BAD_PRICE"),
    ({"price": -5, "member_price": -5, "tiers": ()}, "BAD_PRICE"),
    ({"tiers": say.tiers((1, 90))}, "BAD_TIERS"),
    ({"tiers": say.tiers((10, 9_900))}, "BAD_TIERS"),
    ({"tiers": say.tiers((10, 90), (10, 80))}, "BAD_TIERS"),
    ({"tiers": say.tiers((20, 90), (10, 80))}, "BAD_TIERS"),
    ({"tiers": say.tiers((10, 90), (20, 90))}, "BAD_TIERS"),
    ({"tiers": say.tiers((10, 90), (20, 0))}, "BAD_TIERS"),
    ({"tiers": say.tiers(*((n, 9_000 - n) for n in range(2, TIERS_MAX + 3)))}, "BAD_TIERS"),
]


@pytest.mark.parametrize(("prices", "code"), WRONG_PRICES)
def test_prices_that_cannot_be_are_refused(prices: dict[str, Any], code: str) -> None:
    command = say.change_price(**prices)
    given(domain, say.listed()).when(command).then(say.refused(code, "req-2"))


@pytest.mark.parametrize(("prices", "code"), WRONG_PRICES)
def test_a_listing_with_prices_that_cannot_be_is_refused(prices: dict[str, Any], code: str) -> None:
    command = say.list_product(offers=(say.offer("jcard-50"), say.offer(**prices)))
    given(domain).when(command).then(say.refused(code, "req-1"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"offers": ()}, "EMPTY"),
        ({"category": ()}, "EMPTY"),
        ({"currency": "USD"}, "BAD_CURRENCY"),
        ({"refund_window_h": 0}, "BAD_WINDOW"),
        ({"refund_window_h": 8_761}, "BAD_WINDOW"),
        ({"offers": (say.offer(), say.offer())}, "DUPLICATE_SKU"),
        ({"offers": (say.offer(quantity_max=0),)}, "BAD_OFFER"),
        ({"offers": (say.offer(low_stock=-1),)}, "BAD_OFFER"),
        ({"offers": (say.offer(""),)}, "BAD_OFFER"),
        ({"offers": (say.offer(face_value=-1),)}, "BAD_PRICE"),
        ({"offers": tuple(say.offer(f"s{n}") for n in range(OFFERS_MAX + 1))}, "TOO_MANY_OFFERS"),
    ],
)
def test_a_listing_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    given(domain).when(say.list_product(**changes)).then(say.refused(code, "req-1"))


def test_a_refusal_changes_nothing_and_stays() -> None:
    world = given(domain).when(say.change_price()).then(say.refused("UNKNOWN_PRODUCT", "req-2"))
    world.fold(say.listed())
    assert world.decide(say.change_price()) == []


def test_the_same_request_id_for_another_product_is_another_request() -> None:
    history = [say.listed(), say.price_changed()]
    other = say.change_price().model_copy(update={"product_id": "steam"})
    given(domain, *history).when(other).then_types(type(say.refused("", "")))


def test_a_price_above_face_value_may_be_asked() -> None:
    dear: dict[str, Any] = {"price": 10_500, "member_price": 10_400}
    given(domain, say.listed()).when(say.change_price(**dear)).then(say.price_changed(**dear))


def test_nothing_is_sent_and_nobody_outside_is_called() -> None:
    facts = (say.listed(), say.price_changed(), say.delisted(), say.refused("EMPTY", "req-1"))
    for fact in facts:
        assert process.follows(fact) == []
    assert process.due("product/jcard", Product(1, True, ())) is None
    assert process.effect("product/jcard", Product(1, True, ())) is None
