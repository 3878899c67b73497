"""The door's read models as a fold of delivery's facts."""

import itertools

from services.delivery.domain.masking import mask
from services.delivery.projections import RECEIPT, VIEWS, Reveal
from tests.unit.delivery import examples as say
from tests.unit.delivery.door import InMemory


async def test_a_line_is_shown_once_it_is_delivered() -> None:
    models = InMemory(say.prepared(2))
    assert not await models.delivered("ord-1", 2)
    models.fold(say.delivered(2))
    (found,) = await models.delivered("ord-1", 2)
    assert [card_id for card_id, _ in found.cards] == list(say.ids(2))


async def test_a_line_and_what_replaced_it_are_shown_together() -> None:
    models = InMemory(say.prepared(1), say.delivered(1), say.replaced(1))
    first, second = await models.delivered("ord-1", 1)
    assert [card_id for card_id, _ in first.cards] == list(say.ids(1))
    assert [card_id for card_id, _ in second.cards] == ["spare-1"]


async def test_what_is_forgotten_is_gone() -> None:
    models = InMemory(say.prepared(1), say.prepared(2), say.forgotten(1, 2))
    assert models.lines == {}


async def test_a_request_is_decided_once() -> None:
    models = InMemory(say.revealed(1), say.reveal_refused("NOT_DELIVERED"))
    assert await models.reveal("req-1") == Reveal("req-1", "ord-1", "acc-1", 1, None)


def test_the_same_facts_again_change_nothing() -> None:
    facts = [say.prepared(1), say.delivered(1), say.revealed(1)]
    once, twice = InMemory(*facts), InMemory(*facts)
    twice.fold(*facts[1:])
    assert (once.lines, once.reveals) == (twice.lines, twice.reveals)


def test_what_shows_nothing_is_passed_over_undecoded() -> None:
    followed = VIEWS.follows["delivery.events"]
    models = InMemory(say.awaited(1), say.failed(1))
    assert (models.lines, models.reveals) == ({}, {})
    assert not {type(say.awaited(1)), type(say.failed(1))} & followed


def test_a_masked_code_shows_its_end_and_what_separates_it() -> None:
    assert mask("1234567890123456") == "••••••••••••3456"
    assert mask("AAAAA-BBBBB-CCCCC") == "•••••-•••••-••CCC"
    assert mask("12345678 87654321") == "•••••••• ••••4321"


def test_a_short_code_shows_at_most_a_quarter_of_itself() -> None:
    assert [mask("abcdefgh"[:length]) for length in (0, 1, 3, 4, 8)] == [
        "", "•", "•••", "•••d", "••••••gh",
    ]  # fmt: skip


def test_a_mask_never_shows_more_than_four_characters() -> None:
    for length, alphabet in itertools.product(range(80), ("a", "九", "7")):
        assert mask(alphabet * length).count(alphabet) <= 4


async def test_a_top_up_is_shown_with_its_receipt_once_it_is_confirmed() -> None:
    models = InMemory(say.topup_prepared(1), say.submitted())
    assert not await models.delivered("ord-1", 1)
    models.fold(say.confirmed("R-1"))
    (found,) = await models.delivered("ord-1", 1)
    assert found.cards == ((say.confirmed().request_id, RECEIPT + "R-1"),)
