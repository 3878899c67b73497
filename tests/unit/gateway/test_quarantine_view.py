"""Which cards are set aside at this moment, by whom and why (F2)."""

from functools import reduce

from services.gateway.projections import quarantines
from services.gateway.projections.quarantines import AsideRow
from shared.contracts.message import Fact
from tests.unit.inventory import examples as say


def moved(*facts: Fact) -> dict[str, AsideRow | None]:
    start: dict[str, AsideRow | None] = {}
    return reduce(lambda cards, fact: quarantines.aside(cards, fact, 7), facts, start)


def test_a_card_is_set_aside_until_that_is_lifted_or_it_is_called_back() -> None:
    put = say.aside(0, 0)
    row = AsideRow(put.card_id, put.sku, put.request_id, put.by, put.reason, 7)
    assert moved(put) == {put.card_id: row}
    assert moved(put, say.lifted(0, 1)) == {put.card_id: None}
    assert moved(put, say.condemned(0)) == {put.card_id: None}
    assert moved(put, say.lifted(0, 1), put) == {put.card_id: row}


def test_what_moves_nothing_is_not_set_aside() -> None:
    assert moved(say.aside_refused("NOT_AVAILABLE"), say.withdrawn(0, 0), say.sold_out()) == {}
