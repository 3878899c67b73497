"""The books of a top-up: its units conserved, and one request at a time (C6, G6)."""

from typing import Any, Final

import pytest

from services.audit.domain import Law
from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryPrepared,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpRefused,
    TopUpSubmitted,
)
from shared.contracts.inventory import (
    CardWithdrawn,
    QuotaGranted,
    StockCommitted,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from tests.unit.audit import story as say
from tests.unit.audit.story import ONE, WHOSE, judged

SKU: Final = say.SKU
HOLD: Final = ONE.model_copy(update={"target": "v1.x"})
LINE: Final[dict[str, Any]] = {**WHOSE, "line": 1, "reservation_id": "res-1"}
GRANTED: Final = QuotaGranted(sku=SKU, request_id="g", units=5, by="li", reason="prepaid")


def held(units: int = 2, reservation: str = "res-1") -> StockReserved:
    words = {**LINE, "reservation_id": reservation}
    return StockReserved(**words, sku=SKU, cards=(), index=0, units=units)


def at(supplier: str = "a") -> dict[str, Any]:
    return {**LINE, "supplier": supplier, "request_id": f"req-{supplier}"}


def sent(supplier: str = "a", calls: int = 1) -> TopUpSubmitted:
    return TopUpSubmitted(
        **at(supplier), sku=SKU, quantity=2, target="v1.x", others=(), calls=calls,
        call_id=f"{supplier}{calls}", since_ms=say.START_MS,
    )  # fmt: skip


def unsure(supplier: str = "a") -> DeliveryUncertain:
    return DeliveryUncertain(**at(supplier), code="UNKNOWN", asks=0, ask_ms=1, again="ask")


def refused(supplier: str = "a") -> TopUpRefused:
    return TopUpRefused(**at(supplier), code="FAILED")


def confirmed(supplier: str = "a", quantity: int = 2) -> TopUpConfirmed:
    return TopUpConfirmed(**at(supplier), sku=SKU, quantity=quantity, receipt="R")


def failed() -> DeliveryFailed:
    return DeliveryFailed(**WHOSE, lines=(HOLD,), code="SUPPLIERS_REFUSED")


def paid() -> list[Fact]:
    """One order of one top-up, up to its money."""
    asked: dict[str, Any] = {"lines": (HOLD,), "amount": 2 * say.PRICE}
    postings = say.moved(2 * say.PRICE, "wallet:acc-1", "sales")
    prepared = DeliveryPrepared(**LINE, sku=SKU, cards=(), units=2)
    accepted = say.accepted().model_copy(update={"reserve": (HOLD,)})
    return [
        say.deposited(2 * say.PRICE), GRANTED, say.placed(), accepted, held(), prepared,
        say.requested(**asked), say.confirmed(**asked, postings=postings),
        say.paid().model_copy(update=asked),
    ]  # fmt: skip


SOLD: Final = StockCommitted(**WHOSE, reservation_id="res-1", sku=SKU, quantity=2)
DELIVERED: Final = say.order_delivered()


@pytest.mark.parametrize(
    "how",
    [
        [sent(), confirmed()],
        [sent(), unsure(), sent("a", 2), confirmed()],
        [sent(), refused(), sent("b"), unsure("b"), confirmed("b")],
    ],
)
def test_a_top_up_as_it_should_be_breaks_no_law(how: list[Fact]) -> None:
    assert judged([*paid(), *how, SOLD, DELIVERED, say.completed()]) == []


def test_an_order_whose_top_up_nobody_knows_about_is_not_stuck() -> None:
    assert judged([*paid(), sent(), unsure(), SOLD]) == []
    assert Law.PAID_IS_DELIVERED in judged([*paid(), sent(), SOLD])


BACK: Final = StockReleased(**WHOSE, reservation_id="res-1", sku=SKU, cards=(), index=0, units=2)


BROKEN: list[tuple[Law, list[Fact]]] = [
    (Law.TOPUP_ONCE, [sent(), sent("b")]),
    (Law.TOPUP_ONCE, [sent(), unsure(), sent("b")]),
    (Law.TOPUP_ONCE, [sent(), unsure(), failed()]),
    (Law.TOPUP_ONCE, [sent(), confirmed(), sent("b")]),
    (Law.TOPUP_ONCE, [sent(), refused(), failed(), sent("b")]),
    (Law.TOPUP_ONCE, [sent(), confirmed("b")]),
    (Law.TOPUP_ONCE, [confirmed()]),
    (
        Law.TOPUP_ONCE,
        [sent(), refused(), failed(), TopUpContradicted(**LINE, request_id="r", receipt="R")],
    ),
    (Law.CARDS_AS_RESERVED, [sent(), confirmed(quantity=3)]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_what_pays_or_sends_twice_is_seen(law: Law, history: list[Fact]) -> None:
    assert law in judged([*paid(), *history])


@pytest.mark.parametrize(
    ("law", "history"),
    [
        (Law.CARD_HELD_ONCE, [GRANTED, held(6)]),
        (Law.CARD_HELD_ONCE, [GRANTED, held(3), held(3, "res-2")]),
        (Law.RESERVATION_ENDS_ONCE, [GRANTED, held(), SOLD.model_copy(update={"quantity": 3})]),
        (Law.RESERVATION_ENDS_ONCE, [GRANTED, held(), BACK.model_copy(update={"units": 3})]),
        (Law.RESERVATION_ENDS_ONCE, [GRANTED, held(), BACK, SOLD]),
        (Law.STOCK_ADDS_UP, [GRANTED, held(), say.ran_low(4)]),
    ],
)
def test_units_that_are_not_conserved_are_seen(law: Law, history: list[Fact]) -> None:
    assert law in judged(history)


def test_units_that_come_back_can_be_sold_again() -> None:
    laws = judged([GRANTED, held(5), BACK.model_copy(update={"units": 5}), say.ran_low(5)])
    assert Law.STOCK_ADDS_UP not in laws
    assert Law.RESERVATION_ENDS_ONCE not in laws


def withdrawn(number: int, head: int, moved: int | None = None) -> CardWithdrawn:
    taken = None if moved is None else say.card(moved)
    return CardWithdrawn(
        card_id=say.CARDS[number], sku=SKU, request_id="bad", by="li", reason="a bad batch",
        index=number, head=head, moved=taken,
    )  # fmt: skip


def test_a_card_that_is_called_back_is_nowhere_else() -> None:
    history = [*say.stocked(), withdrawn(1, head=0, moved=0), say.ran_low(3)]
    assert judged(history) == []
    held_again = [*say.stocked(), withdrawn(0, head=0), say.reserved(ONE, 0, 1, index=1)]
    assert Law.CARD_HELD_ONCE in judged(held_again)
    assert Law.CARD_HELD_ONCE in judged([*say.stocked(), withdrawn(0, 0), withdrawn(0, 1)])
    assert Law.QUEUE_IN_ORDER in judged([*say.stocked(), withdrawn(1, head=2)])


def test_a_held_card_that_is_called_back_does_not_come_back() -> None:
    back = say.released(ONE, 1).model_copy(update={"withdrawn": (say.card(0),)})
    held_cards = [*say.stocked(), say.reserved(ONE, 0, 1)]
    assert set(judged([*held_cards, back, say.ran_low(3)])) == {Law.ORDER_LEGAL}
    lost = say.released(ONE, 1)
    assert Law.RESERVATION_ENDS_ONCE in judged([*held_cards, lost])
