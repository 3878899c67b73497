"""What reviews come to: counted from facts alone, in whole numbers (A7)."""

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.api.review_shapes import rating_json
from services.gateway.projections.reviews import Rating, counted
from tests.unit.catalog import reviews as say


def test_what_is_hidden_does_not_count_and_counts_again_when_shown() -> None:
    rating = counted(Rating(), say.posted())
    assert rating == Rating(1, 4)
    rating = counted(rating, say.hidden())
    assert rating == Rating()
    assert counted(rating, say.no_judgement("NO_CHANGE")) == rating
    assert counted(rating, say.shown()) == Rating(1, 4)


def test_a_product_without_reviews_has_no_mean() -> None:
    nothing = {"count": 0, "mean_hundredths": None}
    assert rating_json(None) == rating_json(Rating()) == nothing


@given(st.lists(st.integers(1, 5), min_size=1, max_size=50))
def test_the_mean_is_the_nearest_hundredth_in_whichever_batches_it_is_summed(
    stars: list[int],
) -> None:
    rating = Rating()
    for each in stars:
        rating = counted(rating, say.posted(rating=each))
    mean = rating_json(rating)["mean_hundredths"]
    assert mean is not None
    assert abs(2 * (100 * sum(stars) - mean * len(stars))) <= len(stars)
