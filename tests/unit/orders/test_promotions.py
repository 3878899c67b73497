"""base → best of member, tier, promotion → coupon; used up exactly, charged as shown (A9, B4)."""

from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from services.inventory import domain as inventory
from services.orders import domain, process
from services.orders.domain.counting import used_key
from services.orders.domain.state import Used
from shared.contracts.inventory import (
    CommitStock,
    GrantQuota,
    ReleaseStock,
    ReserveStock,
    StockRefused,
    StockReserved,
)
from shared.contracts.orders import LineError, OrderPlaced, OrderRejected
from shared.kernel.coupons import Amount, shares
from shared.kernel.quotas import QUOTAS_FROM
from shared.testing.scenario import World
from tests.unit.orders import examples as say
from tests.unit.orders.promotions import (
    COUPON_ID,
    FLASH,
    USES,
    coupon,
    place,
    promotion,
    reduced,
    shelf,
    units,
)

PRICE = say.PRICES["jw-10"]
HOLDING = inventory.Limits()


def flash_line(quantity: int = 1, **changes: Any) -> Any:
    return say.line(quantity=quantity, unit_price=FLASH, promotion="flash", **changes)


# --- the price


def test_a_promotion_beats_what_else_the_buyer_would_pay_and_the_order_says_which() -> None:
    asked = place(say.want(unit_price=FLASH))
    placed = say.placed(lines=(flash_line(),), total=FLASH, quotas=(units(),))
    say.given().when(asked).then(placed)


def test_a_member_pays_the_member_price_where_that_is_better() -> None:
    dear = shelf(promotion(price=PRICE - 1))
    asked = place(say.want(unit_price=PRICE - 5), level="member", shelf=dear)
    placed = say.placed(lines=(say.line(unit_price=PRICE - 5),), total=PRICE - 5, level="member")
    say.given().when(asked).then(placed)


@pytest.mark.parametrize("at_ms", [say.NOW_MS - 1, say.NOW_MS + 1])
def test_b4_before_and_after_its_time_a_promotion_is_shown_the_price_as_it_is(at_ms: int) -> None:
    asked = place(say.want(unit_price=FLASH), received_ms=at_ms)
    error = LineError(line=1, code="PRICE_CHANGED", unit_price=PRICE)
    say.refuses(asked, "PRICE_CHANGED", error)


def test_who_sees_no_promotion_any_more_pays_what_they_see() -> None:
    """It is used up: the door shows it no longer, and nothing of it is counted."""
    say.given().when(place(say.want())).then(say.placed())


def test_b4_a_price_that_is_neither_is_refused_and_the_best_is_shown() -> None:
    error = LineError(line=1, code="PRICE_CHANGED", unit_price=FLASH)
    say.refuses(place(say.want(unit_price=FLASH - 1)), "PRICE_CHANGED", error)


def test_the_coupon_comes_off_what_is_left_and_each_line_says_its_share() -> None:
    asked = place(
        say.want("jw-10", unit_price=FLASH), say.want("jw-50"), good=coupon(), coupon=COUPON_ID
    )
    lines = (flash_line(discount=16), say.line(2, "jw-50", discount=84))
    total = FLASH + 4_925 - 100
    words: Any = {"coupon": COUPON_ID, "discount": 100, "quotas": (USES, units())}
    say.given().when(asked).then(say.placed(lines=lines, total=total, **words))


# --- the coupon


@pytest.mark.parametrize(
    ("good", "code"),
    [
        (None, "UNKNOWN_COUPON"),
        (coupon(starts_ms=say.NOW_MS + 1, ends_ms=say.NOW_MS + 2), "COUPON_NOT_YET"),
        (coupon(starts_ms=0, ends_ms=say.NOW_MS), "COUPON_ENDED"),
        (coupon(amount_min=PRICE + 1), "COUPON_AMOUNT_MIN"),
        (coupon(skus=("jw-50",)), "COUPON_AMOUNT_MIN"),
        (coupon(currency="USD"), "COUPON_CURRENCY"),
    ],
)
def test_b2_a_coupon_that_is_not_good_refuses_the_order(good: Any, code: str) -> None:
    asked = place(say.want(), good=good, coupon=COUPON_ID)
    say.refuses(asked, code, LineError(line=0, code=code))


amounts = st.lists(st.integers(1, 100_000), min_size=1, max_size=6)


@given_any(amounts=amounts, off=st.integers(1, 300_000), percent=st.integers(1, 99))
def test_the_shares_are_the_discount_and_something_is_left_to_pay(
    amounts: list[int], off: int, percent: int
) -> None:
    lines = [Amount("jw-10", amount) for amount in amounts]
    for good in (coupon(off=off, amount_min=0), coupon(off=0, percent=percent, amount_min=0)):
        found = shares(good, lines, "CNY", say.NOW_MS)
        assert not isinstance(found, str)
        whole = sum(amounts)
        assert sum(found) == min(good.off or whole * percent // 100, whole - 1)
        assert all(0 <= share <= amount for share, amount in zip(found, amounts, strict=True))


# --- used up


def sent(facts: list[Any]) -> list[Any]:
    return [send.message for fact in facts for send in process.follows(fact)]


def test_a_promotion_and_a_coupon_are_reserved_and_sold_like_lines() -> None:
    world: Any = World(domain)
    world.fold(*world.decide(reduced(say.want())))
    facts = world.decide(say.cleared())
    asked = {(m.line, m.sku, m.quantity) for m in sent(facts) if isinstance(m, ReserveStock)}
    assert asked == {
        (1, "jw-10", 1), (QUOTAS_FROM, USES.sku, 1), (QUOTAS_FROM + 1, units().sku, 1)
    }  # fmt: skip
    world.fold(*facts)
    for number in (1, QUOTAS_FROM, QUOTAS_FROM + 1):
        facts = world.decide(say.reserved(number))
        world.fold(*facts)
    assert facts[0].amount == FLASH - 100
    word = say.payment_confirmed(1).word.model_copy(update={"amount": FLASH - 100})
    paid = world.decide(say.heard(word))
    assert len([m for m in sent(paid) if isinstance(m, CommitStock)]) == 3
    world.fold(*paid)
    assert world.states[used_key(USES.sku, say.ACCOUNT)] == Used(sold=1)


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [(QUOTAS_FROM, "COUPON_USED_UP", 0), (QUOTAS_FROM + 1, "PROMOTION_SOLD_OUT", 1)],
)
def test_what_is_used_up_in_total_refuses_the_order_and_gives_the_rest_back(
    number: int, code: str, line: int
) -> None:
    """Also where the buyer takes a part: at another price than the one that was shown (B4)."""
    world = World(domain)
    world.fold(*world.decide(reduced(say.want(), allow_partial=True)))
    world.fold(*world.decide(say.cleared()))
    world.fold(*world.decide(say.reserved(1)))
    (refused,) = world.decide(say.refused(number, available=0))
    assert isinstance(refused, OrderRejected)
    assert (refused.code, refused.errors) == (code, (LineError(line=line, code=code, limit=0),))
    back = [message for message in sent([refused]) if isinstance(message, ReleaseStock)]
    assert len(back) == 2
    world.fold(refused)
    assert world.states[used_key(USES.sku, say.ACCOUNT)] == Used()


def order(key: str, *lines: Any, **changes: Any) -> Any:
    named: Any = {"order_id": key, "key": key}
    return place(*lines, **named, **changes)


def test_an_account_gets_no_more_of_a_promotion_than_its_part_however_it_asks() -> None:
    world: Any = World(domain)
    flash = say.want(quantity=2, unit_price=FLASH)
    one = say.want(quantity=1, unit_price=FLASH)
    world.fold(*world.decide(order("a", flash)))
    (refused,) = world.decide(order("b", flash))
    assert refused.errors == (LineError(line=1, code="PROMOTION_LIMIT", limit=1),)
    (split,) = world.decide(order("c", one, one))
    assert split.errors == (LineError(line=2, code="PROMOTION_LIMIT", limit=1),)
    (fits,) = world.decide(order("d", one))
    assert isinstance(fits, OrderPlaced)
    other = order("e", flash, account_id="acc-2")
    assert isinstance(world.decide(other)[0], OrderPlaced)


def test_an_order_that_ends_unpaid_gives_its_use_of_the_coupon_back() -> None:
    world: Any = World(domain)
    using: Any = {"good": coupon(), "coupon": COUPON_ID}
    world.fold(*world.decide(order("a", say.want(), **using)))
    (second,) = world.decide(order("b", say.want(), **using))
    assert second.code == "COUPON_USED_UP"
    cancel = say.cancel().model_copy(update={"order_id": "a"})
    world.fold(*world.decide(cancel))
    assert isinstance(world.decide(order("c", say.want(), **using))[0], OrderPlaced)


def test_an_order_without_promotion_or_coupon_says_no_word_more_than_before() -> None:
    """What every order pays for is not made dearer by what few have."""
    (fact,) = World(domain).decide(say.place())
    assert fact == say.placed()
    assert not {"coupon", "discount", "quotas", "promotion"} & set(
        fact.encode().decode().split('"')
    )


# --- beside inventory


def test_of_fifty_buyers_at_once_as_many_use_a_coupon_as_there_are_uses() -> None:
    """Each account's orders are decided alone; inventory, with one writer, says how many."""
    uses, buyers = 7, [f"acc-{number}" for number in range(50)]
    stock: Any = World(inventory)
    grant = GrantQuota(sku=USES.sku, request_id="r", units=uses, by="wang", reason="coupon")
    stock.fold(*stock.decide(grant))
    good = coupon(uses=uses)
    answers: list[Any] = []
    for buyer in buyers:
        world: Any = World(domain)
        named: Any = {"order_id": buyer, "account_id": buyer}
        world.fold(*world.decide(place(say.want(), good=good, coupon=COUPON_ID, **named)))
        cleared = say.cleared().word.model_copy(update=named)
        asked = [m for m in sent(world.decide(say.heard(cleared))) if m.sku == USES.sku]
        facts = stock.decide(inventory.Reserve(asked[0], HOLDING))
        stock.fold(*facts)
        answers += facts[:1]
    assert sum(isinstance(each, StockReserved) for each in answers) == uses
    assert {each.code for each in answers if isinstance(each, StockRefused)} == {
        "INSUFFICIENT_STOCK"
    }
