"""What becomes of each record that arrives."""

import json

import pytest

from shared.contracts.envelope import Headers
from shared.contracts.shard import (
    ParkedRetried,
    ParkedSkipped,
    RecordParked,
    RetryParked,
    SkipParked,
)
from shared.shards.admission import BODY_BYTES_MAX
from shared.testing.sender import Sender, door_headers

from .rig import Stage, who
from .test_publishing import moved
from .words import Foreign, Hold, Lapsed, Moved, Put, PutIn


def named(headers: Headers, name: str, value: bytes | None) -> Headers:
    return [(n, value if n == name else v) for n, v in headers]


async def test_a_repeated_record_changes_nothing(stage: Stage) -> None:
    worker, sender = await stage.ready(), Sender()
    put = Put(account=who(0), request="r", amount=5)
    sealed = await stage.send(sender, stage.commands, 0, put)
    await stage.settled()
    row = await stage.row(0)
    for _ in range(3):
        await stage.deliver(sender, sealed)
    await stage.settled()
    assert await stage.row(0) == row
    assert worker.ledger(0).tally.duplicate == 3
    assert len(await stage.facts(0)) == 1


async def test_a_command_ignored_once_stays_ignored(stage: Stage) -> None:
    await stage.ready()
    for _ in range(3):
        await stage.ask(Put(account=who(0), request="r", amount=5), 0)
        await stage.settled()
    await stage.rig.go_back(None)
    await stage.ask(Put(account=who(0), request="r", amount=5), 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 5
    assert [type(f) for f in await stage.facts(0)].count(PutIn) == 1


async def test_what_was_read_is_applied_skipped_parked_or_a_duplicate(stage: Stage) -> None:
    worker, sender = await stage.ready(), Sender()
    repeat = await stage.send(sender, stage.commands, 0, Put(account=who(0), request="r", amount=5))
    await stage.deliver(sender, repeat)
    await stage.send(sender, stage.commands, 0, Foreign(account=who(0)))
    await stage.ask(Put(account=who(0), request="r2", amount=5), 0)
    stage.rules.broken = {13}
    await stage.ask(Put(account=who(0), request="r3", amount=13), 0)
    await stage.ask(Put(account=who(0), request="r4", amount=1), 0)
    await stage.settled()
    tally = worker.ledger(0).tally
    assert (tally.read, tally.applied, tally.skipped, tally.parked, tally.duplicate) == (
        6, 2, 1, 2, 1,
    )  # fmt: skip
    assert tally.balanced


async def test_there_is_one_mark_for_each_source_and_topic(stage: Stage) -> None:
    worker, sender = await stage.ready(), Sender()
    moved = Moved(account=who(1), request="m", to=who(0), amount=1)
    later = sender.seal(stage.commands, 0, Put(account=who(0), request="r", amount=5))
    await stage.send(sender, stage.answers, 0, moved)
    await stage.settled()
    await stage.deliver(sender, later)
    await stage.settled()
    marks = worker.ledger(0).marks
    assert marks[f"{sender.source} {stage.commands}"].position == 1
    assert marks[f"{sender.source} {stage.answers}"].position == 2
    assert await stage.purse(0, who(0)) == 5


async def test_skipped_records_move_the_mark_too(stage: Stage) -> None:
    worker, sender = await stage.ready(), Sender()
    for _ in range(2):
        await stage.send(sender, stage.commands, 0, Foreign(account=who(0)))
    await stage.send(sender, stage.commands, 0, Put(account=who(0), request="r", amount=5))
    await stage.settled()
    assert worker.ledger(0).halt is None
    assert worker.ledger(0).tally.skipped == 2
    assert await stage.purse(0, who(0)) == 5


def _undecodable(stage: Stage) -> tuple[bytes, Headers, str]:
    put = Put(account=who(0), request="bad", amount=5)
    return b"{", door_headers(put, "1"), "body"


def _misfit(stage: Stage) -> tuple[bytes, Headers, str]:
    put = Put(account=who(0), request="bad", amount=5)
    body = json.dumps({"account": who(0), "request": "secret-4711", "amount": "secret"}).encode()
    return body, door_headers(put, "1"), "body: amount"


def _null_header(stage: Stage) -> tuple[bytes, Headers, str]:
    put = Put(account=who(0), request="bad", amount=5)
    return put.encode(), named(door_headers(put, "1"), "ce_type", None), "ce_type"


def _non_utf8(stage: Stage) -> tuple[bytes, Headers, str]:
    put = Put(account=who(0), request="bad", amount=5)
    return put.encode(), named(door_headers(put, "1"), "ce_id", b"\xff\xfe"), "UTF-8"


def _unknown(stage: Stage) -> tuple[bytes, Headers, str]:
    put = Put(account=who(0), request="bad", amount=5)
    headers = named(door_headers(put, "1"), "ce_type", b"kameng.toy.Put.v9")
    return put.encode(), headers, "kameng.toy.Put.v9"


def _two_megabytes(stage: Stage) -> tuple[bytes, Headers, str]:
    put = Put(account=who(0), request="x" * 2 * BODY_BYTES_MAX, amount=5)
    return put.encode(), door_headers(put, "1"), "bytes"


BAD = [_undecodable, _misfit, _null_header, _non_utf8, _unknown, _two_megabytes]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.__name__.strip("_"))
async def test_what_cannot_be_read_is_parked_with_its_reason_and_the_rest_flows_on(
    stage: Stage, bad: object
) -> None:
    worker = await stage.ready()
    value, headers, reason = bad(stage)  # type: ignore[operator]  # one of BAD
    other = who(0, 1)
    await stage.ask(Put(account=other, request="before", amount=1), 0)
    await stage.rig.append((stage.commands, 0), who(0).encode(), value, headers)
    await stage.ask(Put(account=other, request="after", amount=1), 0)
    await stage.ask(Put(account=who(0), request="behind", amount=1), 0)
    await stage.ask(Put(account=who(1), request="elsewhere", amount=1), 1)
    await stage.settled()
    parked = [f for f in await stage.facts(0) if isinstance(f, RecordParked)]
    assert [(p.subject_id, p.coordinates, p.behind) for p in parked] == [
        (who(0), f"{stage.commands}/0/1", False),
        (who(0), f"{stage.commands}/0/3", True),
    ]
    assert reason in parked[0].reason
    assert "secret" not in parked[0].reason
    assert await stage.purse(0, other) == 2
    assert await stage.purse(0, who(0)) == 0
    assert await stage.purse(1, who(1)) == 1
    assert worker.ledger(0).tally.balanced


async def parked(stage: Stage) -> None:
    """Three records of one account, the first of them a bug."""
    stage.rules.broken = {13}
    for request, amount in (("r1", 13), ("r2", 2), ("r3", 3)):
        await stage.ask(Put(account=who(0), request=request, amount=amount), 0)
    await stage.settled()


async def test_a_bug_parks_its_record_alone_and_leaves_the_aggregate_as_it_was(
    stage: Stage,
) -> None:
    await stage.ready()
    await stage.ask(Put(account=who(0), request="r0", amount=50), 0)
    await parked(stage)
    assert await stage.purse(0, who(0)) == 50
    kinds = [type(f) for f in await stage.facts(0)]
    assert kinds == [PutIn, RecordParked, RecordParked, RecordParked]


async def test_retry_goes_on_in_order_and_is_on_the_log(stage: Stage) -> None:
    await stage.ready()
    await parked(stage)
    await stage.ask(RetryParked(subject_id=who(0), by="ops"), 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 0
    stage.rules.broken = set()
    await stage.ask(RetryParked(subject_id=who(0), by="ops"), 0)
    await stage.ask(Put(account=who(0), request="r4", amount=4), 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 22
    later = (await stage.facts(0))[3:]
    assert [type(f) for f in later] == [ParkedRetried, PutIn] * 3 + [PutIn]
    assert [f.request for f in later if isinstance(f, PutIn)] == ["r1", "r2", "r3", "r4"]


async def test_a_retry_stops_at_the_record_that_fails_again(stage: Stage) -> None:
    await stage.ready()
    stage.rules.broken = {13, 2}
    await stage.ask(Put(account=who(0), request="r1", amount=13), 0)
    await stage.ask(Put(account=who(0), request="r2", amount=2), 0)
    await stage.ask(Put(account=who(0), request="r3", amount=3), 0)
    await stage.settled()
    stage.rules.broken = {2}
    await stage.ask(RetryParked(subject_id=who(0), by="ops"), 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 13
    row, _ = await stage.row(0)
    assert row.parked == {who(0): [f"{stage.commands}/0/1", f"{stage.commands}/0/2"]}


async def test_skip_goes_on_behind_the_record_and_says_why_on_the_log(stage: Stage) -> None:
    worker = await stage.ready()
    await parked(stage)
    where = f"{stage.commands}/0/0"
    skip = SkipParked(subject_id=who(0), coordinates=where, reason="a test", by="ops")
    await stage.ask(skip, 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 5
    later = (await stage.facts(0))[3:]
    assert isinstance(later[0], ParkedSkipped)
    assert (later[0].coordinates, later[0].reason, later[0].by) == (where, "a test", "ops")
    assert worker.ledger(0).parked == {}
    assert worker.ledger(0).tally.balanced


async def test_what_is_parked_comes_back_from_the_log(stage: Stage) -> None:
    worker = await stage.ready()
    await parked(stage)
    before = worker.ledger(0).parked
    await worker.stop()
    await stage.rig.go_back(None)
    worker = await stage.ready()
    assert worker.ledger(0).parked == before
    stage.rules.broken = set()
    await stage.ask(RetryParked(subject_id=who(0), by="ops"), 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 18


async def test_a_bug_in_a_second_fact_leaves_nothing_of_the_first(stage: Stage) -> None:
    await stage.ready()
    stage.rules.late_bug = True
    await moved(stage, amount=100)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 100
    assert [type(f) for f in await stage.facts(0)] == [PutIn, RecordParked]
    stage.rules.late_bug = False
    await stage.ask(RetryParked(subject_id=who(0), by="ops"), 0)
    await stage.settled()
    assert await stage.purse(1, who(1)) == 100


async def test_a_parked_deadline_stands_still_until_it_is_retried(stage: Stage) -> None:
    worker = await stage.ready()
    stage.rules.broken = {4711}
    until_ms = stage.clock.now_ms() + 1_000
    await stage.ask(Hold(account=who(0), request="4711", until_ms=until_ms), 0)
    await stage.settled()
    stage.clock.ahead_ms += 10_000
    await stage.until(lambda: worker.ledger(0).parked)
    position = worker.ledger(0).position
    await worker.stop()
    await stage.rig.go_back(None)
    worker = await stage.ready()
    await stage.pass_turns(worker)
    assert worker.ledger(0).position == position + 1
    stage.rules.broken = set()
    await stage.ask(RetryParked(subject_id=f"{who(0)} 4711", by="ops"), 0)
    await stage.settled()
    last_two = [type(fact).__name__ for fact in await stage.facts(0)][-2:]
    assert last_two == ["ParkedRetried", "Lapsed"]
    assert [type(f) for f in await stage.facts(0)].count(Lapsed) == 1
    assert worker.ledger(0).parked == {}
