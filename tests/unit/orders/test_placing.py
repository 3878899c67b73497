"""B2 and B4: an order is checked line by line, and charged exactly what was shown."""

from typing import Any

import pytest

from services.orders.domain import Place
from shared.contracts.orders import LineError
from tests.unit.orders import examples as say
from tests.unit.orders.examples import (
    LIMITS,
    PRICES,
    given,
    place,
    placed,
    refuses,
    rejected,
    want,
)

PRICE = PRICES["jw-10"]


def test_an_order_at_the_price_that_was_shown_is_placed() -> None:
    given().when(place()).then(placed())


def test_what_was_used_of_the_catalogue_is_copied_into_the_order() -> None:
    shelf = {"jw-10": say.offered(say.offer(name="10元"), revision=8)}
    line = say.line(revision=8, sku_name="10元")
    given().when(place(shelf=shelf)).then(placed(lines=(line,)))


def test_the_total_is_the_sum_of_all_lines() -> None:
    lines = (say.line(1, "jw-10", 3), say.line(2, "jw-100", 2))
    asked = place(want("jw-10", 3), want("jw-100", 2))
    given().when(asked).then(placed(lines=lines, total=3 * 985 + 2 * 9_850))


def test_the_terms_of_the_buyer_go_into_the_fact() -> None:
    terms: Any = {"allow_partial": True, "on_decline": "cancel"}
    given().when(place(**terms)).then(placed(**terms))


def test_a_member_is_charged_the_member_price() -> None:
    line = say.line(unit_price=PRICE - 5)
    asked = place(want(unit_price=PRICE - 5), level="member")
    given().when(asked).then(placed(lines=(line,), total=PRICE - 5, level="member"))


def test_a_wholesale_quantity_is_charged_the_wholesale_price() -> None:
    line = say.line(quantity=100, unit_price=PRICE - 10)
    asked = place(want(quantity=100, unit_price=PRICE - 10))
    given().when(asked).then(placed(lines=(line,), total=100 * (PRICE - 10)))


def test_the_same_sku_may_stand_on_two_lines() -> None:
    lines = (say.line(1, "jw-10", 2), say.line(2, "jw-10", 3))
    asked = place(want(quantity=2), want(quantity=3))
    given().when(asked).then(placed(lines=lines, total=5 * PRICE))


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (want("nowhere"), LineError(line=1, code="OFF_SHELF")),
        (want(product_id="other"), LineError(line=1, code="OFF_SHELF")),
        (want(quantity=0), LineError(line=1, code="BAD_QUANTITY")),
        (want(quantity=-1), LineError(line=1, code="BAD_QUANTITY")),
        (want(unit_price=984), LineError(line=1, code="PRICE_CHANGED", unit_price=985)),
        (want(unit_price=986), LineError(line=1, code="PRICE_CHANGED", unit_price=985)),
        (
            want(quantity=201, unit_price=975),
            LineError(line=1, code="LIMIT_EXCEEDED", limit=200),
        ),
    ],
)
def test_b2_a_line_that_cannot_be_sold_refuses_the_order(line: Any, error: LineError) -> None:
    refuses(place(line), error.code, error)


def test_b2_a_product_of_another_currency_refuses_the_order() -> None:
    error = LineError(line=1, code="BAD_CURRENCY")
    refuses(place(currency="USD"), "BAD_CURRENCY", error)


def test_b2_a_kind_that_cannot_be_delivered_is_not_on_the_shelf() -> None:
    shelf = {"jw-10": say.offered(kind="topup")}
    error = LineError(line=1, code="OFF_SHELF")
    refuses(place(shelf=shelf), "OFF_SHELF", error)


def test_b2_every_bad_line_is_named_and_the_first_gives_the_code() -> None:
    asked = place(want("jw-50"), want(unit_price=1), want("nowhere"), want("jw-100", 0))
    errors = (
        LineError(line=2, code="PRICE_CHANGED", unit_price=985),
        LineError(line=3, code="OFF_SHELF"),
        LineError(line=4, code="BAD_QUANTITY"),
    )
    refuses(asked, "PRICE_CHANGED", *errors)


def test_b2_a_line_may_have_two_reasons() -> None:
    errors = (
        LineError(line=1, code="LIMIT_EXCEEDED", limit=200),
        LineError(line=1, code="PRICE_CHANGED", unit_price=975),
    )
    refuses(place(want(quantity=300)), "LIMIT_EXCEEDED", *errors)


def test_b2_a_limit_cannot_be_passed_by_splitting_it_over_lines() -> None:
    lines = [want(quantity=150, unit_price=975), want(quantity=51)]
    errors = [LineError(line=n, code="LIMIT_EXCEEDED", limit=200) for n in (1, 2)]
    refuses(place(*lines), "LIMIT_EXCEEDED", *errors)


def test_b2_an_order_of_nothing_is_refused() -> None:
    refuses(Place(say.wanted().model_copy(update={"lines": ()}), {}, LIMITS), "EMPTY_ORDER")


def test_b2_an_order_of_too_many_lines_is_refused() -> None:
    most = LIMITS.lines_max
    given().when(place(*[want()] * most)).then_types(type(placed()))
    error = LineError(line=most + 1, code="LIMIT_EXCEEDED", limit=most)
    refuses(place(*[want()] * (most + 1)), "LIMIT_EXCEEDED", error)


def test_b2_a_channel_that_nobody_knows_is_refused() -> None:
    refuses(place(pay_with="shells"), "UNKNOWN_CHANNEL")


def test_b4_a_price_that_has_fallen_is_shown_again_too() -> None:
    shelf = {"jw-10": say.offered(say.offer(price=900, tiers=()))}
    error = LineError(line=1, code="PRICE_CHANGED", unit_price=900)
    refuses(place(shelf=shelf), "PRICE_CHANGED", error)


def test_an_order_that_was_refused_stays_refused_when_it_is_sent_again() -> None:
    given(rejected("PRICE_CHANGED")).when(place()).then_nothing()


def test_the_same_id_with_another_body_leaves_the_order_as_it_is() -> None:
    given(placed()).when(place(want("jw-100"), body_hash="other")).then_nothing()


@pytest.mark.parametrize("history", [(placed(),), say.to_payment(), say.to_paid(), *say.ENDS])
def test_an_order_is_placed_once_however_often_it_is_sent(history: Any) -> None:
    given(*history).when(place()).then_nothing()
