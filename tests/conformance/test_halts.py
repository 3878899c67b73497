"""Something is missing: the shard stands still, says what, and goes on when it can."""

from shared.contracts.envelope import read
from shared.contracts.shard import AcceptGap, GapAccepted, GapClosed
from shared.testing.sender import Sender

from .rig import Stage, who
from .station import Crashed, Station
from .test_publishing import assert_whole, moved
from .words import Foreign, Put


async def halted(stage: Stage, lost: int = 1) -> tuple[Station, Sender, list[object]]:
    """Shard 0 has got a first record, and then one behind those that were lost."""
    worker, sender = await stage.ready(), Sender()
    await stage.send(sender, stage.commands, 0, Put(account=who(0), request="r1", amount=1))
    missing = [
        sender.seal(stage.commands, 0, Put(account=who(0), request=f"lost{n}", amount=10))
        for n in range(lost)
    ]
    await stage.send(sender, stage.commands, 0, Put(account=who(0), request="r3", amount=100))
    await stage.until(lambda: 0 in worker.worker.halted())
    return worker, sender, list(missing)


async def test_a_missing_record_halts_that_shard_alone_and_is_named(stage: Stage) -> None:
    worker, sender, _ = await halted(stage)
    halt = worker.ledger(0).halt
    assert halt
    assert (halt.code, halt.source, halt.topic) == ("GAP", sender.source, stage.commands)
    assert (halt.expected, halt.found) == (1, 2)
    assert halt.coordinates == f"{stage.commands}/0/1"
    assert sender.source in str(halt)
    await stage.ask(Put(account=who(1), request="r", amount=5), 1)
    await stage.ask(Put(account=who(0), request="r4", amount=1_000), 0)
    await stage.settled()
    assert await stage.purse(1, who(1)) == 5
    assert await stage.purse(0, who(0)) == 1
    assert not worker.worker.health()[0]


async def test_a_halt_ends_by_the_missing_record(stage: Stage) -> None:
    worker, sender, missing = await halted(stage)
    await stage.ask(Put(account=who(0), request="r4", amount=1_000), 0)
    for sealed in missing:
        await stage.deliver(sender, sealed)
    await stage.until(lambda: not worker.worker.halted())
    await stage.settled()
    assert await stage.purse(0, who(0)) == 1_111
    [closed] = [f for f in await stage.facts(0) if isinstance(f, GapClosed)]
    assert (closed.source, closed.coordinates) == (sender.source, f"{stage.commands}/0/3")
    assert worker.ledger(0).tally.balanced
    await assert_whole(stage, 0)


async def test_a_halt_ends_by_one_missing_record_after_the_other(stage: Stage) -> None:
    worker, sender, missing = await halted(stage, lost=3)
    for sealed in missing:
        await stage.deliver(sender, sealed)
    await stage.until(lambda: not worker.worker.halted() and stage.purse(0, who(0)))
    await stage.until_purse(0, who(0), 131)
    assert [type(f) for f in await stage.facts(0)].count(GapClosed) == 3
    await assert_whole(stage, 0)


async def test_a_halt_ends_by_a_missing_record_that_nobody_subscribes_to(stage: Stage) -> None:
    worker, sender = await stage.ready(), Sender()
    lost = sender.seal(stage.commands, 0, Foreign(account=who(0)))
    await stage.send(sender, stage.commands, 0, Put(account=who(0), request="r", amount=5))
    await stage.until(lambda: 0 in worker.worker.halted())
    await stage.deliver(sender, lost)
    await stage.until_purse(0, who(0), 5)


async def test_a_halt_ends_by_gap_accepted_with_a_reason(stage: Stage) -> None:
    worker, sender, _ = await halted(stage)
    wrong = AcceptGap(
        subject_id=f"{stage.rig.name}/0", source=sender.source, topic=stage.commands,
        expected=1, found=7, reason="a guess", by="ops",
    )  # fmt: skip
    await stage.ask(wrong, 0)
    await stage.pass_turns(worker)
    assert worker.worker.halted()
    await stage.ask(wrong.model_copy(update={"found": 2, "reason": "looked for it"}), 0)
    await stage.until_purse(0, who(0), 101)
    [accepted] = [f for f in await stage.facts(0) if isinstance(f, GapAccepted)]
    assert (accepted.expected, accepted.found, accepted.by) == (1, 2, "ops")
    assert accepted.reason == "looked for it"
    await stage.settled()
    assert worker.ledger(0).tally.balanced
    await assert_whole(stage, 0)


async def test_after_gap_accepted_the_lost_record_is_a_duplicate(stage: Stage) -> None:
    worker, sender, missing = await halted(stage)
    accept = AcceptGap(
        subject_id=f"{stage.rig.name}/0", source=sender.source, topic=stage.commands,
        expected=1, found=2, reason="gone", by="ops",
    )  # fmt: skip
    await stage.ask(accept, 0)
    await stage.until_purse(0, who(0), 101)
    for sealed in missing:
        await stage.deliver(sender, sealed)
    await stage.settled()
    assert not worker.worker.halted()
    assert await stage.purse(0, who(0)) == 101


async def test_the_same_position_with_another_chain_halts(stage: Stage) -> None:
    worker, sender, liar = await stage.ready(), Sender(), Sender()
    await stage.send(sender, stage.commands, 0, Put(account=who(0), request="r1", amount=1))
    await stage.send(liar, stage.commands, 0, Put(account=who(0), request="r2", amount=2))
    await stage.until(lambda: 0 in worker.worker.halted())
    halt = worker.ledger(0).halt
    assert halt
    assert (halt.code, halt.source) == ("FORK", sender.source)
    assert await stage.purse(0, who(0)) == 1


async def test_a_halt_outlives_its_worker(stage: Stage) -> None:
    worker, sender, missing = await halted(stage)
    worker.crash()
    await stage.buried(worker)
    worker = await stage.ready_or_halted()
    assert 0 in worker.worker.halted()
    for sealed in missing:
        await stage.deliver(sender, sealed)
    await stage.until_purse(0, who(0), 111)


async def test_what_a_halted_shard_had_not_sent_is_sent_by_its_successor(stage: Stage) -> None:
    worker, sender = await stage.ready(), Sender()
    worker.when("publish", lambda: worker.ledger(0).halt, Crashed())
    worker.sleeping_at = "poll"
    await stage.until(lambda: worker.stuck_at == "poll")
    await stage.ask(Put(account=who(0), request="r0", amount=0), 0)
    # It lies there fetched: until it is taken the rest is not, and then comes in one piece.
    await stage.until(lambda: worker.inner.inbox.ends().get((stage.commands, 0)) == 1)
    await moved(stage)
    sender.seal(stage.commands, 0, Foreign(account=who(0)))
    await stage.send(sender, stage.commands, 0, Foreign(account=who(0)))
    worker.sleeping_at = ""
    worker.awake.set()
    await stage.buried(worker)
    ledger, blob = await stage.row(0)
    assert ledger.halt
    assert blob.follows
    await stage.ready_or_halted()
    await stage.until_purse(1, who(1), 30)
    positions = [read(r.headers).position for r in await stage.rig.records((stage.events, 0))]
    assert positions == [1, 2, 3]


async def test_a_gap_that_was_closed_comes_back_from_the_log_as_closed(stage: Stage) -> None:
    worker, sender, missing = await halted(stage)
    for sealed in missing:
        await stage.deliver(sender, sealed)
    await stage.until_purse(0, who(0), 111)
    await stage.ask(Put(account=who(0), request="r5", amount=5), 0)
    await stage.settled()
    kept = await stage.rig.tables()
    await worker.stop()
    await stage.rig.go_back(None)
    worker = await stage.ready()
    await stage.settled()
    assert await stage.rig.tables() == kept
    assert not worker.worker.halted()
    await assert_whole(stage, 0)
