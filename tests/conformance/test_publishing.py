"""What leaves a shard, and in which order."""

import asyncio
from functools import partial

from shared.contracts.envelope import NO_CHAIN, Envelope, chained, read
from shared.shards.admission import Incoming
from shared.shards.ports import Route, Unavailable, claimed

from .rig import Stage, who
from .station import Crashed
from .words import Credit, Emptied, Move, Moved, Put, PutIn


async def moved(stage: Stage, amount: int = 30) -> None:
    """Shard 0 has 100 and moves some of it to shard 1."""
    await stage.ask(Put(account=who(0), request="r1", amount=100), 0)
    await stage.ask(Move(account=who(0), request="r2", to=who(1), amount=amount), 0)


async def test_facts_are_published_and_acknowledged_before_what_follows_from_them(
    stage: Stage,
) -> None:
    worker = await stage.ready()
    seen: list[tuple[int, int]] = []

    async def look() -> None:
        facts = await stage.rig.end((stage.events, 0))
        seen.append((facts, await stage.rig.end((stage.answers, 1))))

    for step in ("fact published", "facts published", "follow published"):
        worker.strikes[step] = look
    await moved(stage)
    await stage.settled()
    assert (2, 0) in seen
    assert all(facts == 2 for facts, follows in seen if follows)


async def test_all_facts_of_one_input_are_one_group(stage: Stage) -> None:
    worker = await stage.ready()
    await moved(stage, amount=100)
    worker.once("fact published", Unavailable("halfway"), after=1)
    await stage.settled()
    assert [type(f) for f in await stage.facts(0)] == [PutIn, Moved, Emptied]
    by_position = [found.envelope.position for found in await stage.log(0)]
    assert by_position == [1, 2, 3]


async def test_a_fact_that_could_not_be_published_is_sent_again_before_anything_else(
    stage: Stage,
) -> None:
    worker = await stage.ready()
    worker.once("publish", Unavailable("no broker"))
    await moved(stage)
    await stage.settled()
    assert await stage.purse(1, who(1)) == 30
    assert [found.envelope.position for found in await stage.log(0)] == [1, 2]


async def test_positions_are_gapless_and_the_chain_is_unbroken_across_any_take_over(
    stage: Stage,
) -> None:
    for number, step in enumerate(("commit", "committed", "fact published", "follow published")):
        worker = await stage.ready()
        worker.once(step, Crashed())
        for n in range(3):
            request = f"r{number}.{n}"
            await stage.ask(Put(account=who(0), request=request, amount=100), 0)
            await stage.ask(Move(account=who(0), request=f"m{request}", to=who(1), amount=10), 0)
        await stage.buried(worker)
    await stage.ready()
    await stage.settled()
    await assert_whole(stage, 0)
    await assert_whole(stage, 1)


async def assert_whole(stage: Stage, shard: int) -> None:
    """Every position of the source is there once, linked and chained."""
    source = f"/kameng/{stage.rig.name}/{shard}"
    records: dict[int, tuple[Incoming, Envelope]] = {}
    for topic in (stage.events, stage.commands, stage.answers):
        for partition in range(4):
            for record in await stage.rig.records((topic, partition)):
                envelope = read(record.headers)
                if envelope.link and envelope.source == source:
                    old = records.setdefault(envelope.position, (record, envelope))
                    assert old[0].value == record.value
                    assert old[0].headers == record.headers
    assert sorted(records) == list(range(1, len(records) + 1))
    chain, time = NO_CHAIN, ""
    lasts: dict[Route, int] = {}
    for position in sorted(records):
        record, envelope = records[position]
        link = envelope.link
        assert link
        chain = chained(
            chain, record.topic, record.key or b"", position, envelope.type, envelope.source,
            envelope.subject, envelope.time, link.previous, link.cause, record.value or b"",
        )  # fmt: skip
        assert link.chain == chain
        assert link.previous == lasts.get((record.topic, record.partition), 0)
        lasts[record.topic, record.partition] = position
        assert envelope.time >= time
        time = envelope.time


async def test_a_crash_before_the_commit_leaves_no_trace(stage: Stage) -> None:
    worker = await stage.ready()
    worker.once("commit", Crashed())
    await moved(stage)
    await stage.buried(worker)
    assert await stage.facts(0) == []
    assert await stage.purse(0, who(0)) == 0
    await stage.ready()
    await stage.settled()
    assert await stage.purse(0, who(0)) == 70
    assert await stage.purse(1, who(1)) == 30


async def crashed_at(stage: Stage, step: str, after: int = 0) -> None:
    worker = await stage.ready()
    worker.once(step, Crashed(), after)
    await moved(stage)
    await stage.buried(worker)
    _, blob = await stage.row(0)
    await stage.ready()
    await stage.settled()
    on_the_log = [
        (r.topic, r.key, r.value, tuple(r.headers))
        for route in ((stage.events, 0), (stage.commands, 1), (stage.answers, 1))
        for r in await stage.rig.records(route)
    ]
    for sealed in blob.records():
        headers = tuple(sealed.headers(f"/kameng/{stage.rig.name}/0"))
        assert (sealed.topic, sealed.key, sealed.value, headers) in on_the_log
    assert await stage.purse(0, who(0)) == 70
    assert await stage.purse(1, who(1)) == 30
    await assert_whole(stage, 0)


async def test_after_a_crash_between_commit_and_publishing_the_successor_publishes_the_same_bytes(
    stage: Stage,
) -> None:
    await crashed_at(stage, "committed")


async def test_after_a_crash_halfway_through_the_facts_receivers_apply_them_once(
    stage: Stage,
) -> None:
    await crashed_at(stage, "fact published")


async def test_after_a_crash_halfway_through_what_follows_receivers_apply_it_once(
    stage: Stage,
) -> None:
    await crashed_at(stage, "follow published")
    copies = [r for r in await stage.rig.records((stage.commands, 1))
              if read(r.headers).type == Credit.type]  # fmt: skip
    assert len(copies) == 2


async def test_after_a_crash_behind_the_last_acknowledgement_everything_is_sent_twice_and_done_once(
    stage: Stage,
) -> None:
    await crashed_at(stage, "published")


async def test_a_commit_whose_answer_is_lost_counts_as_done_where_it_happened(
    stage: Stage,
) -> None:
    worker = await stage.ready()
    worker.once("committed", Unavailable("the answer is lost"))
    await moved(stage)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 70
    assert len(await stage.facts(0)) == 2
    await assert_whole(stage, 0)


async def test_a_publish_whose_answer_is_lost_is_sent_again(stage: Stage) -> None:
    worker = await stage.ready()
    worker.once("published", Unavailable("the answer is lost"))
    await moved(stage)
    await stage.ask(Put(account=who(0), request="r3", amount=5), 0)
    await stage.settled()
    assert await stage.purse(0, who(0)) == 75
    assert await stage.purse(1, who(1)) == 30
    await assert_whole(stage, 0)


async def test_a_stop_drains_the_turn_in_hand(stage: Stage) -> None:
    worker = await stage.ready()
    worker.strikes["publish"] = lambda: asyncio.sleep(0.1)
    await moved(stage)
    await stage.until(lambda: "commit" in worker.seen)
    await worker.stop()
    ledger, blob = await stage.row(0)
    sent = {read(r.headers).position for r in await stage.rig.records((stage.events, 0))}
    sent |= {read(r.headers).position for r in await stage.rig.records((stage.answers, 1))}
    sent |= {read(r.headers).position for r in await stage.rig.records((stage.commands, 1))}
    assert sent == set(range(1, ledger.position + 1))
    assert blob


async def test_who_stood_still_since_the_commit_asks_for_the_row_again_before_it_sends(
    stage: Stage,
) -> None:
    """Somebody else may have built the shard again from a log that this was not on (G4)."""
    worker = await stage.ready()
    worker.worker.claim = partial(claimed, worker.worker.clock, 50)
    at_rows = worker.seen.count("rows")

    async def stand_still() -> None:
        del worker.strikes["committed"]
        await asyncio.sleep(0.2)

    worker.strikes["committed"] = stand_still
    await moved(stage)
    await stage.settled()
    assert worker.seen.count("rows") > at_rows
    assert await stage.purse(1, who(1)) == 30
    assert [found.envelope.position for found in await stage.log(0)] == [1, 2]
