"""`kameng simulate`: seed after seed; one that fails is told with all it takes to see it again."""

import gc
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Annotated, Final

import typer

from shared.testing.simulator.faults import plan
from shared.testing.simulator.shrink import shrink
from shared.testing.simulator.simulation import Outcome
from shared.testing.simulator.simulation import simulate as simulate_one

from .cast import CAST, NAMES

STATUS_BROKEN = 1
CHUNK_SEEDS: Final = 4
"""Handed to a process at once."""
TOLD_EVERY_S: Final = 10.0
GC_OBJECTS: Final = 100_000

Seeds = Annotated[int, typer.Option(help="How many seeds.")]
First = Annotated[int, typer.Option("--from", help="The first seed.")]
Faults = Annotated[
    str | None,
    typer.Option(help="Only these of the seed's faults, by number: `0,3`; `none` for none."),
]
Jobs = Annotated[int, typer.Option(help="Processes at once; 0: as many as there are cores.")]


def simulate(
    seeds: Seeds = 100, first: First = 0, faults: Faults = None, jobs: Jobs = 0
) -> None:  # fmt: skip
    """Run all services in one simulated world a seed, with faults; status 1 where one breaks."""
    if faults is not None:
        outcome = replay(first, faults)
        _tell(outcome)
        raise typer.Exit(STATUS_BROKEN if outcome.broken else 0)
    began = time.monotonic()
    count, said = Counter[str](), began
    for outcome in _outcomes(range(first, first + seeds), jobs or os.cpu_count() or 1):
        count.update(_counted(outcome))
        if outcome.broken:
            print(f"seed {outcome.seed} breaks: {outcome.broken}\nlooking for fewer faults …")
            _tell(shrink(outcome, CAST))
            raise typer.Exit(STATUS_BROKEN)
        if time.monotonic() - said > TOLD_EVERY_S:
            said = time.monotonic()
            print(_summary(count, said - began), flush=True)
    print(_summary(count, time.monotonic() - began))


def replay(seed: int, faults: str) -> Outcome:
    """One seed with some of its faults."""
    planned = plan(seed, NAMES)
    numbers = [] if faults == "none" else [int(number) for number in faults.split(",")]
    return simulate_one(seed, CAST, [planned[number] for number in numbers])


def command_of(outcome: Outcome) -> str:
    """What to type to see this run again."""
    planned = plan(outcome.seed, NAMES)
    numbers = ",".join(str(planned.index(fault)) for fault in outcome.faults) or "none"
    return f"kameng simulate --from {outcome.seed} --faults {numbers}"


def _outcomes(seeds: range, jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        _prepare()
        yield from map(_one, seeds)
        return
    with ProcessPoolExecutor(jobs, initializer=_prepare) as pool:
        try:
            yield from pool.map(_one, seeds, chunksize=CHUNK_SEEDS)
        finally:
            pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    """A run makes much and drops it all at once: collect seldom."""
    gc.freeze()
    gc.set_threshold(GC_OBJECTS)


def _one(seed: int) -> Outcome:
    return simulate_one(seed, CAST)


def _counted(outcome: Outcome) -> dict[str, int]:
    kinds = {fault.kind: 1 for fault in outcome.faults}
    return {
        "seeds": 1, "orders": outcome.orders, "records": outcome.records,
        "faults": len(outcome.faults), "lost": int(bool(outcome.detected)),
        "tails": kinds.get("lost tail", 0), "hours": outcome.lasted_ms,
    }  # fmt: skip


def _summary(count: Counter[str], lasted_s: float) -> str:
    hours = count["hours"] / 3_600_000
    return (
        f"{count['seeds']} seeds clean: {count['orders']} orders, {count['records']} records, "
        f"{count['faults']} faults in {hours:.1f} simulated hours; of {count['tails']} lost tails "
        f"{count['lost']} were seen, the others mended; {count['seeds'] / lasted_s:.1f} seeds/s, "
        f"{count['orders'] / lasted_s:.0f} orders/s"
    )


def _tell(outcome: Outcome) -> None:
    for fault in outcome.faults:
        print(f"  {fault}")
    for line in outcome.story:
        print(f"  {line}")
    print(outcome.broken or outcome.detected or "nothing breaks")
    print(f"again: {command_of(outcome)}")
