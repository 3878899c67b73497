"""What a turn's reservations will need is foreseen, so that they cost two looks, not one each."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.inventory import domain
from services.inventory.domain import Reserve
from shared.contracts.inventory import ReleaseStock
from shared.testing.scenario import World
from tests.unit.inventory import examples as say

IN_STOCK = 150

quantities = st.lists(st.one_of(st.integers(1, 5), st.integers(90, 130)), max_size=8)


def foreseen(world: World, commands: Sequence[domain.Command]) -> set[str]:
    """What the engine has at hand before the first of them is decided."""
    first = {key for command in commands for key in domain.keys(command, {})}
    at_hand = {key: world.states[key] for key in first if key in world.states}
    return first | set(domain.ahead(commands, at_hand))


def in_stock() -> World:
    return World(domain).fold(*say.stocked(IN_STOCK))


@given(quantities)
def test_a_run_of_reservations_names_nothing_that_was_not_foreseen(wanted: list[int]) -> None:
    world = in_stock()
    commands: list[Reserve] = [say.reserve(n, f"res-{i}") for i, n in enumerate(wanted)]
    at_hand = foreseen(world, commands)
    for command in commands:
        assert set(world.reach(command)) <= at_hand
        world.fold(*world.decide(command))


def test_a_reservation_asked_for_twice_moves_the_queue_on_once() -> None:
    world = in_stock()
    world.fold(*world.decide(say.reserve(2, "res-1")))
    commands = [say.reserve(2, "res-1"), say.reserve(1, "res-2")]
    assert set(world.reach(commands[1])) <= foreseen(world, commands)


def test_what_is_given_back_is_foreseen_with_its_cards() -> None:
    world = in_stock()
    world.fold(*world.decide(say.reserve(3, "res-1")))
    release: ReleaseStock = say.release("res-1")
    assert set(world.reach(release)) <= foreseen(world, [release])
