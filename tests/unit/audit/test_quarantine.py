"""A card that was set aside is nobody's until it is good, and never once it is bad (F2, G6)."""

from typing import Any, Final

import pytest

from services.audit.domain import Law
from shared.contracts.message import Fact
from shared.contracts.quarantine import CardCondemned, CardQuarantined, QuarantineLifted
from tests.unit.audit import story as say
from tests.unit.audit.story import ONE, SKU, TWO, judged, stocked

WHO: Final[Any] = {"sku": SKU, "by": "li", "reason": "maybe bad", "request_id": "r"}


def aside(number: int = 0, index: int = 0, moved: Any = None, head: int = 0) -> CardQuarantined:
    card = say.card(number)
    words: Any = {**card.model_dump(), **WHO, "index": index, "head": head, "moved": moved}
    return CardQuarantined(**words)


def lifted(number: int = 0, index: int = 4, **changes: Any) -> QuarantineLifted:
    return QuarantineLifted(**{**say.card(number).model_dump(), **WHO, "index": index, **changes})


def condemned(number: int = 0) -> CardCondemned:
    return CardCondemned(card_id=say.card(number).card_id, **WHO)


SET_ASIDE: Final = [*stocked(), aside()]


@pytest.mark.parametrize(
    "history",
    [
        SET_ASIDE,
        [*SET_ASIDE, lifted(), say.ran_low(4)],
        [*SET_ASIDE, condemned(), say.ran_low(3)],
        [*stocked(), aside(2, 2, say.card(0)), lifted(2), say.ran_low(4)],
        [*SET_ASIDE, lifted(), aside(1, 1, head=1), lifted(1, 5), say.ran_low(4)],
    ],
)
def test_a_card_set_aside_and_good_again_breaks_no_law(history: list[Fact]) -> None:
    assert judged(history) == []


@pytest.mark.parametrize(
    ("law", "history"),
    [
        (Law.CARD_HELD_ONCE, [*stocked(), lifted()]),
        (Law.CARD_HELD_ONCE, [*SET_ASIDE, lifted(), lifted(0, 5)]),
        (Law.CARD_HELD_ONCE, [*SET_ASIDE, condemned(), lifted()]),
        (Law.CARD_HELD_ONCE, [*SET_ASIDE, lifted(sealed="v1.other")]),
        (Law.CARD_HELD_ONCE, [*stocked(), say.reserved(ONE, 0, 1), aside(0, 0, head=2)]),
        (Law.CARD_HELD_ONCE, [*SET_ASIDE, say.reserved(TWO, 0, index=1)]),
        (Law.QUEUE_IN_ORDER, [*SET_ASIDE, lifted(0, 9)]),
        (Law.STOCK_ADDS_UP, [*SET_ASIDE, say.ran_low(4)]),
    ],
)
def test_a_card_that_comes_back_and_may_not_is_seen(law: Law, history: list[Fact]) -> None:
    assert law in judged(history)
