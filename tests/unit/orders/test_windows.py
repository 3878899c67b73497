"""A product says for how long its lines may be disputed (C7)."""

from dataclasses import replace

import pytest

from services.orders.domain import Limits
from shared.contracts.orders import OrderPlaced
from tests.unit.orders import disputes as say
from tests.unit.orders.examples import (
    NOW_MS,
    accepted,
    card_delivered,
    given,
    line_delivered,
    offer,
    offered,
    paid,
    payment_confirmed,
    place,
    placed,
    requested,
    want,
)
from tests.unit.orders.examples import completed as done

HOUR_MS = 3_600_000


def windowed(*hours: int | None) -> OrderPlaced:
    order = placed(len(hours))
    lines = [
        each.model_copy(update={"refund_window_h": window})
        for each, window in zip(order.lines, hours, strict=True)
    ]
    return order.model_copy(update={"lines": tuple(lines)})


@pytest.mark.parametrize("early", [False, True])
def test_an_order_stays_open_as_long_as_the_longest_window_of_its_products(early: bool) -> None:
    stock = (windowed(2, 5), accepted(2), requested(1, 2))
    if early:
        world = given(*stock, line_delivered(1), line_delivered(2)).world
        facts = world.decide(payment_confirmed(1, 2))
    else:
        world = given(*stock, paid(1, 2), line_delivered(1)).world
        facts = world.decide(card_delivered(2))
    until_ms = NOW_MS + 5 * HOUR_MS
    assert facts[-1].deadline_ms == until_ms  # type: ignore[attr-defined]  # OrderDelivered has one
    world.fold(*facts)
    late = say.opening(received_ms=until_ms + 1)
    assert world.decide(late) == [say.refused("WINDOW_CLOSED")]
    assert world.decide(say.opening(received_ms=until_ms)) == [say.opened()]
    assert world.fold(done()).decide(say.opening(received_ms=until_ms)) == [say.opened()]


def test_a_line_keeps_the_window_of_its_product_and_one_without_has_the_shop_s() -> None:
    shelf = {
        "jw-10": offered(offer("jw-10"), refund_window_h=24), "jw-50": offered(offer("jw-50")),
    }  # fmt: skip
    asked = place(want("jw-10"), want("jw-50"), shelf=shelf)
    (fact,) = given().when(replace(asked, limits=Limits())).facts
    assert isinstance(fact, OrderPlaced)
    assert [line.refund_window_h for line in fact.lines] == [24, Limits().complete_ms // HOUR_MS]
    (plain,) = given().when(place()).facts
    assert b"refund_window" not in plain.encode(), "who says nothing costs nothing"
