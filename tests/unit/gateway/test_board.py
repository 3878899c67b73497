"""The board of a promotion day: counted from orders' facts, never typed in (F5, G2)."""

from collections import Counter

import msgspec
from msgspec.structs import replace

from services.gateway.api.admin_board import percentiles
from services.gateway.projections import board, parked
from services.gateway.projections.order import OrderDoc
from services.gateway.projections.times import BOUNDS_MS, step_of
from shared.contracts.message import Fact
from shared.contracts.refunds import OrderRefunded
from shared.contracts.shard import ParkedRetried, ParkedSkipped, RecordParked
from tests.unit.gateway.test_in_hand import delivered
from tests.unit.gateway.test_order_view import (
    ACCEPTED,
    COMPLETED,
    DELIVERED,
    PAID,
    PLACED,
    REJECTED,
    REQUESTED,
    seen,
)

WALK = (
    ("OrderPlaced", 10), ("OrderAccepted", 30), ("PaymentRequested", 70), ("OrderPaid", 150),
    ("OrderDelivered", 310),
)  # fmt: skip
TOOK = {"orders": 10, "risk": 20, "inventory": 40, "payments": 80, "delivery": 160}
COORDINATES = "orders.commands/3/7"


def told(doc: OrderDoc, fact: Fact) -> dict[str, int]:
    """What the fact adds to its slot."""
    counts: board.Counts = {}
    board.counted(counts, doc, fact, 3)
    return next(iter(counts.values()), {})


def took(doc: OrderDoc) -> dict[str, int]:
    """How long each service had it, as the upper bound of a step."""
    steps = (name.split("/")[1:] for name in told(doc, DELIVERED) if name.startswith("took/"))
    return {service: BOUNDS_MS[int(step)] for service, step in steps}


def test_each_fact_adds_what_it_says_and_others_nothing() -> None:
    assert told(seen(PLACED), PLACED) == {"placed": 1}
    assert told(seen(REJECTED), REJECTED) == {"refused/PRICE_CHANGED": 1}
    assert told(seen(PLACED, ACCEPTED, REQUESTED, PAID), PAID) == {
        "paid": 1, "revenue": 9_600, "sku/sku-1": 2,
    }  # fmt: skip
    assert told(seen(PLACED, PAID, DELIVERED), DELIVERED)["delivered"] == 1
    assert told(seen(PLACED, ACCEPTED), ACCEPTED) == {"cleared": 1}
    assert told(seen(PLACED, ACCEPTED, REQUESTED), REQUESTED) == {"reserved": 1}
    assert told(seen(PLACED, COMPLETED), COMPLETED) == {}


def test_an_order_that_gives_back_twice_is_one_of_which_something_went_back() -> None:
    part = OrderRefunded(
        order_id="ord-1", account_id="acc-1", refund_id="r-1", lines=(), amount=100, to="wallet",
        whole=False,
    )  # fmt: skip
    assert told(replace(seen(PLACED), refunded=100), part) == {"refunded": 1, "back": 100}
    assert told(replace(seen(PLACED), refunded=200), part) == {"refunded": 0, "back": 100}


def test_who_has_an_order_in_hand_is_told_by_its_last_fact_and_since_when() -> None:
    """A service that stands still is seen at once, though it delivers nothing to measure (G2)."""
    walked = delivered(*WALK[:3])
    both = [walked, replace(walked, steps=walked.steps[:2])]
    assert board.in_hand(both, walked.steps[0].time_ms + 1_000) == {
        "payments": board.Hand(1, 940), "inventory": board.Hand(1, 980),
    }  # fmt: skip
    later = [*both, delivered(*WALK[:3])]
    assert board.in_hand(later, walked.steps[0].time_ms)["payments"].orders == 2


def test_what_buyers_people_and_suppliers_are_waited_for_is_in_nobody_s_hand() -> None:
    declined = delivered(*WALK[:3], ("OrderDeclined", 90))
    paid = delivered(*WALK[:4])
    topup = replace(paid, lines=tuple(replace(line, kind="topup") for line in paid.lines))
    assert board.in_hand([declined, topup, delivered(*WALK)], 9_000_000) == {}
    assert set(board.in_hand([paid], 9_000_000)) == {"delivery"}


def test_a_delivered_order_says_how_long_each_service_had_it() -> None:
    assert took(delivered(*WALK)) == {
        service: BOUNDS_MS[step_of(took_ms)] for service, took_ms in TOOK.items()
    }


def test_what_waited_for_people_or_is_paid_elsewhere_says_nothing_but_paid_to_delivered() -> None:
    reviewed = (WALK[0], ("OrderInReview", 20), *WALK[1:])
    assert set(took(delivered(*reviewed))) == {"delivery"}
    assert told(delivered(*reviewed), DELIVERED)["looked_at"] == 1
    assert "looked_at" not in told(delivered(*WALK), DELIVERED)
    assert set(took(replace(delivered(*WALK), pay_with="yunfu"))) == {"delivery"}
    topup = tuple(replace(line, kind="topup") for line in delivered(*WALK).lines)
    assert took(replace(delivered(*WALK), lines=topup)) == {}


def test_lines_on_the_way_do_not_hide_when_it_was_paid() -> None:
    walk = (*WALK[:-1], ("LineDelivered", 300), WALK[-1])
    assert took(delivered(*walk))["delivery"] == BOUNDS_MS[step_of(160)]


def test_facts_are_counted_in_the_slot_that_they_were_decided_in() -> None:
    counts: board.Counts = {}
    early, late = seen(PLACED), seen(*[PLACED] * 11)
    board.counted(counts, early, PLACED, 3)
    board.counted(counts, early, PLACED, 3)
    board.counted(counts, late, PLACED, 4)
    board.counted(counts, early, COMPLETED, 3)
    assert counts == {(1, 3): {"placed": 2}, (2, 4): {"placed": 1}}


def test_what_comes_is_added_to_what_a_slot_held() -> None:
    assert board.added({"placed": 2, "paid": 1}, {"placed": 3, "sku/x": 4}) == {
        "placed": 5, "paid": 1, "sku/x": 4,
    }  # fmt: skip


def test_slots_are_summed_over_shards() -> None:
    rows = [(7, {"placed": 2, "refused/X": 1}), (7, {"placed": 1}), (8, {"refused/X": 4})]
    slots = board.summed((slot, msgspec.msgpack.encode(counts)) for slot, counts in rows)
    assert slots == {7: {"placed": 3, "refused/X": 1}, 8: {"refused/X": 4}}
    assert board.under(slots[7] + slots[8], "refused/") == {"X": 5}


def test_percentiles_are_upper_bounds_of_steps_and_nothing_of_nothing() -> None:
    many = Counter({str(step_of(10)): 98, str(step_of(500)): 1, str(step_of(4_000)): 1})
    assert percentiles(many) == {"p50_ms": 10, "p95_ms": 10, "p99_ms": 500, "orders": 100}
    assert percentiles(Counter()) == {}


def test_a_parked_record_stands_there_until_it_is_processed_or_passed_over() -> None:
    about = {"subject_id": "ord-1", "coordinates": COORDINATES}
    put = RecordParked(**about, reason="BadValue", behind=False)
    text, row = parked.statement(put, "orders", 3, 9)
    assert (text, row) == (
        parked.PARKED, ("orders", COORDINATES, 3, "ord-1", "BadValue", False, 9),
    )  # fmt: skip
    for gone in (ParkedRetried(**about), ParkedSkipped(**about, reason="r", by="li")):
        assert parked.statement(gone, "orders", 3, 9) == (parked.GONE, ("orders", COORDINATES))
