"""Taking cards in: once each, across all SKUs and all imports (F1)."""

from services.inventory import domain, process
from shared.kernel.decider import Send
from shared.testing.scenario import given
from tests.unit.inventory import examples as say


def test_a_card_never_seen_is_claimed_for_its_line() -> None:
    given(domain).when(say.claim()).then(say.claimed())


def test_a_claimed_card_goes_on_to_the_stock_of_its_sku() -> None:
    assert process.follows(say.claimed()) == [Send("inventory.commands", say.SKU, say.receive())]


def test_the_same_line_sent_twice_changes_nothing() -> None:
    given(domain, say.claimed()).when(say.claim()).then_nothing()


def test_the_same_card_on_another_line_is_a_duplicate() -> None:
    given(domain, say.claimed()).when(say.claim(line=9)).then(say.card_refused(line=9))


def test_the_same_card_in_another_import_is_a_duplicate() -> None:
    again = say.claim(import_id="imp-2")
    given(domain, say.claimed()).when(again).then(say.card_refused(import_id="imp-2"))


def test_the_same_card_under_another_sku_is_a_duplicate() -> None:
    again = say.claim(sku="steam-50", import_id="imp-2")
    refused = say.card_refused(sku="steam-50", import_id="imp-2")
    given(domain, say.claimed()).when(again).then(refused)


def test_every_duplicate_is_answered_once_and_the_first_claim_stands() -> None:
    world = given(domain, say.claimed()).when(say.claim(line=9)).then(say.card_refused(line=9))
    world.fold(say.card_refused(line=10))
    for line in (1, 9, 10):
        assert world.decide(say.claim(line=line)) == []


def test_a_refused_card_sends_nothing_on() -> None:
    assert process.follows(say.card_refused()) == []


def test_a_card_joins_the_end_of_its_queue() -> None:
    given(domain, *say.stocked(3)).when(say.receive(3)).then(say.received(3))


def test_the_first_card_of_a_sku_takes_place_zero() -> None:
    given(domain).when(say.receive(7)).then(say.received(7, index=0))


def test_a_card_joins_once_however_often_it_is_sent_on() -> None:
    given(domain, *say.stocked(2)).when(say.receive(0)).then_nothing()


def test_a_card_that_was_sold_does_not_join_again() -> None:
    history = [*say.stocked(1), say.reserved(0), say.committed()]
    given(domain, *history).when(say.receive(0)).then_nothing()


def test_a_hundred_cards_fill_a_block_and_the_next_one_opens_another() -> None:
    world = given(domain, *say.stocked(100)).when(say.receive(100)).then(say.received(100))
    assert len(world.states[f"block/{say.SKU}/0"].cards) == 100
    assert len(world.states[f"block/{say.SKU}/1"].cards) == 1
