"""One seed, one run: the world is set up, people come, faults happen, and all must be well."""

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from structlog.testing import capture_logs

from shared.contracts.gateway import SignInCodeLapsed
from shared.contracts.message import Fact
from shared.shards.service import Service
from shared.testing.sender import START_MS

from .askers import Askers
from .buyers import Buyers
from .complainers import Complainers
from .faults import Fault, plan
from .havoc import Havoc
from .loop import NothingLeft, run
from .operators import Shop
from .promoters import Promoters
from .story import story
from .support import Support
from .uploaders import Uploaders
from .watch import Broken
from .world import Cast, World

SETTLE_MS_MAX: Final = 600_000
"""After the last fault has ended and the last client has gone, so much time and no more."""
NIGHT_MS_MAX: Final = 14 * 3_600_000
"""As much, where the outside takes hours over something: six, and then another of it as many."""
QUARTERS: Final = 4
CHECK_EVERY_MS: Final = 15_000
LOOK_MS: Final = 2_000
LOOKS_MIN: Final = 2
"""So often in a row it must look at rest."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    seed: int
    faults: tuple[Fault, ...]
    hash: str
    """SHA-256 over every record in the order in which they were appended."""
    records: int
    orders: int
    lasted_ms: int
    """Of virtual time."""
    said: tuple[str, ...]
    """What kinds of facts there were, by name."""
    broken: str = ""
    """What must never be and was; empty where all was well."""
    order_id: str = ""
    """Whose order it is about, where it is about one."""
    detected: str = ""
    """A broker's loss that was seen, as it must be."""
    story: tuple[str, ...] = ()


class Buggy:
    """A domain whose deployment of the moment raises for a quarter of what it is about."""

    def __init__(self, name: str, domain: Any, buggy: Mapping[str, int]) -> None:
        self.name, self.domain, self.buggy = name, domain, buggy
        self.keys, self.evolve = domain.keys, domain.evolve

    def decide(self, states: Mapping[str, Any], command: Any) -> list[Fact]:
        """As the domain, where it can."""
        quarter = self.buggy.get(self.name)
        if quarter is not None:
            first = next(iter(self.keys(command, states)), "")
            about = f"{type(command).__name__} {first}"
            if zlib.crc32(about.encode()) % QUARTERS == quarter:
                raise RuntimeError("this deployment has a bug")
        decided: list[Fact] = self.domain.decide(states, command)
        return decided


def simulate(seed: int, cast: Cast, faults: Sequence[Fault] | None = None) -> Outcome:
    """Run the seed, with its own faults or with these."""
    with capture_logs():
        return run(_simulate(seed, cast, faults))


async def _simulate(seed: int, cast: Cast, faults: Sequence[Fault] | None) -> Outcome:
    havoc_of: dict[str, int] = {}

    def services(world: World) -> list[Service]:
        return [
            replace(service, domain=Buggy(service.name, service.domain, havoc_of))
            for service in cast.services(world)
        ]

    world = World(seed, Cast(services, cast.auditor))
    planned = plan(seed, tuple(world.services)) if faults is None else tuple(faults)
    havoc = Havoc(world, planned)
    havoc.buggy = havoc_of
    broken, order_id, detected = "", "", ""
    try:
        detected = await _live(seed, world, havoc, cast)
    except Broken as what:
        broken, order_id = what.what, what.order_id
    except NothingLeft:
        broken = "everybody waits for somebody"
    world.broker.stopped = True
    return Outcome(
        seed, planned, world.watch.hash.hexdigest(), len(world.watch.appended),
        len(world.watch.orders), world.now_ms() - START_MS,
        tuple(sorted(kind.__name__ for kind in world.watch.facts)), broken, order_id, detected,
        tuple(story(world.watch.appended, order_id)) if broken else (),
    )  # fmt: skip


async def _live(seed: int, world: World, havoc: Havoc, cast: Cast) -> str:
    """Returns what was detected, where a broker lost something."""
    for name in world.services:
        world.start(name)
    shop = Shop(seed, world)
    Support(seed, world)
    promoters = Promoters(seed, world, shop)
    buyers = Buyers(seed, world, shop, promoters)
    backups = asyncio.create_task(world.keep_backups())
    background = [
        asyncio.create_task(shop.look_after_parked()),
        asyncio.create_task(_check_states(world)),
    ]
    complainers = Complainers(seed, world, shop)
    askers = Askers(seed, world, shop, buyers)
    uploaders = Uploaders(seed, world, shop, buyers)
    people = (shop, promoters, buyers, complainers, askers, uploaders)
    acts = asyncio.gather(*(each.come() for each in people), havoc.run())
    await _first(world, acts)
    backups.cancel()
    settle = asyncio.ensure_future(_settle(world))
    await _first(world, settle)
    for task in background:
        task.cancel()
    if world.watch.blind and not settle.result():
        world.restart()
        settle = asyncio.ensure_future(_settle(world))
        await _first(world, settle)
    return settle.result() or _check_the_end(world, buyers, cast)


async def _check_states(world: World) -> None:
    """Now and again, until cancelled."""
    while True:  # bounded by: the run
        await asyncio.sleep(world.pace * CHECK_EVERY_MS / 1000)
        try:
            world.check_states()
        except Broken as broken:
            world.fail(broken)


async def _first(world: World, work: "asyncio.Future[Any]") -> None:
    await asyncio.wait([work, world.broken], return_when=asyncio.FIRST_COMPLETED)
    if world.broken.done():
        work.cancel()
        world.broken.result()
    work.result()


async def _settle(world: World) -> str:
    """Faults have stopped: everything comes to rest, or a loss is seen."""
    end_ms = world.now_ms() + (NIGHT_MS_MAX if world.night else SETTLE_MS_MAX)
    quiet = 0
    while quiet < LOOKS_MIN:  # bounded by: SETTLE_MS_MAX, or NIGHT_MS_MAX
        world.find_pace()
        await asyncio.sleep(world.pace * LOOK_MS / 1000)
        quiet = quiet + 1 if world.at_rest() else 0
        if halted := world.halted():
            if world.watch.blind:
                return halted[0]
            raise Broken(halted[0])
        if world.now_ms() > end_ms:
            raise Broken(_stuck(world))
    return ""


def _stuck(world: World) -> str:
    waiting = {
        name: (sorted(database.dues), sorted(database.effects))
        for name, database in world.databases.items()
        if database.dues or database.effects
    }
    return f"not at rest: due {waiting}, busy {world.busy()}, parked {list(world.watch.parked)}"


def _check_the_end(world: World, buyers: Buyers, cast: Cast) -> str:
    """Returns what an audit from the front finds missing, where a broker has lost something."""
    auditor = world.watch.auditor
    if world.watch.blind:
        auditor = cast.auditor()
        for log in world.broker.logs.values():
            auditor.feed(log)
    auditor.finish(now_ms=world.now_ms(), patience_ms=0)
    if world.watch.blind and auditor.unexplained:
        return str(auditor.unexplained[0])
    wrong = [*auditor.violations, *auditor.misfits, *auditor.unexplained]
    if wrong:
        raise Broken(str(wrong[0]), getattr(wrong[0], "order_id", ""))
    world.check_tallies()
    world.check_states()
    for order in buyers.placed:
        if order.order_id not in world.watch.orders:
            raise Broken(f"order {order.order_id} was accepted and never answered", order.order_id)
    for lapsed in world.watch.facts.get(SignInCodeLapsed, []):
        raise Broken(f"the code of {lapsed.subject} was never sent")
    for check in world.checks:
        check()
    return ""
