"""Partitions side by side: close to the order of time, none far ahead, nothing lost."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shared.replay.files import Stored
from shared.replay.merge import LOW_RECORDS, Merge

A, B = ("a", 0), ("b", 0)


def records(topic: str, *times: int) -> list[Stored]:
    return [Stored(topic, 0, n, None, None, [], time) for n, time in enumerate(times)]


def times(taken: Sequence[object]) -> list[int]:
    return [getattr(record, "timestamp", -1) for record in taken]


def test_nothing_is_taken_while_a_partition_that_goes_on_has_nothing_at_hand() -> None:
    merge = Merge([A, B])
    merge.add(A, records("a", 1, 2))
    assert merge.take() == []
    assert merge.starving == {B}


def test_the_oldest_is_taken_first_until_a_partition_runs_dry() -> None:
    merge = Merge([A, B])
    merge.add(A, records("a", 1, 4, 9))
    merge.add(B, records("b", 2, 3))
    assert times(merge.take()) == [1, 2, 3]
    merge.end(B)
    assert times(merge.take()) == [4, 9]
    assert not merge.done
    merge.end(A)
    assert merge.done


def test_time_that_falls_within_a_partition_holds_nobody_up() -> None:
    merge = Merge([A, B])
    merge.add(A, records("a", 5, 1, 6))
    merge.add(B, records("b", 2, 7))
    merge.end(A)
    merge.end(B)
    assert times(merge.take()) == [2, 5, 1, 6, 7]


def test_a_partition_with_plenty_at_hand_is_not_asked_for_more() -> None:
    merge = Merge([A, B])
    merge.add(A, records("a", *range(LOW_RECORDS)))
    assert merge.hungry() == [B]


@given(st.lists(st.lists(st.integers(0, 50), max_size=20), max_size=5), st.integers(1, 7))
def test_everything_comes_out_once_and_a_partition_in_its_own_order(
    lanes: list[list[int]], chunk: int
) -> None:
    routes = [(f"t{n}", 0) for n in range(len(lanes))]
    waiting = {r: records(r[0], *lane) for r, lane in zip(routes, lanes, strict=True)}
    merge, taken = Merge(routes), list[object]()
    while not merge.done:
        for route in merge.starving:
            some, waiting[route] = waiting[route][:chunk], waiting[route][chunk:]
            merge.add(route, some)
            if not some:
                merge.end(route)
        taken += merge.take()
    for route, lane in zip(routes, lanes, strict=True):
        own = [record for record in taken if getattr(record, "topic", "") == route[0]]
        assert times(own) == lane
