"""How long orders wait for nobody but us: what the door sheds load by."""

from msgspec.structs import replace

from services.gateway.projections.order import LineDoc, OrderDoc, Step, looked_at
from services.gateway.projections.pace import JAM_ORDERS_MIN, in_hand_ms, paces

ASKED_MS = 1_000_000


def delivered(*steps: tuple[str, int], shard: int = 3) -> OrderDoc:
    """An order whose facts came so many milliseconds after it was asked for."""
    walked = tuple(
        Step(name, number, ASKED_MS + after_ms, "s")
        for number, (name, after_ms) in enumerate(steps)
    )
    line = LineDoc(1, "sku", "p", "P", "S", "card", 1, 1, 100, 100)
    return OrderDoc(
        "ord-1", "acc-1", shard, "h", "delivered", ASKED_MS, 5, walked, (line,), pay_with="wallet"
    )


def test_all_is_counted_from_the_asking_to_the_card() -> None:
    order = delivered(("OrderPlaced", 2_000), ("OrderPaid", 5_000), ("OrderDelivered", 9_000))
    assert in_hand_ms(order) == 9_000


def test_an_hour_that_the_buyer_took_is_not_ours() -> None:
    order = delivered(
        ("OrderPlaced", 10), ("OrderInReview", 20), ("OrderAccepted", 900_000),
        ("OrderDeclined", 900_100), ("OrderPaid", 4_000_000), ("OrderDelivered", 4_000_050),
    )  # fmt: skip
    assert in_hand_ms(order) == 20 + 100 + 50


def test_what_others_pay_or_deliver_says_nothing_of_us() -> None:
    order = delivered(("OrderPlaced", 10), ("OrderDelivered", 9_000))
    assert in_hand_ms(replace(order, pay_with="yunfu")) is None
    assert in_hand_ms(replace(order, lines=(replace(order.lines[0], kind="topup"),))) is None
    assert in_hand_ms(replace(order, state="processing")) is None


def test_of_a_batch_each_shards_median_is_told_if_it_was_slow() -> None:
    slow = delivered(("OrderPlaced", 10), ("OrderDelivered", 9_000))
    slower = delivered(("OrderPlaced", 10), ("OrderDelivered", 99_000))
    quick = delivered(("OrderPlaced", 10), ("OrderDelivered", 200), shard=4)
    refused = replace(quick, shard=3, state="refused")
    batch = [slower, slow, slow, refused, replace(slower, shard=4), quick, quick]
    assert paces(batch * JAM_ORDERS_MIN) == {3: 9_000}


def test_a_few_slow_orders_are_no_jam() -> None:
    slow = delivered(("OrderPlaced", 10), ("OrderDelivered", 9_000))
    assert paces([slow] * (JAM_ORDERS_MIN - 1)) == {}
    assert paces([slow] * JAM_ORDERS_MIN) == {3: 9_000}


def test_an_order_that_nobody_of_us_saw_goes_straight_through() -> None:
    """B3: the share of such orders is a metric."""
    alone = delivered(("OrderPlaced", 10), ("OrderDeclined", 20), ("OrderDelivered", 200))
    held = delivered(("OrderPlaced", 10), ("OrderInReview", 20), ("OrderDelivered", 200))
    assert (looked_at(alone), looked_at(held)) == (False, True)
