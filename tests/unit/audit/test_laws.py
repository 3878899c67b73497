"""Each law: a history that keeps it, and the smallest one that does not."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain import Books, Law, Seen
from shared.contracts.message import Fact
from shared.contracts.orders import OrderExpired
from tests.unit.audit import story as say
from tests.unit.audit import (
    test_asides,
    test_disputes,
    test_invoices,
    test_money_back,
    test_offers,
    test_quotas,
    test_topups,
)
from tests.unit.audit.story import ONE, PRICE, TWO, bought, held, judged, stocked

History = list[Fact]


def without(name: str, history: History) -> History:
    return [fact for fact in history if type(fact).__name__ != name]


def instead(old: Fact, new: Fact, history: History) -> History:
    assert old in history
    return [new if fact == old else fact for fact in history]


def expired() -> History:
    """Not paid in time, everything given back."""
    back = [say.released(ONE, 0, 1), say.released(TWO, 2, index=6)]
    return [*held(), say.payment_expired(), say.order_expired(ONE, TWO), *back]


@pytest.mark.parametrize(
    "history",
    [
        bought(),
        expired(),
        [*stocked(), say.placed(), say.rejected()],
        [say.cancelled()],
    ],
)
def test_a_history_as_it_should_be_breaks_no_law(history: History) -> None:
    assert judged(history) == []


def test_a_declined_payment_that_waits_is_at_rest() -> None:
    history = without("FundsDeposited", held())
    assert judged([*history, say.declined(0)]) == []


def test_what_facts_say_is_left_is_what_is_left() -> None:
    last = ONE.model_copy(update={"reservation_id": "res-9"})
    reserved = [say.reserved(ONE, 0, 1), say.ran_low(2), say.reserved(TWO, 2, 3), say.sold_out()]
    books = Books()
    for fact in [*stocked(), *reserved, say.refused(last, 0)]:
        assert books.apply(fact, Seen("log/0/0", "x", say.START_MS)) == []


def test_the_logs_of_different_services_may_be_read_in_any_order() -> None:
    logs: dict[str, History] = {}
    for fact in bought():
        shard = "inventory.claims" if type(fact).__name__ == "CardClaimed" else fact.owner
        logs.setdefault(shard, []).append(fact)
    for order in itertools.permutations(logs.values()):
        assert judged(itertools.chain.from_iterable(order)) == []


@given(st.randoms(use_true_random=False))
def test_they_may_be_read_side_by_side_as_well(random: Random) -> None:
    lanes: dict[str, History] = {}
    for fact in bought():
        shard = "inventory.claims" if type(fact).__name__ == "CardClaimed" else fact.owner
        lanes.setdefault(shard, []).append(fact)
    picks = [name for name, lane in lanes.items() for _ in lane]
    random.shuffle(picks)
    queues = {name: iter(lane) for name, lane in lanes.items()}
    assert judged(next(queues[name]) for name in picks) == []


STRANGER = ONE.model_copy(update={"reservation_id": "res-9"})

BROKEN: list[tuple[Law, History]] = [
    # money
    (Law.POSTINGS_BALANCE, [say.deposited(postings=say.moved(5, "cash:operator", "wallet:acc-1"))]),
    (Law.POSTINGS_BALANCE, [say.deposited(5, postings=say.deposited(5).postings[1:])]),
    (Law.WALLET_ADDS_UP, [say.deposited(balance=7)]),
    (Law.WALLET_ADDS_UP, [say.deposited(5), say.declined(0)]),
    (Law.WALLET_NOT_NEGATIVE, [say.confirmed(balance=-3 * PRICE)]),
    (Law.DEPOSIT_ONCE, [say.deposited(5), say.deposited(5, balance=10)]),
    (Law.DECLINED_FOR_CAUSE, [say.deposited(5), say.declined(5, amount=5)]),
    # cards
    (Law.CLAIMED_ONCE, [*stocked(), say.claimed(0, line=9)]),
    (Law.CLAIM_RECEIVED, [say.claimed(0)]),
    (Law.CLAIM_RECEIVED, [say.received(0)]),
    (Law.CLAIM_RECEIVED, [say.claimed(0), say.received(0, sku="other")]),
    (Law.CLAIM_RECEIVED, [say.claimed(0), say.received(0, sealed="v1.other")]),
    (Law.CLAIM_RECEIVED, [*stocked(), say.received(0, index=4)]),
    (Law.QUEUE_IN_ORDER, [say.claimed(0), say.received(0, index=1)]),
    (Law.QUEUE_IN_ORDER, [*stocked(), say.reserved(ONE, 1, 2)]),
    (Law.CARD_HELD_ONCE, [*stocked(), say.reserved(ONE, 0, 1), say.reserved(TWO, 1, index=2)]),
    (Law.CARD_HELD_ONCE, [*bought(), say.reserved(STRANGER, 2, index=3)]),
    (Law.CARD_HELD_ONCE, [say.reserved(TWO, 0)]),
    (Law.CARD_HELD_ONCE, [*stocked(), say.reserved(TWO, 0, sku="other")]),
    (Law.RESERVED_ONCE, [*stocked(), say.reserved(ONE, 0, 1), say.reserved(ONE, 2, 3)]),
    (Law.RESERVED_ONCE, [*stocked(), say.reserved(ONE, 0, 1), say.refused(ONE, 2)]),
    (Law.RESERVATION_ENDS_ONCE, [*bought(), say.released(ONE, 0, 1)]),
    (Law.RESERVATION_ENDS_ONCE, [*bought(), say.committed(ONE)]),
    (Law.RESERVATION_ENDS_ONCE, [*held(), say.released(ONE, 0)]),
    (Law.RESERVATION_ENDS_ONCE, [*held(), say.committed(ONE, quantity=1)]),
    (Law.STOCK_ADDS_UP, [*stocked(), say.ran_low(3)]),
    (Law.STOCK_ADDS_UP, [*stocked(), say.sold_out()]),
    (Law.STOCK_ADDS_UP, [*stocked(), say.refused(ONE, 5)]),
    (Law.PAID_STOCK_IS_THERE, [say.commit_refused(ONE)]),
    # orders and what they lead to
    (Law.ORDER_LEGAL, [say.accepted()]),
    (Law.ORDER_LEGAL, [*bought(), say.placed()]),
    (Law.ORDER_LEGAL, [*held(), say.rejected(ONE, TWO)]),
    (Law.ORDER_LEGAL, [*stocked(), say.reserved(ONE, 0, 1)]),
    (Law.NO_EARLY_RELEASE, [*without("PaymentRequested", held()), say.requested(release=(ONE,))]),
    (Law.PAYMENT_ENDS_ONCE, [*bought(), say.payment_expired()]),
    (Law.PAYMENT_ENDS_ONCE, [*expired(), say.payment_cancelled()]),
    (Law.PAID_AS_ASKED, instead(say.requested(), say.requested(amount=1), bought())),
    (Law.PAID_AS_ASKED, instead(say.confirmed(), say.confirmed(lines=(ONE,)), bought())),
    (Law.PAID_AS_ASKED, without("PaymentRequested", bought())),
    (Law.ORDER_HEEDS_PAYMENT, instead(say.payment_expired(), say.confirmed(), expired())),
    (Law.ORDER_HEEDS_PAYMENT, instead(say.payment_expired(), say.payment_cancelled(), expired())),
    (Law.ORDER_HEEDS_PAYMENT, instead(say.confirmed(), say.payment_expired(), bought())),
    (Law.RELEASED_OR_PAID, [*held(), say.confirmed(), say.released(ONE, 0, 1)]),
    (Law.RELEASED_OR_PAID, [*held(), say.payment_expired(), say.committed(ONE)]),
    (Law.RELEASED_OR_PAID, without("StockCommitted", bought())),
    (Law.RELEASED_OR_PAID, [*held(), say.committed(ONE)]),
    (Law.DELIVERED_ONCE, [*bought(), say.delivered(ONE, 0, 1)]),
    (Law.DELIVERED_ONCE, [*bought(), say.delivered(TWO, 2, order_id="ord-2")]),
    (Law.DELIVERED_AS_PAID, [*held(), say.delivered(ONE, 0, 1), say.payment_expired()]),
    (Law.DELIVERED_AS_PAID, [*held(), say.payment_expired(), say.delivered(ONE, 0, 1)]),
    (Law.DELIVERED_AS_PAID, [*held(), say.delivered(ONE, 0, 1)]),
    (Law.DELIVERED_AS_PAID, [*bought(), say.delivered(STRANGER, 3, line=3)]),
    (Law.CARDS_AS_RESERVED, instead(say.delivered(TWO, 2), say.delivered(TWO, 3), bought())),
    (Law.CARDS_AS_RESERVED, instead(say.prepared(TWO, 2), say.prepared(TWO, 3), bought())),
    (Law.REVEALED_TO_OWNER, [*bought(), say.revealed(3)]),
    # at rest
    (Law.PAID_IS_DELIVERED, without("CardDelivered", bought())),
    (Law.PAID_IS_DELIVERED, [*bought(), say.delivery_failed()]),
    (Law.NOTHING_LEFT_HELD, without("StockReleased", expired())),
    (Law.NOTHING_LEFT_HELD, [*bought(), say.reserved(STRANGER, 3)]),
    (Law.NOTHING_STUCK, [*stocked(), say.placed()]),
    (Law.NOTHING_STUCK, held()),
    (Law.NOTHING_STUCK, [*held(), say.confirmed()]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_a_history_that_breaks_a_law_is_told_which(law: Law, history: History) -> None:
    assert law in judged(history)


ELSEWHERE = [
    *test_topups.BROKEN, *test_money_back.BROKEN, *test_disputes.BROKEN, *test_invoices.BROKEN,
    *test_quotas.BROKEN, *test_offers.BROKEN, *test_asides.BROKEN,
]  # fmt: skip


def test_every_law_has_been_seen_broken() -> None:
    assert {law for law, _ in (*BROKEN, *ELSEWHERE)} == set(Law)


def test_nothing_is_released_before_payments_has_spoken() -> None:
    by_deadline: dict[type[Fact], str] = {OrderExpired: "deadline/order/ord-1"}
    assert judged(expired(), by_deadline) == [Law.NO_EARLY_RELEASE]


def test_a_declined_payment_whose_deadline_has_passed_is_stuck() -> None:
    books = Books()
    for fact in [*without("FundsDeposited", held()), say.declined(0)]:
        assert books.apply(fact, Seen("log/0/0", "x", say.START_MS)) == []
    assert books.at_rest() == []
    books.time_ms = say.DEADLINE_MS + 1
    assert [found.law for found in books.at_rest()] == [Law.NOTHING_STUCK]


def test_what_has_just_happened_may_still_be_on_its_way() -> None:
    books = Books()
    for fact in held():
        assert books.apply(fact, Seen("log/0/0", "x", say.START_MS)) == []
    books.time_ms = say.START_MS + 1_000
    assert books.at_rest(patience_ms=5_000) == []
    assert books.in_flight(patience_ms=5_000) == 1
    assert [found.law for found in books.at_rest(patience_ms=500)] == [Law.NOTHING_STUCK]


def test_a_violation_names_the_record_and_the_order() -> None:
    books = Books()
    where = "orders.events/3/17"
    (found,) = books.apply(say.accepted(), Seen(where, "x", say.START_MS))
    assert str(found).startswith(f"{where}: ORDER_LEGAL")
    assert "order ord-1" in str(found)


def test_orders_are_counted_by_where_they_stand() -> None:
    books = Books()
    for fact in bought():
        books.apply(fact, Seen("log/0/0", "x", say.START_MS))
    assert books.stages() == {"completed": 1}
    assert books.money.sum == 0
    assert books.cards.stocks[say.SKU].sold == 3
