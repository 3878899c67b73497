"""Deadlines enter as inputs, and so do the answers of the outside."""

from shared.contracts.envelope import Coordinates
from shared.contracts.shard import RecordParked, RetryParked
from shared.shards.ports import Unavailable

from .rig import Stage, who
from .station import Crashed
from .test_publishing import assert_whole, moved
from .words import Free, Freed, Hold, Lapsed, Put, PutIn, Ring, RingAsked, Rung

HOUR_MS = 3_600_000


async def held(stage: Stage) -> None:
    """Shard 0 holds something for an hour."""
    until_ms = stage.clock.now_ms() + HOUR_MS
    await stage.ask(Hold(account=who(0), request="h", until_ms=until_ms), 0)
    await stage.settled()


async def test_a_deadline_fires_once_late_rather_than_never(stage: Stage) -> None:
    worker = await stage.ready()
    await held(stage)
    await stage.pass_turns(worker)
    assert not await stage.has(0, Lapsed)
    stage.clock.ahead_ms += 5 * HOUR_MS
    await stage.until(lambda: stage.has(0, Lapsed))
    await stage.pass_turns(worker)
    [lapsed] = [found for found in await stage.log(0) if isinstance(found.message, Lapsed)]
    assert lapsed.envelope.link
    assert lapsed.envelope.link.cause == f"deadline/asked/{who(0)} h"


async def test_a_deadline_does_not_overtake_what_was_appended_before_it(stage: Stage) -> None:
    worker = await stage.ready()
    await held(stage)
    worker.slow_polls()
    await stage.pass_turns(worker)
    worker.awake.clear()
    for n in range(5):
        await stage.ask(Put(account=who(0), request=f"r{n}", amount=1), 0)
    stage.clock.ahead_ms += 2 * HOUR_MS
    worker.awake.set()
    await stage.until(lambda: stage.has(0, Lapsed))
    kinds = [type(f) for f in await stage.facts(0)]
    assert kinds[-6:] == [PutIn] * 5 + [Lapsed]


async def test_a_deadline_that_was_met_by_what_stands_before_it_does_not_fire(
    stage: Stage,
) -> None:
    worker = await stage.ready()
    await held(stage)
    worker.slow_polls()
    await stage.pass_turns(worker)
    worker.awake.clear()
    for n in range(5):
        await stage.ask(Put(account=who(0), request=f"r{n}", amount=1), 0)
    await stage.ask(Free(account=who(0), request="h"), 0)
    stage.clock.ahead_ms += 2 * HOUR_MS
    worker.awake.set()
    await stage.until(lambda: stage.has(0, Freed))
    await stage.pass_turns(worker)
    assert not await stage.has(0, Lapsed)


async def lapses(stage: Stage, count: int) -> int:
    """So many holds pass in one turn; returns how often the store was asked for aggregates."""
    worker = await stage.ready()
    until_ms = stage.clock.now_ms() + HOUR_MS
    for n in range(count):
        await stage.ask(Hold(account=who(0, n), request="h", until_ms=until_ms), 0)
    await stage.settled()
    looks = worker.seen.count("load")
    stage.clock.ahead_ms += 2 * HOUR_MS

    async def all_lapsed() -> bool:
        return [type(fact) for fact in await stage.facts(0)].count(Lapsed) == count

    await stage.until(all_lapsed)
    return worker.seen.count("load") - looks


async def test_what_the_aggregates_of_a_turn_point_at_is_looked_up_at_once(stage: Stage) -> None:
    assert await lapses(stage, 12) <= 4, "two looks, and the rows are looked at now and then"


async def test_a_service_that_cannot_say_what_comes_is_asked_one_by_one(stage: Stage) -> None:
    stage.rules.blind = True
    assert await lapses(stage, 12) >= 13


async def test_deadlines_of_one_aggregate_in_turns_side_by_side_come_back_from_the_log(
    stage: Stage,
) -> None:
    worker = await stage.ready()
    until_ms = stage.clock.now_ms() - HOUR_MS
    await stage.ask(Hold(account=who(0), request="h", until_ms=until_ms, again=3), 0)
    await stage.until(lambda: stage.has(0, Lapsed))
    await stage.settled()
    times = {found.envelope.time for found in await stage.log(0)}
    assert len(times) > 2
    await worker.stop()
    await stage.rig.go_back(None)
    worker = await stage.ready()
    assert not worker.worker.halted()


async def test_a_deadline_comes_to_its_turn_under_a_stream_that_never_ends(stage: Stage) -> None:
    worker = await stage.ready()
    await held(stage)
    stage.clock.ahead_ms += 2 * HOUR_MS
    numbers = iter(range(10_000))

    async def one_more() -> None:
        put = Put(account=who(0), request=f"r{next(numbers)}", amount=1)
        await stage.ask(put, 0)

    worker.worker.deadlines.every_ms = 0
    worker.strikes["polled"] = one_more
    worker.strikes["ends"] = one_more
    await stage.until(lambda: stage.has(0, Lapsed))
    worker.strikes.clear()


async def test_a_deadline_of_a_halted_or_lost_turn_is_not_lost(stage: Stage) -> None:
    worker = await stage.ready()
    await held(stage)
    worker.once("commit", Unavailable("no database"))
    stage.clock.ahead_ms += 2 * HOUR_MS
    await stage.until(lambda: stage.has(0, Lapsed))
    await stage.settled()
    assert [type(f) for f in await stage.facts(0)].count(Lapsed) == 1


async def test_a_deadline_waits_behind_what_is_parked_of_its_subject(stage: Stage) -> None:
    worker = await stage.ready()
    subject = f"{who(0)} h"
    await held(stage)
    broken = Put(account=subject, request="x", amount=13)
    stage.rules.broken = {13}
    await stage.ask(broken, 0)
    await stage.settled()
    stage.clock.ahead_ms += 2 * HOUR_MS
    await stage.until(lambda: len(worker.ledger(0).parked.get(subject, ())) > 1)
    assert not await stage.has(0, Lapsed)
    stage.rules.broken = set()
    await stage.ask(RetryParked(subject_id=subject, by="ops"), 0)
    await stage.until(lambda: stage.has(0, Lapsed))
    assert [type(f) for f in await stage.facts(0)][-3:] != [Lapsed, PutIn]


async def test_a_clock_that_jumps_back_stops_nothing(stage: Stage) -> None:
    worker = await stage.ready()
    stage.clock.ahead_ms += 10 * HOUR_MS
    await stage.pass_turns(worker)
    stage.clock.ahead_ms = 0
    await held(stage)
    await moved(stage)
    await stage.settled()
    stage.clock.ahead_ms = 2 * HOUR_MS
    await stage.until(lambda: stage.has(0, Lapsed))
    await assert_whole(stage, 0)


async def test_an_effect_is_repeated_with_the_same_id_until_answered_and_applied_once(
    stage: Stage,
) -> None:
    await stage.ready()
    stage.outside.silent = 2
    await stage.ask(Ring(account=who(0), request="b"), 0)
    await stage.until(lambda: stage.has(0, Rung))
    await stage.settled()
    assert stage.outside.calls == ["ring b"] * 3
    kinds = [type(f) for f in await stage.facts(0)]
    assert kinds == [RingAsked, Rung]
    cause = (await stage.log(0))[-1].envelope.link
    assert cause
    assert cause.cause == "effect/ring b"


async def test_an_effect_is_performed_only_once_its_fact_is_acknowledged(stage: Stage) -> None:
    worker = await stage.ready()
    called: list[int] = []
    worker.strikes["publish"] = lambda: called.append(len(stage.outside.calls))
    worker.strikes["facts published"] = lambda: called.append(len(stage.outside.calls))
    await stage.ask(Ring(account=who(0), request="b"), 0)
    await stage.until(lambda: stage.has(0, Rung))
    assert called[:2] == [0, 0]


async def test_a_crash_between_the_answer_and_its_commit_calls_again_with_the_same_id(
    stage: Stage,
) -> None:
    worker = await stage.ready()
    worker.once("commit", Crashed(), after=1)
    await stage.ask(Ring(account=who(0), request="b"), 0)
    await stage.buried(worker)
    await stage.ready()
    await stage.until(lambda: stage.has(0, Rung))
    await stage.settled()
    assert stage.outside.calls == ["ring b"] * 2
    assert [type(f) for f in await stage.facts(0)].count(Rung) == 1


async def test_an_answer_that_cannot_be_processed_is_parked_and_asked_for_again_on_retry(
    stage: Stage,
) -> None:
    worker = await stage.ready()
    stage.rules.deaf = True
    await stage.ask(Ring(account=who(0), request="b"), 0)
    await stage.until(lambda: stage.has(0, RecordParked))
    await stage.pass_turns(worker)
    await worker.stop()
    worker = await stage.ready()
    await stage.pass_turns(worker)
    assert stage.outside.calls == ["ring b"]
    stage.rules.deaf = False
    [subject] = worker.ledger(0).parked
    await stage.ask(RetryParked(subject_id=subject, by="ops"), 0)
    await stage.until(lambda: stage.has(0, Rung))
    assert stage.outside.calls == ["ring b"] * 2
    await assert_whole(stage, 0)


async def test_every_cause_names_its_input(stage: Stage) -> None:
    await stage.ready()
    await moved(stage)
    await stage.settled()
    for shard in (0, 1):
        for found in await stage.log(shard):
            assert found.envelope.link
            where, _, digest = found.envelope.link.cause.partition("#")
            assert Coordinates.parse(where).partition == shard
            assert len(digest) == (64 if shard == 0 else 0)


async def test_a_successor_calls_nobody_for_a_turn_that_is_not_on_the_log_yet(
    stage: Stage,
) -> None:
    one, two = await stage.ready(), await stage.work(group="rival")
    two.sleep_at("effects")
    await stage.until(lambda: two.stuck_at == "effects")
    one.sleep_at("publish")
    await stage.ask(Ring(account=who(0), request="b"), 0)
    await stage.until(lambda: one.stuck_at == "publish")
    assert not await stage.has(0, RingAsked)
    two.wake()
    await stage.until(lambda: stage.outside.calls)
    assert await stage.has(0, RingAsked)
    one.wake()
    await stage.settled()
    await assert_whole(stage, 0)
