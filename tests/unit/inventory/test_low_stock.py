"""Running low and selling out: said once each, until stock has recovered (F2, A5)."""

from services.inventory import domain, process
from services.inventory.domain.threshold import THRESHOLD_MAX
from shared.testing.scenario import World, given
from tests.unit.inventory import examples as say


def test_stock_that_stays_above_the_threshold_is_not_low() -> None:
    given(domain, *say.stocked(12)).when(say.reserve()).then(say.reserved(0))


def test_stock_that_falls_to_the_threshold_has_run_low() -> None:
    given(domain, *say.stocked(11)).when(say.reserve()).then(say.reserved(0), say.ran_low(10))


def test_low_stock_is_said_once() -> None:
    history = [*say.stocked(11), say.reserved(0), say.ran_low(10)]
    given(domain, *history).when(say.reserve(1, "res-2")).then(say.reserved(1, 1, "res-2"))


def test_a_few_cards_more_do_not_make_it_low_again() -> None:
    history = [*say.stocked(11), say.reserved(0), say.ran_low(10)]
    more = [say.received(number) for number in range(11, 15)]
    order = say.reserve(5, "res-2")
    given(domain, *history, *more).when(order).then(say.reserved(1, 5, "res-2"))


def test_recovered_stock_may_run_low_again() -> None:
    history = [*say.stocked(11), say.reserved(0), say.ran_low(10)]
    more = [say.received(number) for number in range(11, 22)]
    order = say.reserve(11, "res-2")
    expected = (say.reserved(1, 11, "res-2"), say.ran_low(10))
    given(domain, *history, *more).when(order).then(*expected)


def test_stock_has_recovered_with_one_card_more_than_twice_the_threshold() -> None:
    world = World(domain).fold(*say.stocked(5), say.ran_low(5, threshold=10))
    low = []
    for number in range(5, 21):
        world.fold(say.received(number))
        low.append(world.states[f"sku/{say.SKU}"].low_until is not None)
    assert low == [True] * 15 + [False]


def test_stock_recovers_by_what_is_released_too() -> None:
    history = [*say.stocked(30), say.reserved(0, 25), say.ran_low(5)]
    world = World(domain).fold(*history, say.released(say.cards(0, 25), 30))
    assert world.states[f"sku/{say.SKU}"].low_until is None


def test_the_last_card_sells_it_out() -> None:
    history = [*say.stocked(11), say.reserved(0, 10), say.ran_low(1)]
    expected = (say.reserved(10, 1, "res-2"), say.sold_out())
    given(domain, *history).when(say.reserve(1, "res-2")).then(*expected)


def test_everything_at_once_runs_low_and_sells_out() -> None:
    expected = (say.reserved(0, 3), say.ran_low(0), say.sold_out())
    given(domain, *say.stocked(3)).when(say.reserve(3)).then(*expected)


def test_whoever_comes_to_a_sold_out_sku_does_not_sell_it_out_again() -> None:
    history = [*say.stocked(1), say.reserved(0), say.ran_low(0), say.sold_out()]
    given(domain, *history).when(say.reserve(1, "res-2")).then(
        say.refused(0, reservation_id="res-2")
    )


def test_what_came_after_it_sold_out_can_sell_out_again() -> None:
    history = [*say.stocked(1), say.reserved(0), say.ran_low(0), say.sold_out(), say.received(1)]
    expected = (say.reserved(1, 1, "res-2"), say.sold_out())
    given(domain, *history).when(say.reserve(1, "res-2")).then(*expected)


def test_the_threshold_on_record_says_when_stock_has_recovered() -> None:
    world = World(domain).fold(*say.stocked(5), say.ran_low(5, threshold=100))
    assert world.states[f"sku/{say.SKU}"].low_until == 200


def test_what_a_person_has_set_counts_in_place_of_what_the_installation_has() -> None:
    history = [*say.stocked(22), say.threshold_set(20)]
    given(domain, *history).when(say.reserve()).then(say.reserved(0))
    low = (say.reserved(0, 2), say.ran_low(20, threshold=20))
    given(domain, *history).when(say.reserve(2)).then(*low)
    never = [*say.stocked(5), say.threshold_set(0)]
    given(domain, *never).when(say.reserve()).then(say.reserved(0))


def test_what_is_low_by_a_new_threshold_is_said_at_once() -> None:
    given(domain, *say.stocked(20)).when(say.set_threshold(20)).then(
        say.threshold_set(20), say.ran_low(20, threshold=20)
    )
    given(domain, *say.stocked(21)).when(say.set_threshold(20)).then(say.threshold_set(20))
    given(domain).when(say.set_threshold(20)).then(say.threshold_set(20))


def test_what_was_low_by_the_old_threshold_is_judged_by_the_new_one() -> None:
    history = [*say.stocked(11), say.reserved(0), say.ran_low(10), say.threshold_set(5)]
    given(domain, *history).when(say.reserve(1, "res-2")).then(say.reserved(1, 1, "res-2"))
    low = (say.reserved(1, 5, "res-2"), say.ran_low(5, threshold=5))
    given(domain, *history).when(say.reserve(5, "res-2")).then(*low)


def test_a_threshold_that_cannot_be_is_refused() -> None:
    for units in (-1, THRESHOLD_MAX + 1):
        given(domain).when(say.set_threshold(units)).then(say.threshold_refused())


def test_nothing_follows_from_low_stock() -> None:
    assert process.follows(say.ran_low(1)) == []
    assert process.follows(say.sold_out()) == []
