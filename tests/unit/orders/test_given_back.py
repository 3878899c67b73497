"""What an order used up of coupons and promotions comes back where it fails because of us (A9)."""

from typing import Any

from services.orders import domain, process
from services.orders.domain.counting import used_key
from shared.contracts.orders import OrderPlaced
from shared.contracts.refunds import OrderRefunded
from shared.contracts.returning import RestoreQuota
from shared.kernel.quotas import QUOTAS_FROM
from shared.testing.scenario import World
from tests.unit.orders import back, disputes
from tests.unit.orders import examples as say
from tests.unit.orders.promotions import COUPON_ID, USES, coupon, place, reduced, units


def heard(world: Any, *commands: Any) -> Any:
    """One after another."""
    for command in commands:
        world.fold(*world.decide(command))
    return world


def held(lines: int = 1) -> Any:
    """Ordered with a coupon, in a promotion, and waiting for its payment."""
    wants = [say.want(sku) for sku in say.SKUS[:lines]]
    numbers = (*range(1, lines + 1), QUOTAS_FROM, QUOTAS_FROM + 1)
    return heard(World(domain), reduced(*wants), say.cleared(), *map(say.reserved, numbers))


def bought(*, to: Any = "paid", lines: int = 1) -> tuple[Any, list[str]]:
    """Paid; and the reservations of what that has used up."""
    world, numbers = held(lines), range(1, lines + 1)
    (paid, *_) = world.decide(say.payment_confirmed(*numbers))
    world.fold(paid)
    if to == "delivered":
        heard(world, *map(say.card_delivered, numbers))
    return world, [hold.reservation_id for hold in paid.quotas]


def units_back(facts: list[Any]) -> list[str]:
    sent = [send.message for fact in facts for send in process.follows(fact)]
    return [message.reservation_id for message in sent if isinstance(message, RestoreQuota)]


def mine(world: Any) -> list[int]:
    keys = (used_key(USES.sku, say.ACCOUNT), used_key(units().sku, say.ACCOUNT))
    return [world.states[key].units for key in keys]


def test_an_order_that_cannot_be_delivered_has_used_up_no_coupon() -> None:
    """Wholly undeliverable: its uses come back, in total and to its account, once (A9)."""
    world, quotas = bought()
    assert mine(world) == [1, 1]
    facts = world.decide(back.failing(1))
    assert units_back(facts) == quotas
    world.fold(*facts)
    assert mine(world) == [0, 0]
    named: Any = {"order_id": "again", "key": "again"}
    again = place(say.want(), good=coupon(), coupon=COUPON_ID, **named)
    assert isinstance(world.decide(again)[0], OrderPlaced)
    assert world.decide(back.failing(1)) == []


def test_a_failure_heard_of_before_the_payment_gives_the_coupon_back_with_it() -> None:
    world = heard(held(), back.failing(1))
    facts = world.decide(say.payment_confirmed())
    assert len(units_back(facts)) == 2
    assert mine(world.fold(*facts)) == [0, 0]


def test_a_recalled_card_whose_buyer_takes_the_money_gives_the_coupon_back() -> None:
    world, quotas = bought(to="delivered")
    world.fold(*world.decide(disputes.recall()))
    facts = world.decide(disputes.choosing("refund", disputes.offer_id()))
    assert units_back(facts) == quotas
    assert mine(world.fold(*facts)) == [0, 0]


def test_a_dispute_that_nobody_decided_in_time_gives_the_coupon_back_with_the_money() -> None:
    world, _ = bought(to="delivered")
    world.fold(*world.decide(disputes.opening(wants="refund")))
    facts = world.decide(disputes.elapsed(disputes.ANSWER_MS))
    assert len(units_back(facts)) == 2
    assert mine(world.fold(*facts)) == [0, 0]


def test_no_other_card_for_a_bad_one_gives_the_coupon_back_with_the_money() -> None:
    world, _ = bought(to="delivered")
    world.fold(*world.decide(disputes.opening()))
    world.fold(*world.decide(disputes.deciding("replacement")))
    facts = world.decide(disputes.no_stock())
    assert len(units_back(facts)) == 2
    assert mine(world.fold(*facts)) == [0, 0]


def test_money_that_a_person_gives_back_leaves_the_coupon_used() -> None:
    """Nobody has failed: a buyer who thinks better of it has had the price all the same."""
    world, _ = bought(to="delivered")
    facts = world.decide(back.refund())
    assert facts[0].whole
    assert units_back(facts) == []
    assert mine(world.fold(*facts)) == [1, 1]


def test_a_buyer_who_keeps_a_part_has_used_the_coupon() -> None:
    world, _ = bought(lines=2)
    facts = world.decide(back.failing(1))
    world.fold(*facts)
    assert (units_back(facts), mine(world)) == ([], [1, 1])
    facts = world.decide(back.failing(2))
    assert len(units_back(facts)) == 2
    assert mine(world.fold(*facts)) == [0, 0]


def test_what_fails_after_all_else_was_given_back_ends_the_order_as_refunded() -> None:
    """Nothing is left to deliver, and nothing to confirm (C7)."""
    history = (*say.to_paid(2), say.line_delivered(1))
    money = back.by_hand(back.price(1), (1, back.price(1)))
    last = back.refunding(2, whole=True)
    world = say.given(*history, money).when(back.failing(2)).then(back.line_failed(2), last)
    world.fold(*world.decide(back.issued(money.refund_id)))
    (end,) = world.decide(back.issued(last.refund_id))
    assert isinstance(end, OrderRefunded)
    assert end.whole
    part = back.by_hand(1, (1, 1))
    kept = back.refunding(2), say.delivered(1)
    say.given(*history, part).when(back.failing(2)).then(back.line_failed(2), *kept)
