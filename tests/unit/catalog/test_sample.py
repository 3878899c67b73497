"""The sample shop: listed by the same rules as any other, priced to the last 分."""

import re
from itertools import chain

import pytest

from deploy.seed.catalogue import SAMPLES, card_skus, commands, share
from deploy.seed.codes import codes
from services.catalog import domain
from shared.contracts.catalog import ListProduct, Offer, ProductListed
from shared.testing.scenario import given

OFFERS = {offer.sku: offer for sample in SAMPLES for offer in sample.offers}
CODES_MANY = 2_000


@pytest.mark.parametrize("command", list(commands()), ids=lambda command: command.product_id)
def test_every_product_of_the_sample_can_be_listed(command: ListProduct) -> None:
    given(domain).when(command).then_types(ProductListed)


def test_the_sample_is_the_same_commands_whenever_it_is_made() -> None:
    assert list(commands()) == list(commands())


def prices(offer: Offer) -> tuple[int, ...]:
    tiers = chain.from_iterable((tier.quantity_min, tier.price) for tier in offer.tiers)
    return (offer.face_value, offer.price, offer.member_price, *tiers)


@pytest.mark.parametrize(
    ("sku", "expected"),
    [
        ("jcard-10", (1_000, 985, 980, 100, 975)),
        ("jcard-100", (10_000, 9_850, 9_800, 100, 9_750)),
        ("qcoin-1", (100, 98, 98)),
        ("qcoin-10", (1_000, 980, 975)),
        ("genshin-6", (600, 570, 564, 10, 558)),
        ("genshin-648", (64_800, 61_560, 60_912, 10, 60_264)),
        ("steam-50", (5_000, 4_800, 4_750, 50, 4_725)),
        ("cmcc-fast-30", (3_000, 2_985, 2_970)),
        ("phone-slow-200", (20_000, 19_000, 18_800)),
        ("cmcc-card-50", (5_000, 4_925, 4_900, 100, 4_875)),
        ("office-1y", (0, 19_900, 18_900, 10, 16_900, 100, 14_900)),
        ("video-30", (0, 1_500, 1_420, 20, 1_350)),
    ],
)
def test_prices_are_the_shares_of_face_value_that_the_table_names(
    sku: str, expected: tuple[int, ...]
) -> None:
    assert prices(OFFERS[sku]) == expected


def test_a_share_that_is_no_whole_minor_unit_is_no_price() -> None:
    with pytest.raises(AssertionError, match="no whole number"):
        share(100, 975)


def test_no_sku_stands_under_two_products() -> None:
    skus = [offer.sku for sample in SAMPLES for offer in sample.offers]
    assert len(skus) == len(set(skus))


@pytest.mark.parametrize("command", list(commands()), ids=lambda command: command.product_id)
def test_every_product_has_a_guide_and_other_ways_to_find_it(command: ListProduct) -> None:
    assert command.listing.guide.startswith("# ")
    assert any(word.isascii() for word in command.listing.search)


SHAPES = {
    "jcard-10": r"\d{16} \d{16}",
    "steam-500": r"[A-Z\d]{5}(-[A-Z\d]{5}){2}",
    "cmcc-card-50": r"\d{17} \d{18}",
    "office-1y": r"[A-Z\d]{5}(-[A-Z\d]{5}){4}",
    "video-365": r"[A-Z\d]{12,16}",
}


@pytest.mark.parametrize(("sku", "shape"), SHAPES.items())
def test_codes_have_the_shape_of_their_product(sku: str, shape: str) -> None:
    assert all(re.fullmatch(shape, code) for code in codes(sku, CODES_MANY))


def test_no_code_comes_twice_under_any_sku() -> None:
    made = [code for sku in card_skus() for code in codes(sku, CODES_MANY)]
    assert len(made) == len(set(made)) == CODES_MANY * len(card_skus())


def test_codes_are_the_same_whenever_they_are_made_and_others_with_another_seed() -> None:
    assert list(codes("jcard-10", 5)) == list(codes("jcard-10", 5))
    assert list(codes("jcard-10", 5))[3:] == list(codes("jcard-10", 2, first=3))
    assert not set(codes("jcard-10", 5)) & set(codes("jcard-10", 5, seed="other"))


def test_what_is_topped_up_has_no_codes() -> None:
    with pytest.raises(ValueError, match="not sold as a card"):
        next(codes("qcoin-1", 1))
