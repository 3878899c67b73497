"""Limits per client, and work that is shared by those who come together."""

import asyncio
from collections.abc import Sequence

import pytest

from services.gateway.door.limits import CLIENTS_MAX, Limiter, Pace, TooFast
from services.gateway.door.listening import Listener
from shared.runtime.batching import WAITING_MAX, Batcher, TurnedAway


def test_a_client_has_its_burst_and_then_its_pace() -> None:
    limiter = Limiter(Pace(burst=2, per_s=1))
    limiter.spend("a", 0.0)
    limiter.spend("a", 0.0)
    with pytest.raises(TooFast) as fast:
        limiter.spend("a", 0.5)
    assert fast.value.retry_after_s == 1
    limiter.spend("a", 1.5)


def test_one_clients_haste_is_no_others() -> None:
    limiter = Limiter(Pace(burst=1, per_s=1))
    limiter.spend("a", 0.0)
    limiter.spend("b", 0.0)


def test_what_is_remembered_of_clients_is_bounded() -> None:
    limiter = Limiter(Pace(burst=1, per_s=1))
    for number in range(CLIENTS_MAX + 100):
        limiter.spend(str(number), 0.0)
    assert len(limiter._buckets) == CLIENTS_MAX  # noqa: SLF001  # the bound is what is promised


async def test_those_who_come_together_share_one_piece_of_work() -> None:
    batches: list[int] = []

    async def work(items: Sequence[int]) -> Sequence[int]:
        batches.append(len(items))
        await asyncio.sleep(0.01)
        return [item * 10 for item in items]

    batcher = Batcher(work)
    assert await asyncio.gather(*map(batcher.do, range(50))) == [n * 10 for n in range(50)]
    assert batches == [50]


async def test_whoever_comes_while_it_runs_is_in_the_next_batch() -> None:
    batches: list[list[str]] = []
    go = asyncio.Event()

    async def work(items: Sequence[str]) -> Sequence[str]:
        batches.append(list(items))
        await go.wait()
        return items

    batcher = Batcher(work)
    first = asyncio.create_task(batcher.do("first"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.create_task(batcher.do(name)) for name in ("second", "third")]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(first, *rest) == ["first", "second", "third"]
    assert batches == [["first"], ["second", "third"]]


async def test_what_the_work_raised_everybody_in_it_is_told_and_the_next_goes_on() -> None:
    async def work(items: Sequence[int]) -> Sequence[int]:
        if 1 in items:
            raise OSError
        return items

    batcher = Batcher(work)
    found = await asyncio.gather(batcher.do(1), batcher.do(2), return_exceptions=True)
    assert [type(each) for each in found] == [OSError, OSError]
    assert await batcher.do(3) == 3


async def test_a_request_that_was_given_up_does_not_hold_the_others() -> None:
    async def work(items: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0.01)
        return items

    batcher = Batcher(work)
    gone = asyncio.create_task(batcher.do(1))
    stays = asyncio.create_task(batcher.do(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2


async def test_too_many_are_turned_away_at_once() -> None:
    async def work(items: Sequence[int]) -> Sequence[int]:
        return items

    batcher = Batcher(work)
    waiting = [asyncio.create_task(batcher.do(n)) for n in range(WAITING_MAX)]
    turned_away = asyncio.create_task(batcher.do(-1))
    with pytest.raises(TurnedAway):
        await turned_away
    assert len(await asyncio.gather(*waiting)) == WAITING_MAX


async def test_a_bell_rings_for_its_keys_and_no_others() -> None:
    listener = Listener("")
    async with listener.watch("a", "b") as bell:
        listener.wake(["c"])
        assert not await bell.wait(0)
        listener.wake(["b"])
        assert await bell.wait(1)
        assert not await bell.wait(0)
        listener.wake_all()
        assert await bell.wait(1)
    listener.wake(["a"])
