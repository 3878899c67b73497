"""What a simulated process starts dies with it; what somebody outside does goes on (B6)."""

import asyncio
import contextvars

from shared.testing.simulator.loop import Tasks, run


def test_an_errand_outlives_the_process_in_whose_turn_it_was_sent_out() -> None:
    told: list[str] = []

    async def tell(what: str) -> None:
        await asyncio.sleep(1)
        told.append(what)

    async def works() -> None:
        loop = asyncio.get_running_loop()
        kept.append(loop.create_task(tell("its own")))
        kept.append(loop.create_task(tell("an errand"), context=contextvars.Context()))
        await asyncio.sleep(10)

    async def main() -> None:
        process = Tasks()
        kept.append(process.start(works()))
        await asyncio.sleep(0.5)
        process.kill()
        await asyncio.sleep(5)

    kept: list[asyncio.Task[None]] = []
    run(main())
    assert told == ["an errand"]
