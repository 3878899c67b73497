"""From stock and payment, in whichever order, to the paid lines (C2, C3, B6)."""

import pytest

from services.delivery import domain
from services.delivery.domain.state import Failed, Forgotten, Paid
from shared.contracts.delivery import DeliveryAwaited
from shared.contracts.message import Fact
from shared.testing.scenario import World, given
from tests.unit.delivery import examples as say


def test_held_cards_wait_for_their_payment() -> None:
    given(domain).when(say.prepare(1)).then(say.prepared(1))


def test_every_line_of_an_order_is_prepared() -> None:
    given(domain, say.prepared(1)).when(say.prepare(2)).then(say.prepared(2))


def test_what_is_prepared_and_paid_is_delivered() -> None:
    given(domain, say.prepared(1)).when(say.deliver(1)).then(say.delivered(1))


def test_all_paid_lines_are_delivered_at_once() -> None:
    history = [say.prepared(2), say.prepared(1)]
    given(domain, *history).when(say.deliver(1, 2)).then(say.delivered(1), say.delivered(2))


def test_a_line_left_out_of_the_payment_is_not_delivered() -> None:
    history = [say.prepared(1), say.prepared(2)]
    world = given(domain, *history).when(say.deliver(2)).then(say.delivered(2))
    assert world.decide(say.prepare(1)) == []


def test_a_payment_that_comes_first_awaits_its_lines() -> None:
    given(domain).when(say.deliver(1, 2)).then(say.awaited(1, 2))


def test_an_awaited_line_is_delivered_as_soon_as_it_is_there() -> None:
    history = [say.awaited(1, 2)]
    expected = (say.prepared(2), say.delivered(2))
    given(domain, *history).when(say.prepare(2)).then(*expected)


def test_what_is_there_is_delivered_and_the_rest_awaited() -> None:
    world = (
        given(domain, say.prepared(1))
        .when(say.deliver(1, 2))
        .then(say.delivered(1), say.awaited(2))
    )
    assert world.decide(say.prepare(2)) == [say.prepared(2), say.delivered(2)]


def test_stock_of_another_reservation_than_was_paid_is_not_delivered() -> None:
    other = say.prepared(1, reservation_id="res-9")
    given(domain, other).when(say.deliver(1)).then(say.awaited(1))


def test_a_reservation_of_another_line_is_not_delivered_for_this_one() -> None:
    crossed = say.deliver(lines=(say.hold(1, "res-2"),))
    history = [say.prepared(1), say.prepared(2)]
    given(domain, *history).when(crossed).then_types(DeliveryAwaited)


def test_a_reservation_of_another_order_is_not_delivered() -> None:
    history = [say.prepared(1, order_id="ord-2")]
    given(domain, *history).when(say.deliver(1)).then(say.awaited(1))


def test_after_the_payment_stock_of_an_unpaid_reservation_is_not_taken_up() -> None:
    given(domain, say.awaited(1)).when(say.prepare(1, reservation_id="res-9")).then_nothing()


@pytest.mark.parametrize("command", [say.prepare(1), say.deliver(1), say.forget(1)])
def test_after_delivery_nothing_that_is_repeated_delivers_again(command: object) -> None:
    given(domain, say.prepared(1), say.delivered(1)).when(command).then_nothing()


@pytest.mark.parametrize("history", [[], [say.prepared(1)], [say.forgotten(1)]])
def test_a_payment_of_no_line_delivers_nothing(history: list[Fact]) -> None:
    given(domain, *history).when(say.deliver()).then_nothing()


def test_an_order_that_ended_unpaid_is_forgotten_with_its_cards() -> None:
    history = [say.prepared(1), say.prepared(2)]
    world = given(domain, *history).when(say.forget(1, 2)).then(say.forgotten(1, 2))
    assert world.states == {"order/ord-1": Forgotten()}


def test_an_order_forgotten_before_its_stock_came_takes_up_none() -> None:
    world = given(domain).when(say.forget(1)).then(say.forgotten())
    assert world.decide(say.prepare(1)) == []


def test_an_order_that_never_asked_for_stock_leaves_no_trace() -> None:
    world = given(domain).when(say.forget()).then_nothing()
    assert world.states == {}


def test_a_forgotten_order_is_forgotten_once() -> None:
    given(domain, say.prepared(1), say.forgotten(1)).when(say.forget(1)).then_nothing()


def test_a_payment_after_the_end_fails_aloud_and_delivers_nothing() -> None:
    history = [say.prepared(1), say.forgotten(1)]
    world = given(domain, *history).when(say.deliver(1)).then(say.failed(1))
    assert world.states == {"order/ord-1": Failed()}
    for late in (say.prepare(1), say.forget(1), say.deliver(1)):
        assert world.decide(late) == []


def test_an_end_after_the_payment_takes_nothing_back() -> None:
    world = given(domain, say.awaited(1)).when(say.forget(1)).then_nothing()
    assert world.decide(say.prepare(1)) == [say.prepared(1), say.delivered(1)]


def test_sealed_cards_stay_after_delivery_to_be_revealed() -> None:
    world = World(domain).fold(say.prepared(2), say.delivered(2))
    assert [card.card_id for card in world.states["cards/res-2"].cards] == list(say.ids(2))


def test_an_order_holds_no_card_itself() -> None:
    world = World(domain).fold(say.prepared(2), say.delivered(2))
    line = domain.state.Line(2, "sku-2", "res-2")
    assert world.states["order/ord-1"] == Paid("acc-1", (), (line,))
