"""The processes of the units: how many of each, on which ports, with whose rights."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from deploy.local.preloading import Preloader
from deploy.local.refusal import Refusal
from deploy.local.supervisor import Supervisor
from deploy.local.units import Instance, Unit

PROCESSES_MAX = 32

Settings = Callable[[str], Mapping[str, str]]
"""What a process of this service is told in its environment."""


class Fleet:
    """All instances that have been asked for, by name."""

    def __init__(
        self,
        supervisor: Supervisor,
        settings: Settings,
        door_port: int | None,
        preloader: Preloader | None,
    ) -> None:
        self._supervisor, self._settings = supervisor, settings
        self._door_port, self._preloader = door_port, preloader
        self._instances: dict[str, Instance] = {}
        self._scaling = asyncio.Lock()

    def url(self, name: str) -> str | None:
        """The HTTP door of this instance, if it is there."""
        return self._instances[name].url if name in self._instances else None

    async def start(self, units: Iterable[Unit], *, beside: bool) -> None:
        """One process of each, and wait until they serve. `beside`: see Supervisor.start."""
        recipes = [self._instance(unit, 1).recipe() for unit in units]
        await self._supervisor.start(recipes, beside=beside)

    async def scale(
        self, units: Iterable[Unit], name: str, count: int, told: Mapping[str, str]
    ) -> list[str]:
        """Bring a unit to so many processes and wait until they serve; their names.

        `told`: what new ones find in their environment instead of what the others do.
        """
        known = {unit.name: unit for unit in units}
        if name not in known:
            raise Refusal(f"There is no {name} to scale: it is one of {', '.join(known)}.")
        if not 0 <= count <= PROCESSES_MAX:
            raise Refusal(f"N={count} is not a number of processes from 0 to {PROCESSES_MAX}.")
        async with self._scaling:
            running = self._of(known[name])
            await asyncio.gather(*(self._remove(each) for each in running[count:]))
            taken = {each.number for each in running}
            free = [each for each in range(1, PROCESSES_MAX + 1) if each not in taken]
            new = free[: max(0, count - len(running))]
            await asyncio.gather(*(self._add(known[name], number, told) for number in new))
        return [each.name for each in self._of(known[name])]

    def describe(self) -> list[dict[str, Any]]:
        """Every process, servers and twins too, in the order of their start."""
        described = []
        for process in self._supervisor.processes:
            instance = self._instances.get(process.name)
            one: dict[str, Any] = {
                "name": process.name,
                "service": instance.unit.service if instance else process.name,
                "pid": process.child.pid if process.child else None,
                "serving": process.serving,
                "restarts": process.restarts,
            }
            if instance:
                one["metrics"] = instance.metrics_url
                if instance.unit.http:
                    one["url"] = instance.url
            described.append(one)
        return described

    def _of(self, unit: Unit) -> list[Instance]:
        ours = [each for each in self._instances.values() if each.unit == unit]
        return sorted(ours, key=lambda each: each.number)

    def _instance(
        self, unit: Unit, number: int, told: Mapping[str, str] = MappingProxyType({})
    ) -> Instance:
        asked = self._door_port if number == 1 and unit.usual_port else None
        settings = {**self._settings(unit.service), **told}
        instance = Instance(unit, number, settings, asked, self._preloader)
        instance.take_ports()
        self._instances[instance.name] = instance
        return instance

    async def _add(self, unit: Unit, number: int, told: Mapping[str, str]) -> None:
        instance = self._instance(unit, number, told)
        try:
            await self._supervisor.start([instance.recipe()], beside=True)
        except Refusal:
            await self._remove(instance)
            raise

    async def _remove(self, instance: Instance) -> None:
        await self._supervisor.remove(instance.name)
        del self._instances[instance.name]
