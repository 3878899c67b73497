"""A log is proved whole, or the exact record is named (G6)."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.shard import ShardRebuilt
from shared.replay.causes import Causes
from shared.replay.chain import Chains
from shared.replay.entry import Entry
from shared.replay.files import Stored
from shared.replay.finding import Finding, Flaw
from tests.unit.replay.logs import Log, Writer, expired, fact, header, whole_log


def examined(records: Iterable[Stored], held_records_max: int = 1000) -> list[Finding]:
    """All that chains and causes find."""
    chains, causes = Chains(held_records_max=held_records_max), Causes()
    entries = [*chains.feed(records), *chains.finish()]
    found = [finding for entry in entries for finding in causes.feed(entry)]
    return [*chains.findings, *found, *causes.finish()]


def seen(log: Log) -> list[tuple[Flaw, str]]:
    return [(finding.flaw, str(finding.where)) for finding in examined(log.read())]


def test_a_whole_log_has_no_flaw() -> None:
    assert seen(whole_log()) == []


def test_every_record_is_handed_on_once_and_a_source_in_its_own_order() -> None:
    chains = Chains()
    entries = chains.feed(whole_log().read())
    assert len(entries) == len(whole_log().places)
    for source in (b"/kameng/orders/0", b"/kameng/orders/1"):
        positions = [entry.position for entry in entries if entry.source == source]
        assert positions == list(range(1, 19))


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_partitions_are_read_does_not_matter(random: Random) -> None:
    lanes = [iter(lane) for lane in whole_log().lanes.values()]
    records: list[Stored] = []
    while lanes:
        lane = random.choice(lanes)
        if (record := next(lane, None)) is None:
            lanes.remove(lane)
        else:
            records.append(record)
    assert examined(records) == []


@pytest.mark.parametrize("part", ["ce_type", "ce_source", "ce_id", "ce_subject", "ce_time"])
def test_a_changed_header_is_found_at_its_record(part: str) -> None:
    log, where = whole_log(), "orders.events/1/4"
    new = {"ce_id": b"999", "ce_time": b"2024-01-01T00:00:00.000Z"}.get(part, b"/kameng/orders/7")
    log.change(where, lambda record: header(record, part, new))
    assert where in [place for _, place in seen(log)]


@pytest.mark.parametrize("where", ["orders.events/0/3", "inventory.commands/1/2"])
def test_a_changed_byte_is_found_at_its_record_and_nowhere_else(where: str) -> None:
    log = whole_log()
    log.change(where, lambda r: r._replace(value=(r.value or b"").replace(b"ord-", b"ord_")))
    assert seen(log) == [(Flaw.CHAIN, where)]


def test_a_changed_key_is_found() -> None:
    log, where = whole_log(), "orders.events/0/3"
    log.change(where, lambda record: record._replace(key=b"other"))
    assert seen(log) == [(Flaw.CHAIN, where)]


def test_a_changed_command_of_a_client_is_found_by_the_facts_that_follow_from_it() -> None:
    log = whole_log()
    log.change("orders.commands/0/2", lambda record: record._replace(value=b"{}"))
    found = seen(log)
    assert {flaw for flaw, _ in found} == {Flaw.CAUSE}
    assert "orders.events/0/4" in [place for _, place in found]


def test_a_dropped_command_of_a_client_is_found() -> None:
    log = whole_log()
    log.drop("orders.commands/0/5")
    assert {flaw for flaw, _ in seen(log)} == {Flaw.CAUSE}


def test_a_dropped_record_is_named_by_the_one_that_follows_it() -> None:
    log = whole_log()
    log.drop("orders.events/0/3")
    found = examined(log.read())
    assert [(f.flaw, str(f.where), f.position) for f in found] == [
        (Flaw.GAP, "orders.events/0/3", 5)
    ]
    assert "orders.events/0" in str(found[0])


def test_a_dropped_record_with_nothing_after_it_in_its_partition_is_named_by_position() -> None:
    log = whole_log()
    log.drop("inventory.commands/0/5")
    found = examined(log.read())
    assert [(f.flaw, f.where, f.source, f.position) for f in found] == [
        (Flaw.GAP, None, "/kameng/orders/1", 15)
    ]


def test_the_first_record_cannot_be_dropped_either() -> None:
    log = whole_log()
    log.drop("orders.events/0/0")
    assert [flaw for flaw, _ in seen(log)] == [Flaw.GAP]


def test_a_partition_whose_front_was_cut_off_is_found() -> None:
    log = whole_log()
    del log.lanes["inventory.commands", 0][0]
    assert Flaw.OFFSET in [flaw for flaw, _ in seen(log)]


def test_two_swapped_records_are_found() -> None:
    log = whole_log()
    log.swap("orders.events/0/3")
    assert seen(log) == [(Flaw.ORDER, "orders.events/0/4")]


def test_a_record_forged_with_its_own_chain_contradicts_the_next() -> None:
    log, forger = whole_log(), Writer(0)
    forged = [forger.seal("orders.events", 0, fact(7)) for _ in range(4)][-1]
    wire: list[tuple[str, bytes | None]] = [*forged.headers(forger.source)]
    log.change("orders.events/0/2", lambda r: r._replace(headers=wire, value=forged.value))
    assert Flaw.CHAIN in [flaw for flaw, _ in seen(log)]


def test_records_that_are_sent_again_are_no_flaw() -> None:
    log = whole_log()
    for where in ("orders.events/0/10", "orders.events/0/11", "inventory.commands/1/5"):
        topic, partition, offset = where.rsplit("/", 2)
        again = log.lanes[topic, int(partition)][int(offset)]
        route = (again.topic, again.partition)
        log.append(route, again.key or b"", again.value or b"", again.headers)
    assert seen(log) == []


def test_a_repeat_with_another_content_is_found() -> None:
    log = whole_log()
    again = log.lanes["orders.events", 0][10]
    where = log.append(("orders.events", 0), again.key or b"", b"{}", again.headers)
    assert seen(log) == [(Flaw.FORK, where)]  # read while the first is held back
    log.lanes = dict(reversed(log.lanes.items()))
    assert seen(log) == [(Flaw.CHAIN, where)]  # read long after it


def test_a_second_record_of_one_position_is_a_fork() -> None:
    log, other = whole_log(), Writer(0)
    sealed = [other.seal("orders.events", 0, expired(number)) for number in range(4)]
    where = log.put(other.source, sealed[-1])
    assert seen(log) == [(Flaw.FORK, where)]


def test_a_fork_that_is_read_before_its_turn_is_found_as_well() -> None:
    log, writer, other = Log(), Writer(0), Writer(0)
    first, second = (w.seal("orders.events", 0, fact(1)) for w in (writer, other))
    late = [w.seal("orders.events", 0, fact(n)) for n, w in enumerate((writer, other))]
    for sealed in (*late, first):
        log.put(writer.source, sealed)
    assert second == first
    assert [flaw for flaw, _ in seen(log)] == [Flaw.FORK, Flaw.ORDER]


def rebuilt_by(worker: str) -> ShardRebuilt:
    return ShardRebuilt(subject_id="orders/0", position=1, worker=worker)


def test_two_workers_that_rebuild_a_shard_at_once_are_no_fork() -> None:
    log, first, second = Log(), Writer(0), Writer(0)
    both = (first, second)
    shared = [writer.seal("orders.events", 0, fact(1)) for writer in both]
    log.put(first.source, shared[0])
    for number, writer in enumerate(both):
        log.put(writer.source, writer.seal("orders.events", 0, rebuilt_by(f"w{number}")))
    log.put(first.source, first.seal("orders.events", 0, fact(2)))
    assert seen(log) == []
    log.put(second.source, second.seal("orders.events", 0, fact(3)))
    assert seen(log) == [(Flaw.FORK, "orders.events/0/4")]


def test_a_source_writes_only_where_the_matrix_lets_it() -> None:
    log, writer = Log(), Writer(0, "risk")
    where = log.put(writer.source, writer.seal("orders.events", 0, fact(1)))
    assert seen(log) == [(Flaw.FOREIGN, where)]


def test_a_shard_writes_its_facts_to_its_own_partition() -> None:
    log, writer = Log(), Writer(0)
    where = log.put(writer.source, writer.seal("orders.events", 1, fact(1)))
    assert seen(log) == [(Flaw.FOREIGN, where)]


def test_time_does_not_fall() -> None:
    log, writer = Log(), Writer(0)
    log.put(writer.source, writer.seal("orders.events", 0, fact(1)))
    writer.time_ms -= 1000
    where = log.put(writer.source, writer.seal("orders.events", 0, fact(2)))
    assert seen(log) == [(Flaw.TIME, where)]


def test_previous_names_the_record_before_it() -> None:
    log, writer = Log(), Writer(0)
    log.put(writer.source, writer.seal("orders.events", 0, fact(1)))
    writer.lasts.clear()
    where = log.put(writer.source, writer.seal("orders.events", 0, fact(2)))
    assert seen(log) == [(Flaw.PREVIOUS, where)]


def test_what_has_no_readable_headers_is_damage_among_facts_and_a_mistake_among_commands() -> None:
    log = whole_log()
    where = log.append(("orders.events", 0), b"k", b"{}", [("ce_type", None)])
    log.append(("orders.commands", 0), b"k", b"{}", [("ce_type", b"\xff")])
    assert seen(log) == [(Flaw.ENVELOPE, where)]


def test_a_record_without_a_link_is_no_fact() -> None:
    log = whole_log()
    told = log.lanes["orders.commands", 0][0]
    where = log.append(("orders.events", 0), b"acc", told.value or b"", told.headers)
    assert seen(log) == [(Flaw.ENVELOPE, where)]


def test_a_record_that_was_lost_and_sent_again_shows_as_one_out_of_order() -> None:
    log, writer = Log(), Writer(0)
    first, lost, third = (writer.seal("orders.events", 0, fact(n)) for n in range(3))
    for sealed in (first, third, lost, third):
        log.put(writer.source, sealed)
    assert seen(log) == [(Flaw.ORDER, "orders.events/0/2")]


def test_what_is_held_back_is_bounded_and_a_later_record_is_still_known() -> None:
    log, writer = Log(), Writer(0)
    sealed = [writer.seal("orders.events", 0, fact(number)) for number in range(50)]
    for each in (*sealed[1:], sealed[0]):
        log.put(writer.source, each)
    found = examined(log.read(), held_records_max=10)
    assert [(f.flaw, f.position) for f in found] == [(Flaw.GAP, 1), (Flaw.STALE, 1)]


@given(place=st.integers(0, 41), how=st.integers(0, 5), data=st.data())
def test_no_single_change_goes_unseen(place: int, how: int, data: st.DataObject) -> None:
    log = whole_log()
    where = log.places[place]
    match how:
        case 0:
            byte = data.draw(st.integers(0, 20))
            log.change(where, lambda r: r._replace(value=flipped(r.value or b"", byte)))
        case 1:
            log.drop(where)
        case _:
            names = ["ce_type", "ce_source", "ce_id", "ce_subject", "ce_time", "ce_link"]
            name = data.draw(st.sampled_from(names))
            log.change(
                where, lambda r: header(r, name, flipped(dict(r.headers).get(name) or b"", 3))
            )
    # The door's headers are nobody's word; a source's last record is missed by signed heads alone.
    door = where.startswith("orders.commands") and how > 1
    assert door or (how == 1 and where in LAST) or seen(log)


LAST = {"inventory.commands/1/4", "inventory.commands/1/5"}


def flipped(data: bytes, at: int) -> bytes:
    at %= len(data) or 1
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if data else b"x"


def test_an_entry_knows_where_it_lies() -> None:
    chains = Chains()
    entries: list[Entry] = chains.feed(whole_log().read())
    assert {str(entry.where) for entry in entries} == set(whole_log().places)
