"""What a successor finds: the row, the log, and what of them is right."""

from shared.contracts.envelope import read
from shared.contracts.shard import ShardRebuilt
from shared.shards.ports import Unavailable
from shared.testing.sender import START_MS

from .rig import Stage, who
from .station import Crashed
from .test_publishing import assert_whole, moved
from .twin import Twin
from .words import Hold, Lapsed, Moved, Put, Ring, Rung

HOUR_MS = 3_600_000


async def busy(stage: Stage, after: str = "") -> None:
    """A bit of everything in shard 0: a move, a hold with a deadline, an open ring."""
    stage.outside.silent = 1_000
    await moved(stage)
    until_ms = stage.clock.now_ms() + HOUR_MS
    await stage.ask(Hold(account=who(0), request=f"h{after}", until_ms=until_ms), 0)
    await stage.ask(Ring(account=who(0), request=f"b{after}"), 0)


async def test_a_fold_of_the_log_alone_gives_the_whole_shard_again(stage: Stage) -> None:
    worker = await stage.ready()
    await busy(stage)
    await stage.settled()
    await worker.stop()
    before, _ = await stage.row(0)
    other, _ = await stage.row(1)
    kept = await stage.rig.tables()
    await stage.rig.go_back(None)
    again = await stage.work()
    again.sleep_at("poll")
    await stage.until(lambda: again.stuck_at == "poll" and again.worker.owned)
    after = again.ledger(0)
    assert again.ledger(1).marks == other.marks
    assert again.ledger(1).offsets == other.offsets
    assert len(other.marks) == 2
    rebuilt = (await stage.log(0))[-1]
    assert isinstance(rebuilt.message, ShardRebuilt)
    assert rebuilt.message.position == before.position
    assert after.position == before.position + 1
    assert (after.offsets, after.marks) == (before.offsets, before.marks)
    assert await stage.rig.tables() == kept
    assert after.chain == _chain(rebuilt)
    await assert_whole(stage, 0)
    assert again.worker.effects.tasks


def _chain(found: object) -> bytes:
    link = found.envelope.link  # type: ignore[attr-defined]  # a record that was found
    return link.chain  # type: ignore[no-any-return]  # 32 bytes


async def test_a_fold_of_the_log_re_makes_an_unsent_command_to_the_byte(stage: Stage) -> None:
    worker = await stage.ready()
    worker.once("facts published", Crashed())
    await moved(stage)
    await stage.buried(worker)
    _, blob = await stage.row(0)
    assert await stage.rig.end((stage.answers, 1)) == 0
    await stage.rig.go_back(None)
    await stage.ready()
    await stage.settled()
    for sealed in blob.follows:
        [found] = await stage.rig.records((sealed.topic, sealed.partition))
        assert (found.key, found.value) == (sealed.key, sealed.value)
        assert list(found.headers) == sealed.headers(f"/kameng/{stage.rig.name}/0")
    assert await stage.purse(1, who(1)) == 30


async def test_a_database_older_than_the_log_is_caught_up_from_the_log(stage: Stage) -> None:
    worker = await stage.ready()
    await busy(stage)
    await stage.settled()
    backup = await stage.rig.keep()
    await busy(stage, "again")
    await stage.ask(Put(account=who(0), request="late", amount=7), 0)
    await stage.settled()
    await worker.stop()
    kept = await stage.rig.tables()
    await stage.rig.go_back(backup)
    await stage.ready()
    await stage.settled()
    assert await stage.rig.tables() == kept
    assert await stage.purse(0, who(0)) == 77
    assert [type(f) for f in await stage.facts(0)].count(ShardRebuilt) == 1
    await assert_whole(stage, 0)


async def test_a_worker_that_goes_on_while_its_database_goes_back_loses_and_rebuilds(
    stage: Stage,
) -> None:
    await stage.ready()
    await stage.ask(Put(account=who(0), request="r1", amount=5), 0)
    await stage.settled()
    backup = await stage.rig.keep()
    await stage.ask(Put(account=who(0), request="r2", amount=6), 0)
    await stage.settled()
    await stage.rig.go_back(backup)
    await stage.ask(Put(account=who(0), request="r3", amount=7), 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 18
    await assert_whole(stage, 0)


async def test_a_crash_in_the_middle_of_a_rebuild_loses_nothing(stage: Stage) -> None:
    worker = await stage.ready()
    worker.once("facts published", Crashed())
    await moved(stage)
    await stage.buried(worker)
    await stage.rig.go_back(None)
    for step in ("commit", "committed", "fact published", "follow published"):
        worker = await stage.work()
        worker.once(step, Crashed())
        await stage.buried(worker)
    await stage.ready()
    await stage.settled()
    assert await stage.purse(0, who(0)) == 70
    assert await stage.purse(1, who(1)) == 30
    await assert_whole(stage, 0)


async def test_an_acknowledged_record_that_is_gone_halts_its_shard(twin: Stage) -> None:
    worker = await twin.ready()
    for n in range(3):
        await twin.ask(Put(account=who(0), request=f"r{n}", amount=5), 0)
        await twin.settled()
    await worker.stop()
    assert isinstance(twin.rig, Twin)
    await twin.rig.lose((twin.events, 0), 2)
    worker = await twin.ready_or_halted()
    assert "LOST" in worker.worker.halted()[0]
    assert worker.ledger(1).halt is None
    await twin.ask(Put(account=who(1), request="r", amount=5), 1)
    await twin.ask(Put(account=who(0), request="r", amount=5), 0)
    await twin.settled()
    assert await twin.purse(1, who(1)) == 5
    assert len(await twin.facts(0)) == 1


async def test_an_input_that_was_read_and_is_gone_halts_its_shard(twin: Stage) -> None:
    worker = await twin.ready()
    for n in range(3):
        await twin.ask(Put(account=who(0), request=f"r{n}", amount=5), 0)
    await twin.settled()
    await worker.stop()
    assert isinstance(twin.rig, Twin)
    await twin.rig.lose((twin.commands, 0), 2)
    worker = await twin.ready_or_halted()
    assert f"{twin.commands}/0/1: LOST" in worker.worker.halted()[0]
    await twin.ask(Put(account=who(1), request="r", amount=5), 1)
    await twin.settled()
    assert await twin.purse(1, who(1)) == 5


async def test_a_rebalance_in_the_middle_of_everything_loses_nothing(stage: Stage) -> None:
    await stage.ready()
    for n in range(30):
        await stage.ask(Put(account=who(n % 4), request=f"r{n}", amount=1), n % 4)
        if n == 10:
            await stage.work()
        if n == 20:
            await stage.stations[-1].stop()
    await stage.settled()
    for shard in range(4):
        assert await stage.purse(shard, who(shard)) == (8 if shard < 2 else 7)
        await assert_whole(stage, shard)


async def test_a_deadline_survives_a_take_over_and_fires_once(stage: Stage) -> None:
    worker = await stage.ready()
    until_ms = stage.clock.now_ms() + HOUR_MS
    await stage.ask(Hold(account=who(0), request="h", until_ms=until_ms), 0)
    await stage.settled()
    worker.crash()
    await stage.buried(worker)
    stage.clock.ahead_ms += 2 * HOUR_MS
    await stage.ready()
    await stage.until(lambda: stage.has(0, Lapsed))
    await stage.settled()
    assert [type(f) for f in await stage.facts(0)].count(Lapsed) == 1
    lapsed = (await stage.log(0))[-1].envelope
    assert lapsed.time > read((await stage.rig.records((stage.events, 0)))[0].headers).time


async def test_an_open_effect_survives_a_take_over(stage: Stage) -> None:
    worker = await stage.ready()
    stage.outside.silent = 1
    await stage.ask(Ring(account=who(0), request="b"), 0)
    await stage.until(lambda: stage.outside.calls)
    worker.crash()
    await stage.buried(worker)
    await stage.ready()
    await stage.until(lambda: stage.has(0, Rung))
    await stage.settled()
    assert stage.outside.calls == ["ring b", "ring b"]
    assert [type(f) for f in await stage.facts(0)].count(Rung) == 1


async def test_a_take_over_waits_for_the_database_and_the_broker(stage: Stage) -> None:
    worker = await stage.work()
    for step in ("rows", "ends", "read", "effects"):
        worker.once(step, Unavailable(step), after=1)
    await stage.until(lambda: worker.worker.health()[0])
    await moved(stage)
    await stage.settled()
    assert await stage.purse(1, who(1)) == 30
    assert isinstance((await stage.facts(0))[-1], Moved)
    assert stage.clock.now_ms() > START_MS
