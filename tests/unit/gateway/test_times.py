"""How long deliveries take: measured on orders' log, never typed in (A6)."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.projections.order import LineDoc, OrderDoc, Step
from services.gateway.projections.times import (
    BOUNDS_MS,
    Counts,
    counted,
    percentiles,
    step_of,
)
from shared.contracts.orders import LineDelivered, OrderCompleted, OrderDelivered

WHOSE = {"order_id": "ord-1", "account_id": "acc-1"}
PAID_MS = 1_000_000


def order(took_ms: int, *, paid: bool = True) -> OrderDoc:
    """An order of two lines, one of them delivered so long after it was paid."""
    lines = tuple(
        LineDoc(number, f"sku-{number}", "p", "P", "S", "card", 1, 1, 100, 100) for number in (1, 2)
    )
    steps = [Step("OrderPaid", 4, PAID_MS, "processing")] if paid else []
    steps.append(Step("LineDelivered", 5, PAID_MS + took_ms, "processing"))
    return OrderDoc("ord-1", "acc-1", 3, "h", "processing", 0, 5, tuple(steps), lines)


def test_a_delivered_line_is_counted_for_its_sku_and_shard() -> None:
    counts: Counts = Counter()
    counted(counts, order(400), LineDelivered(**WHOSE, line=2), 3)
    counted(counts, order(40), OrderDelivered(**WHOSE, line=1, deadline_ms=1), 3)
    counted(counts, order(40), OrderCompleted(**WHOSE, by="buyer"), 3)
    counted(counts, order(40), LineDelivered(**WHOSE, line=9), 3)
    assert counts == {(3, "sku-2", step_of(400)): 1, (3, "sku-1", step_of(40)): 1}


def test_delivery_that_was_heard_of_before_the_payment_took_no_time() -> None:
    counts: Counts = Counter()
    counted(counts, order(40, paid=False), LineDelivered(**WHOSE, line=1), 0)
    assert counts == {(0, "sku-1", 0): 1}


def test_the_scale_rises_by_a_quarter_at_most_from_four_milliseconds_on() -> None:
    fine = [bound for bound in BOUNDS_MS if bound >= 4]
    assert all(before <= after for before, after in pairwise(BOUNDS_MS))
    assert all(after <= before * 5 // 4 + 1 for before, after in pairwise(fine))


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=200))
def test_a_percentile_is_an_upper_bound_and_hardly_more(durations: list[int]) -> None:
    counts = Counter(map(step_of, durations))
    (times,) = percentiles(("sku", step, count) for step, count in counts.items()).values()
    for bound, percent in ((times.p50_ms, 50), (times.p95_ms, 95)):
        within = sum(duration <= bound for duration in durations)
        assert within * 100 >= percent * len(durations) or bound == BOUNDS_MS[-1]
    assert times.p50_ms <= times.p95_ms


def test_shards_are_added_up_when_they_are_read() -> None:
    rows = [("sku", step_of(10), 90), ("sku", step_of(1_000), 10), ("other", step_of(50), 1)]
    times = percentiles(rows)
    assert (times["sku"].p50_ms, times["sku"].p95_ms) == (10, 1_000)
    assert times["other"].p50_ms == times["other"].p95_ms == 50


@pytest.mark.parametrize(("duration_ms", "bound_ms"), [(0, 1), (1, 1), (9, 10), (10**12, None)])
def test_a_duration_lies_under_the_bound_of_its_step(
    duration_ms: int, bound_ms: int | None
) -> None:
    assert BOUNDS_MS[step_of(duration_ms)] == (bound_ms or BOUNDS_MS[-1])
