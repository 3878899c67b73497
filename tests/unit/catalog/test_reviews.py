"""A product's reviews: posted once, hidden and shown again with a reason (A7)."""

from services.catalog import domain
from shared.testing.scenario import given
from tests.unit.catalog import examples as say
from tests.unit.catalog import reviews


def test_a_review_that_orders_vouches_for_is_posted_once() -> None:
    given(domain, say.listed()).when(reviews.post()).then(reviews.posted())
    later = reviews.post(rating=1)
    given(domain, say.listed(), reviews.posted()).when(later).then()


def test_a_review_of_what_the_product_does_not_offer_is_nowhere() -> None:
    given(domain).when(reviews.post()).then(reviews.unplaced("UNKNOWN_PRODUCT"))
    other = reviews.post(sku="elsewhere")
    given(domain, say.listed()).when(other).then(reviews.unplaced("UNKNOWN_SKU"))
    unplaced = (say.listed(), reviews.unplaced())
    given(domain, *unplaced).when(reviews.judge()).then(reviews.no_judgement("UNKNOWN_REVIEW"))


def test_a_product_off_the_shelf_keeps_its_reviews() -> None:
    off = (say.listed(), say.delisted())
    given(domain, *off).when(reviews.post()).then(reviews.posted())


def test_a_review_is_hidden_and_shown_again_with_a_reason() -> None:
    history = (say.listed(), reviews.posted())
    given(domain, *history).when(reviews.judge()).then(reviews.hidden())
    once = (*history, reviews.hidden())
    back = reviews.judge("rj-2", shown=True)
    given(domain, *once).when(back).then(reviews.shown())
    twice = reviews.judge("rj-3")
    given(domain, *once).when(twice).then(reviews.no_judgement("NO_CHANGE", "rj-3"))
    silent = reviews.judge(reason="  ")
    given(domain, *history).when(silent).then(reviews.no_judgement("REASON_REQUIRED"))


def test_a_judgement_of_nothing_is_refused() -> None:
    given(domain).when(reviews.judge()).then(reviews.no_judgement("UNKNOWN_REVIEW"))
