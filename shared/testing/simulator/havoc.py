"""Lets the faults of a plan happen, each at its time, each with its end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from shared.contracts.inventory import GrantQuota, QuotaGranted
from shared.contracts.orders import CancelOrder
from shared.shards.memory import MemoryDatabase, MemoryGroup
from shared.shards.partitions import partition_of
from shared.shards.ports import Route
from shared.testing.sender import door_headers

from .faults import SKEW_MS_MAX, Fault
from .process import Process
from .watch import Broken
from .world import PARTITIONS, PROCESSES_MAX, SESSION_MS, World

STEPS: Final = (
    "", "rows", "poll", "polled", "load", "commit", "committed", "publish", "fact published",
    "facts published", "follow published", "published", "due", "ends", "read", "effects", "renew",
)  # fmt: skip
"""Where a process may be when it dies; the first is wherever it happens to be."""
FUSE_MS_MAX: Final = 10_000
QUEUE_MS_MAX: Final = 3_000
TORN: Final = ("fact published", "facts published", "follow published")
READERS_OF_MUCH: Final = ("orders", "inventory", "payments", "delivery")
GRANTING: Final = "inventory.commands"
ORDERS_MAX: Final = 3
"""The last ones placed: what is about them is under way."""
RECORDS_MAX: Final = 5
LOST_MAX: Final = 3


class Havoc:
    """One plan on one world."""

    def __init__(self, world: World, faults: Sequence[Fault]) -> None:
        self.world, self.faults = world, faults
        self.buggy: dict[str, int] = {}
        """Service → which quarter of its subjects its bug strikes."""
        self.kinds: dict[str, Callable[[Fault], Awaitable[None]]] = {
            "crash": self.crash, "pause": self.pause, "expel": self.expel, "rival": self.rival,
            "join": self.join, "leave": self.leave, "store away": self.store_away,
            "broker away": self.broker_away, "lost commit": self.lost_commit,
            "lost publish": self.lost_publish, "torn publish": self.torn_publish,
            "duplicate": self.duplicate, "delay": self.delay, "restore": self.restore,
            "wipe": self.wipe, "power cut": self.power_cut, "skew": self.skew,
            "poison": self.poison, "bug": self.bug, "lost tail": self.lost_tail,
        }  # fmt: skip

    async def run(self) -> None:
        """Until the last fault has ended."""
        await asyncio.gather(*(self._happen(fault) for fault in self.faults))

    async def _happen(self, fault: Fault) -> None:
        await asyncio.sleep(fault.at_ms / 1000)
        await self.kinds[fault.kind](fault)
        self.world.check_tallies()

    def _one(self, fault: Fault) -> Process | None:
        living = self.world.of(fault.service)
        return living[fault.number % len(living)] if living else None

    async def crash(self, fault: Fault) -> None:
        """Kill -9; a successor comes, and the session of the dead one ends."""
        process = self._one(fault)
        if process:
            await self._light(process, STEPS[fault.number % len(STEPS)], process.crash)
            process.crash()
            await asyncio.gather(self._bury(process), self._replace(fault))

    async def _light(self, process: Process, step: str, fuse: Callable[[], None]) -> None:
        """Wait until the process comes to this step, or a while."""
        if step:
            process.fuses[step] = fuse
            await asyncio.wait([process.running], timeout=FUSE_MS_MAX / 1000)
            process.fuses.clear()

    async def _bury(self, process: Process) -> None:
        await asyncio.sleep(SESSION_MS / 1000)
        await process.group.expel(process.inbox)

    async def _replace(self, fault: Fault) -> None:
        await asyncio.sleep(fault.lasts_ms / 1000)
        self.world.start(fault.service)

    async def pause(self, fault: Fault) -> None:
        """SIGSTOP and SIGCONT; a long one costs the session: then it comes back as a zombie."""
        process = self._one(fault)
        if process:
            process.pause()
            if fault.lasts_ms > SESSION_MS:
                await self._bury(process)
                if not self.world.of(fault.service)[1:]:
                    self.world.start(fault.service)
            await asyncio.sleep(fault.lasts_ms / 1000)
            process.resume()

    async def expel(self, fault: Fault) -> None:
        """The group loses a member that is well: two believe that they own its shards."""
        process = self._one(fault)
        if process:
            await process.group.expel(process.inbox)

    async def rival(self, fault: Fault) -> None:
        """Somebody outside the group believes that every shard is theirs."""
        topics = self.world.services[fault.service].topics
        rival = self.world.start(fault.service, MemoryGroup(self.world.broker, topics))
        await asyncio.sleep(fault.lasts_ms / 1000)
        rival.crash()

    async def join(self, fault: Fault) -> None:
        """One more worker, for good."""
        if len(self.world.of(fault.service)) < PROCESSES_MAX:
            self.world.start(fault.service)

    async def leave(self, fault: Fault) -> None:
        """A worker ends in good order; another takes its place where it was the last."""
        process = self._one(fault)
        if process:
            process.worker.stop()
            await asyncio.wait([process.running])
            if not self.world.of(fault.service):
                self.world.start(fault.service)

    async def store_away(self, fault: Fault) -> None:
        """No process of the service reaches its database."""
        await self._away(self.world.of(fault.service), "store", fault)

    async def broker_away(self, fault: Fault) -> None:
        """Nobody reaches the broker."""
        self.world.broker_there.clear()
        await self._away(list(self.world.processes), "broker", fault)
        self.world.broker_there.set()

    async def _away(self, processes: Sequence[Process], what: str, fault: Fault) -> None:
        for process in processes:
            process.away.add(what)
        await asyncio.sleep(fault.lasts_ms / 1000)
        for process in processes:
            process.away.discard(what)

    async def lost_commit(self, fault: Fault) -> None:
        """A commit happens and its answer is lost."""
        self._break(fault, "committed")

    async def lost_publish(self, fault: Fault) -> None:
        """All records arrive and the acknowledgement is lost."""
        self._break(fault, "published")

    async def torn_publish(self, fault: Fault) -> None:
        """Some records arrive, the others do not."""
        self._break(fault, TORN[fault.number % len(TORN)])

    def _break(self, fault: Fault, step: str) -> None:
        process = self._one(fault)
        if process:
            process.broken[step] = fault.number // len(TORN) % RECORDS_MAX

    async def duplicate(self, fault: Fault) -> None:
        """Records arrive once more, much later: an old producer's last words."""
        broker = self.world.broker
        routes = [
            route for route in sorted(broker.logs) if route[0].startswith(f"{fault.service}.")
        ]
        if routes:
            route = routes[fault.number % len(routes)]
            first = fault.number % len(broker.logs[route])
            for record in broker.logs[route][first : first + RECORDS_MAX]:
                broker.append(route, record.key, record.value, record.headers)

    async def delay(self, fault: Fault) -> None:
        """One partition that the service reads answers no consumer for a while."""
        topics = self.world.services[fault.service].topics
        route = (topics[fault.number % len(topics)], fault.number // len(topics) % PARTITIONS)
        await self._hold_back(route, fault.lasts_ms)

    async def restore(self, fault: Fault) -> None:
        """The database goes back to a backup, and everybody goes on."""
        backups = self.world.backups[fault.service]
        if backups:
            self._go_back(fault.service, backups[fault.number % len(backups)])

    async def wipe(self, fault: Fault) -> None:
        """The database is empty."""
        self._go_back(fault.service, MemoryDatabase())

    async def power_cut(self, fault: Fault) -> None:
        """Database and workers of a service are gone at once, halfway through publishing."""
        process = self._one(fault)
        if not process:
            return
        gone: list[Process] = []

        def cut() -> None:
            gone.extend(self.world.of(fault.service))
            self._go_back(fault.service, self._backup(fault))
            for one in gone:
                one.crash()

        await self._light(process, TORN[fault.number % len(TORN)], cut)
        if gone:
            await asyncio.gather(self._replace(fault), *(self._bury(one) for one in gone))

    def _backup(self, fault: Fault) -> MemoryDatabase:
        backups = [*self.world.backups[fault.service], MemoryDatabase()]
        return backups[fault.number // len(TORN) % len(backups)]

    def _go_back(self, service: str, backup: MemoryDatabase) -> None:
        self.world.databases[service].restore(backup)
        for process in self.world.of(service):
            process.cut_off = True

    async def skew(self, fault: Fault) -> None:
        """One machine's clock jumps, and later jumps back."""
        process = self._one(fault)
        if process:
            process.clock.skew_ms = fault.number % (2 * SKEW_MS_MAX) - SKEW_MS_MAX
            await asyncio.sleep(fault.lasts_ms / 1000)
            process.clock.skew_ms = 0

    async def poison(self, fault: Fault) -> None:
        """A record arrives that nobody can read, perhaps one about an order under way."""
        about = self._some_order(fault)
        bodies: list[tuple[bytes | None, Any]] = [
            (b"{", [("ce_type", b"kameng.orders.PlaceOrder.v1")]),
            (None, [("ce_type", None), ("ce_id", b"\xff")]),
            (b"\xff\x00", _unknown(about)),
            (b"\xff\x00", door_headers(about, "poison")),
        ]
        value, headers = bodies[fault.number % len(bodies)]
        service = READERS_OF_MUCH[fault.number // len(bodies) % len(READERS_OF_MUCH)]
        route = (f"{service}.commands", partition_of(about.account_id, PARTITIONS))
        self.world.broker.append(route, about.account_id.encode(), value, headers)
        self._right_behind(route, fault)
        await self._hold_back(route, min(fault.lasts_ms, QUEUE_MS_MAX))

    def _right_behind(self, route: Route, fault: Fault) -> None:
        """What comes with it is one thing that anybody would miss: every grant is answered."""
        if route[0] != GRANTING:
            return
        name = f"behind {fault.at_ms} {fault.number}"
        sku = f"{name}/{fault.number}"
        grant = GrantQuota(sku=sku, request_id=name, units=1, by="ops", reason=name)
        self.world.put(grant, route[1])

        def check() -> None:
            if all(said.request_id != name for said in self.world.watch.said(QuotaGranted)):
                raise Broken(f"what came behind a bad record at {route} was never answered")

        self.world.checks.append(check)

    def _some_order(self, fault: Fault) -> CancelOrder:
        orders = list(self.world.watch.orders.values())[-ORDERS_MAX:]
        if not orders:
            return CancelOrder(order_id="poison", account_id="poison", request_id="poison")
        first: Any = orders[fault.number % len(orders)][0]
        who = {"order_id": first.order_id, "account_id": first.account_id}
        return CancelOrder(**who, request_id="poison")

    async def _hold_back(self, route: Route, lasts_ms: int) -> None:
        """Nobody can read here for a while; then all of it comes at once."""
        self.world.broker.away.add(route)
        await asyncio.sleep(lasts_ms / 1000)
        self.world.broker.away.discard(route)
        self.world.broker.tell(route)

    async def bug(self, fault: Fault) -> None:
        """A deployment cannot process a quarter of its subjects; the next one can."""
        self.buggy[fault.service] = fault.number % 4
        await asyncio.sleep(fault.lasts_ms / 1000)
        self.buggy.pop(fault.service, None)

    async def lost_tail(self, fault: Fault) -> None:
        """The broker forgets acknowledged records: nobody can mend that, somebody must see it."""
        broker = self.world.broker
        routes = [
            route for route in sorted(broker.logs) if route[0].startswith(f"{fault.service}.")
        ]
        if routes:
            self.world.watch.blind = True
            broker.lose(routes[fault.number % len(routes)], 1 + fault.number % LOST_MAX)


def _unknown(command: CancelOrder) -> Any:
    return [
        (name, b"kameng.orders.CancelOrder.v99" if name == "ce_type" else value)
        for name, value in door_headers(command, "poison")
    ]
