"""A broker or a database goes away and comes back."""

import pytest

from shared.shards.ports import Unavailable

from .rig import Stage, who
from .test_publishing import assert_whole
from .words import Move, Put

STEPS = (
    "poll", "load", "commit", "committed", "publish", "fact published", "facts published",
    "follow published", "published", "due", "ends", "rows", "effects", "advise",
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
async def test_a_broker_or_database_that_goes_away_and_comes_back_costs_nothing(
    stage: Stage, step: str
) -> None:
    worker = await stage.ready()
    for n in range(3):
        if step not in worker.strikes:
            worker.once(step, Unavailable(f"away at {step}"))
        await stage.ask(Put(account=who(0), request=f"r{n}", amount=10), 0)
        await stage.ask(Move(account=who(0), request=f"m{n}", to=who(1), amount=4), 0)
        await stage.settled()
    await stage.settled()
    await stage.until_purse(1, who(1), 12)
    assert await stage.purse(0, who(0)) == 18
    assert not worker.task.done()
    for shard in range(2):
        await assert_whole(stage, shard)


async def test_the_pauses_of_a_waiting_worker_grow_up_to_a_limit(stage: Stage) -> None:
    worker = await stage.ready()
    for step in ("load", "rows"):
        worker.always(step, Unavailable("gone for long"))
    waited: list[float] = []
    sleep = stage.clock.sleep

    async def watch(wait_ms: float) -> None:
        waited.append(wait_ms)
        await sleep(wait_ms)

    stage.clock.sleep = watch  # type: ignore[method-assign]  # the test listens to the clock
    await stage.ask(Put(account=who(0), request="r", amount=10), 0)
    await stage.until(lambda: len(waited) > 6)
    worker.strikes.clear()
    await stage.until_purse(0, who(0), 10)
    limits = worker.worker.limits
    assert waited[:3] == [limits.pause_ms_min, 2 * limits.pause_ms_min, 4 * limits.pause_ms_min]
    assert max(waited) == limits.pause_ms_max
