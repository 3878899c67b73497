"""State from facts alone, as of any moment; one number to compare it by."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments import domain as payments
from shared.contracts.shard import ShardRebuilt
from shared.replay.chain import Chains
from shared.replay.fold import Fold, Moment, Place, encoded, fingerprint, point_of
from shared.testing.scenario import World
from tests.unit.payments import examples as say
from tests.unit.replay.logs import START_MS, whole_log

HISTORY = [
    say.deposited(100),
    say.declined(100),
    say.deposited(say.PRICE, balance=say.PRICE + 100),
    say.confirmed(100, "req-1"),
]
states = st.dictionaries(st.text(max_size=4), st.binary(max_size=4), max_size=6)


def test_a_fold_of_the_facts_is_the_state() -> None:
    fold = Fold(payments)
    for fact in HISTORY:
        fold.apply(fact)
    assert fold.states == World(payments).fold(*HISTORY).states
    assert fold.facts == 4


def test_the_engines_own_facts_change_no_aggregate() -> None:
    fold = Fold(payments)
    fold.apply(ShardRebuilt(subject_id="payments/0", position=3, worker="w"))
    assert fold.states == {}


def test_what_is_encoded_has_a_fingerprint() -> None:
    one, other = Fold(payments), Fold(payments)
    for fact in HISTORY:
        one.apply(fact)
        other.apply(fact)
    encode = msgspec.msgpack.encode
    same = fingerprint(encoded(one.states, encode)) == fingerprint(encoded(other.states, encode))
    assert same
    other.apply(say.expired())
    other.apply(say.deposited(1, balance=101))
    assert fingerprint(encoded(one.states, encode)) != fingerprint(encoded(other.states, encode))


@given(states, states)
def test_a_fingerprint_tells_sets_of_aggregates_apart_and_not_their_order(
    one: dict[str, bytes], other: dict[str, bytes]
) -> None:
    assert fingerprint(one.items()) == fingerprint(reversed(one.items()))
    assert (fingerprint(one.items()) == fingerprint(other.items())) == (one == other)


def test_a_point_is_a_time_or_a_place() -> None:
    assert point_of("2026-11-11T00:05:00+08:00") == Moment(1_794_326_700_000)
    assert point_of("/kameng/orders/3:1200") == Place("/kameng/orders/3", 1200)
    for text in ("yesterday", "/kameng/orders/3", "/kameng/orders/3:x"):
        with pytest.raises(ValueError):  # noqa: PT011  # which words it uses is the parser's business
            point_of(text)


def test_a_point_includes_what_was_written_up_to_it() -> None:
    entries = [entry for entry in Chains().feed(whole_log().read()) if entry.position]
    place = Place("/kameng/orders/1", 5)
    assert sum(place.includes(entry) for entry in entries) == 5
    moment = Moment(START_MS + 5)
    assert sum(moment.includes(entry) for entry in entries) == 10
