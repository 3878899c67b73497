"""How far behind a reader is, and how old the oldest unprocessed record, told without asking."""

from shared.shards.lagging import Behind, Lagging
from shared.shards.ports import Polled

TOPIC, SHARD = "orders.commands", 3
ROUTE = (TOPIC, SHARD)
NOW_MS = 10_000
MOST = 100


def records(*times_ms: int, start: int = 0) -> list[Polled]:
    return [
        Polled(*ROUTE, start + at, None, None, (), time_ms) for at, time_ms in enumerate(times_ms)
    ]


def behind(lagging: Lagging, offset: int, end: int) -> Behind:
    return lagging.behind(SHARD, {TOPIC: offset}, {ROUTE: end, (TOPIC, 4): 99}, NOW_MS)


def test_a_reader_at_the_end_is_not_behind() -> None:
    assert behind(Lagging(), 7, 7) == Behind(0, 0)


def test_what_is_in_hand_is_as_old_as_its_first_record() -> None:
    lagging = Lagging()
    lagging.polled({ROUTE: records(4_000, 9_000)}, MOST, 9_500)
    assert behind(lagging, 0, 2) == Behind(2, 6_000)


def test_what_came_after_everything_was_handed_out_is_younger_than_that() -> None:
    lagging = Lagging()
    lagging.polled({ROUTE: records(4_000, 5_000)}, MOST, 9_500)
    assert behind(lagging, 2, 5) == Behind(3, 500)


def test_a_full_poll_may_have_left_records_as_old_as_its_last() -> None:
    lagging = Lagging()
    lagging.polled({ROUTE: records(4_000, 5_000)}, 2, 9_500)
    assert behind(lagging, 2, 5) == Behind(3, 5_000)


def test_a_shard_from_another_place_starts_anew() -> None:
    lagging = Lagging()
    lagging.polled({ROUTE: records(4_000)}, MOST, 9_500)
    lagging.forget([SHARD])
    assert behind(lagging, 0, 1) == Behind(1, 500)
