"""A sampled trace goes with the records; where none is sampled, nothing is added to them."""

from shared.contracts.envelope import Headers, read
from shared.shards.ports import Unavailable
from shared.testing.sender import door_headers

from .rig import Stage, who
from .station import Crashed
from .words import Move, Put

TRACE, PARENT = "a" * 32, "b" * 16
HEADERS_OF_A_RECORD = 7


async def ask(stage: Stage, message: Put | Move, record_id: str, flags: str) -> None:
    traced = ("traceparent", f"00-{TRACE}-{PARENT}-{flags}".encode())
    await stage.rig.append(
        (stage.commands, 0), message.partition_key.encode(), message.encode(),
        [*door_headers(message, record_id), traced],
    )  # fmt: skip


async def headers(stage: Stage, topic: str, shard: int) -> list[Headers]:
    return [record.headers for record in await stage.rig.records((topic, shard))]


async def traced_move(stage: Stage) -> None:
    """A deposit that nobody traces, then a move to another shard that somebody does."""
    await stage.ask(Put(account=who(0), request="r1", amount=100), 0)
    await ask(stage, Move(account=who(0), request="r2", to=who(1), amount=30), "01", "01")


async def test_a_record_has_seven_headers_unless_its_trace_is_sampled(stage: Stage) -> None:
    await stage.ready()
    await ask(stage, Put(account=who(0), request="r1", amount=100), "00", "00")
    await ask(stage, Put(account=who(0), request="r2", amount=100), "01", "01")
    await stage.settled()
    counts = [len(found) for found in await headers(stage, stage.events, 0)]
    assert counts == [HEADERS_OF_A_RECORD, HEADERS_OF_A_RECORD + 1]


async def test_one_trace_goes_on_into_another_shard(stage: Stage) -> None:
    await stage.ready()
    await traced_move(stage)
    await stage.settled()
    moved = read((await headers(stage, stage.events, 0))[-1]).traceparent
    credit = read((await headers(stage, stage.answers, 1))[-1]).traceparent
    put_in = read((await headers(stage, stage.events, 1))[-1]).traceparent
    assert moved == credit
    assert {each.split("-")[1] for each in (moved, put_in)} == {TRACE}
    spans = [PARENT, *(each.split("-")[2] for each in (moved, put_in))]
    assert len(set(spans)) == len(spans)


async def test_what_is_published_again_carries_the_same_trace(stage: Stage) -> None:
    worker = await stage.ready()
    await stage.ask(Put(account=who(0), request="r1", amount=100), 0)
    await stage.settled()
    worker.once("fact published", Crashed())
    await ask(stage, Move(account=who(0), request="r2", to=who(1), amount=30), "01", "01")
    await stage.buried(worker)
    await stage.ready()
    await stage.settled()
    again = [read(found) for found in await headers(stage, stage.events, 0)][1:]
    assert len(again) > 1
    assert {(each.position, each.traceparent) for each in again} == {
        (again[0].position, again[0].traceparent)
    }
    assert TRACE in again[0].traceparent


async def test_a_worker_tells_its_turns_and_their_sampled_steps(stage: Stage) -> None:
    worker = await stage.ready()
    told = stage.watch(worker)
    await traced_move(stage)
    await stage.settled()
    await stage.until(lambda: sum(report.follows for report in told) >= 1)
    assert sum(report.applied for report in told) >= 2
    assert not any(report.idle for report in told)
    spans = [span for report in told for span in report.spans]
    assert {span.trace_id for span in spans} == {TRACE}
    assert spans[0].parent_id == PARENT
    assert spans[0].cause.startswith(f"{stage.commands}/0/1")


async def test_a_turn_that_is_not_acknowledged_is_not_told(stage: Stage) -> None:
    worker = await stage.ready()
    told = stage.watch(worker)
    worker.once("publish", Unavailable("away"))
    await stage.ask(Put(account=who(0), request="r1", amount=100), 0)
    await stage.settled()
    assert sum(report.facts for report in told) == 0
