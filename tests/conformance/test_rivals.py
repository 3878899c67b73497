"""Two who both believe that a shard is theirs: one of them loses, and nothing is lost with it."""

import msgspec

from shared.shards import ledger as ledgers
from shared.shards import outbox as outboxes
from shared.shards.ports import Change, Row, Write

from .rig import Stage, who
from .station import Crashed
from .test_publishing import assert_whole, moved
from .toy import Asked
from .words import Put, PutIn, Rung


async def test_of_two_writers_to_one_shard_one_loses_whole_and_its_other_shards_go_on(
    stage: Stage,
) -> None:
    worker = await stage.ready()

    async def rival() -> None:
        del worker.strikes["commit"]
        row = await stage.rig.row(0) or Row(b"", b"")
        turn = worker.ledger(0).turn
        ledger = msgspec.structs.replace(worker.ledger(0), turn=turn + 1)
        write = Write(0, turn + 1, msgspec.msgpack.encode(ledger), row[1], [])
        assert await worker.inner.store.commit([write]) == frozenset()

    await stage.ask(Put(account=who(0), request="r0", amount=5), 0)
    await stage.settled()
    worker.strikes["commit"] = rival
    worker.awake.clear()
    await stage.ask(Put(account=who(0), request="r1", amount=6), 0)
    await stage.ask(Put(account=who(1), request="r1", amount=7), 1)
    worker.awake.set()
    committed: list[int] = []
    worker.strikes["committed"] = lambda: committed.append(len(committed))
    await stage.settled()
    assert await stage.purse(0, who(0)) == 11
    assert await stage.purse(1, who(1)) == 7
    assert [type(f) for f in await stage.facts(0)] == [PutIn, PutIn]
    assert worker.ledger(1).turn == 1
    assert worker.ledger(0).turn == 3
    await assert_whole(stage, 0)


async def test_two_workers_that_both_believe_they_own_a_shard_do_everything_once(
    stage: Stage,
) -> None:
    one, two = await stage.ready(), await stage.ready(group="rival")
    for n in range(20):
        await stage.ask(Put(account=who(n % 4), request=f"r{n}", amount=1), n % 4)
        await stage.ask(Put(account=who(n % 4), request=f"r{n}", amount=1), n % 4)
        await stage.until(lambda: "commit" in one.seen or "commit" in two.seen)
    await stage.settled()
    for shard in range(4):
        assert await stage.purse(shard, who(shard)) == 5
        await assert_whole(stage, shard)


async def test_what_a_dead_rival_committed_and_never_published_is_published_by_the_owner(
    stage: Stage,
) -> None:
    """The states that the owner loads say that all is so already: the turn that says so is news."""
    owner, rival = await stage.ready(), await stage.ready(group="rival")
    owner.sleep_at("load")
    rival.once("committed", Crashed())
    await stage.ask(Put(account=who(0), request="r", amount=5), 0)
    await stage.until(lambda: owner.stuck_at == "load")
    await stage.buried(rival)
    assert await stage.purse(0, who(0)) == 5
    assert await stage.facts(0) == []
    believed = owner.ledger(0).turn
    owner.wake()
    await stage.until(lambda: stage.has(0, PutIn))
    await stage.settled()
    assert [type(f) for f in await stage.facts(0)] == [PutIn]
    assert owner.ledger(0).turn > believed
    assert await stage.purse(0, who(0)) == 5
    await assert_whole(stage, 0)


async def test_a_call_that_a_rival_left_open_is_made_though_nothing_more_arrives(
    stage: Stage,
) -> None:
    """A zombie passed a deadline there and died: no record will ever tell the owner of it."""
    worker = await stage.ready()
    await stage.ask(Put(account=who(0), request="r", amount=5), 0)
    await stage.settled()
    ledger, outbox = await stage.row(0)
    ledger.turn += 1
    ringing = Asked(who(0), "left open", ringing=True)
    key = f"asked/{who(0)} left open"
    change = Change(key, msgspec.msgpack.encode(ringing), None, effect=True)
    write = Write(0, ledger.turn, ledgers.encode(ledger), outboxes.encode(outbox), [change])
    assert await worker.inner.store.commit([write]) == frozenset()
    await stage.until(lambda: stage.has(0, Rung))
    assert stage.outside.calls == ["ring left open"]


async def test_a_zombie_that_wakes_after_its_shards_were_taken_changes_nothing(
    stage: Stage,
) -> None:
    zombie = await stage.ready()
    await stage.ask(Put(account=who(0), request="r1", amount=100), 0)
    await stage.settled()
    for step in ("commit", "publish", "facts published"):
        stuck = stage.until(lambda step=step: zombie.stuck_at == step)  # type: ignore[misc]  # mypy wants a plain lambda
        zombie.sleep_at(step)
        await moved(stage, amount=1)
        await stage.ask(Put(account=who(0), request=f"z{step}", amount=10), 0)
        await stuck
        other = await stage.ready(group=f"rival at {step}")
        await stage.ask(Put(account=who(0), request=f"o{step}", amount=10), 0)
        await stage.settled(without=zombie)
        zombie.wake()
        await stage.settled()
        await other.stop()
    assert await stage.purse(0, who(0)) == 159
    await assert_whole(stage, 0)
