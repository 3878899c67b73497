"""Showing a code: to its owner, once it is delivered, each time a fact (D4, D5)."""

import pytest

from services.delivery import domain
from services.delivery.domain import Limits
from services.delivery.domain.order import NotDelivered
from shared.contracts.message import Fact
from shared.testing.scenario import given
from tests.unit.delivery import examples as say

REVEALS_PER_HOUR_MAX = Limits().reveals_per_hour_max
DELIVERED = (say.prepared(1), say.prepared(2), say.delivered(1), say.delivered(2))


def seen(times: int, **changes: str) -> list[Fact]:
    return [
        say.revealed(10 + n, say.NOON_MS, request_id=f"earlier-{n}", **changes)
        for n in range(times)
    ]


def test_the_owner_is_shown_all_cards_of_a_delivered_line() -> None:
    given(domain, *DELIVERED).when(say.reveal(2)).then(say.revealed(2))


def test_the_same_request_is_the_same_reveal() -> None:
    history = [*DELIVERED, say.revealed(1)]
    later = say.reveal(1, say.NOON_MS + 9 * say.HOUR_MS)
    given(domain, *history).when(later).then_nothing()


def test_another_request_is_another_reveal() -> None:
    history = [*DELIVERED, say.revealed(1)]
    again = say.reveal(1, request_id="req-2")
    given(domain, *history).when(again).then(say.revealed(1, request_id="req-2"))


def test_what_replaced_a_card_is_shown_beside_it() -> None:
    shown = (*say.ids(1), "spare-1")
    world = given(domain, *DELIVERED).when(say.replace(1)).then(say.replaced(1))
    assert world.decide(say.reveal(1)) == [say.revealed(1, card_ids=shown)]


@pytest.mark.parametrize("history", [[], [say.prepared(1)], [say.prepared(1), say.forgotten(1)]])
def test_nothing_replaces_what_was_never_delivered(history: list[Fact]) -> None:
    with pytest.raises(NotDelivered):
        given(domain, *history).when(say.replace(1))
    with pytest.raises(NotDelivered):
        given(domain, *DELIVERED).when(say.replace(1, account_id="acc-2"))


@pytest.mark.parametrize(
    "history",
    [
        [],
        [say.prepared(1)],
        [say.awaited(1)],
        [say.prepared(1), say.forgotten(1)],
        [say.prepared(1), say.prepared(2), say.delivered(2)],
        [say.forgotten(1), say.failed(1)],
    ],
    ids=["unknown", "unpaid", "awaited", "forgotten", "another line's", "failed"],
)
def test_what_is_not_delivered_is_not_shown(history: list[Fact]) -> None:
    given(domain, *history).when(say.reveal(1)).then(say.reveal_refused("NOT_DELIVERED"))


def test_nobody_is_shown_what_is_another_account_s() -> None:
    refused = say.reveal_refused("NOT_DELIVERED", account_id="acc-2")
    given(domain, *DELIVERED).when(say.reveal(1, account_id="acc-2")).then(refused)


def test_a_refused_request_stays_refused_after_delivery() -> None:
    history = [say.reveal_refused("NOT_DELIVERED"), *DELIVERED]
    given(domain, *history).when(say.reveal(1)).then_nothing()


def test_within_the_hour_so_many_lines_are_shown() -> None:
    history = [*DELIVERED, *seen(REVEALS_PER_HOUR_MAX - 1)]
    given(domain, *history).when(say.reveal(1)).then(say.revealed(1))


def test_within_the_hour_no_more_lines_than_the_limit_are_shown() -> None:
    history = [*DELIVERED, *seen(REVEALS_PER_HOUR_MAX)]
    given(domain, *history).when(say.reveal(1)).then(say.reveal_refused("REVEAL_LIMIT"))


def test_the_next_hour_counts_anew() -> None:
    history = [*DELIVERED, *seen(REVEALS_PER_HOUR_MAX)]
    later = say.NOON_MS + say.HOUR_MS
    given(domain, *history).when(say.reveal(1, later)).then(say.revealed(1, later))


def test_one_account_s_reveals_do_not_count_against_another_s() -> None:
    history = [*DELIVERED, *seen(REVEALS_PER_HOUR_MAX, account_id="acc-2")]
    given(domain, *history).when(say.reveal(1)).then(say.revealed(1))


def test_refusals_do_not_count() -> None:
    refusals = [
        say.reveal_refused("NOT_DELIVERED", request_id=f"earlier-{n}")
        for n in range(REVEALS_PER_HOUR_MAX)
    ]
    given(domain, *refusals, *DELIVERED).when(say.reveal(1)).then(say.revealed(1))


def looked(times: int) -> list[Fact]:
    return [say.revealed(request_id=f"earlier-{n}") for n in range(times)]


def test_a_line_is_shown_so_often_an_hour_and_then_the_next_hour_again() -> None:
    most = say.LIMITS.reveals_of_line_per_hour_max
    history = [say.prepared(1), say.delivered(1), *looked(most)]
    given(domain, *history).when(say.reveal()).then(say.reveal_refused("REVEAL_LIMIT"))
    later = say.NOON_MS + say.HOUR_MS
    then = say.revealed(revealed_ms=later)
    given(domain, *history).when(say.reveal(now_ms=later)).then(then)
    fewer = [say.prepared(1), say.delivered(1), *looked(most - 1)]
    given(domain, *fewer).when(say.reveal()).then(say.revealed())


def test_another_line_s_looks_do_not_count_for_this_one() -> None:
    most = say.LIMITS.reveals_of_line_per_hour_max
    other = [say.revealed(2, request_id=f"earlier-{n}") for n in range(most)]
    history = [say.prepared(1), say.delivered(1), *other]
    given(domain, *history).when(say.reveal()).then(say.revealed())


def test_whoever_reads_faster_than_people_do_is_told_of_once_an_hour() -> None:
    most = say.LIMITS.harvest_per_hour
    read = [say.revealed(3 + n, request_id=f"earlier-{n}") for n in range(most - 1)]
    history = [say.prepared(1), say.delivered(1), say.prepared(2), say.delivered(2), *read]
    world = given(domain, *history).when(say.reveal()).then(say.revealed(), say.harvest(most))
    assert world.decide(say.reveal(2, request_id="next")) == [say.revealed(2, request_id="next")]
