"""One local system, put together: the servers, their set-up, the twins, the services."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.local import leftovers, runfile
from deploy.local.acls import AUDITOR
from deploy.local.console import Console
from deploy.local.control import Control
from deploy.local.disk import require_space
from deploy.local.fleet import Fleet
from deploy.local.folder import LocalFolder
from deploy.local.kafka import Broker
from deploy.local.kafka_settings import ADMIN, MECHANISM
from deploy.local.kafka_setup import prepare_kafka
from deploy.local.migrate import migrate_service
from deploy.local.ports import HOST
from deploy.local.postgres import PostgresServer
from deploy.local.postgres_setup import prepare_database, role_of
from deploy.local.preloading import POSSIBLE, Preloader
from deploy.local.refusal import Refusal
from deploy.local.secrets import Secrets
from deploy.local.servers import ExistingKafka, ExistingPostgres
from deploy.local.supervised import Recipe
from deploy.local.supervisor import Supervisor, on_stop_signals
from deploy.local.units import (
    PAYMENT_TWIN,
    SMS_TWIN,
    SUPPLIER_TWIN,
    UNITS,
    WEBHOOK_TWIN,
    Unit,
    preloader_recipe,
)
from deploy.seed import planting
from shared.contracts.matrix import SERVICES

AGAIN_S_MIN = 1.0
DISK_S = 30.0
SERVER_STOP_S_MAX = 3.0
DOOR = "gateway"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to run: the servers, ours or existing ones, and the units."""

    kafka: Broker | ExistingKafka
    postgres: PostgresServer | ExistingPostgres
    partitions: int
    http_port: int | None
    """The door's, where somebody asked for a certain one."""
    units: tuple[Unit, ...] = UNITS
    sample_shop: bool = False
    """Whether the sample shop is put in once everything is ready."""

    @property
    def servers(self) -> list[Recipe]:
        """Those that are ours to run."""
        both = (self.kafka, self.postgres)
        own = (server for server in both if isinstance(server, Broker | PostgresServer))
        return [
            Recipe(server.name, server.child, server.ready, SERVER_STOP_S_MAX) for server in own
        ]


class LocalSystem:
    """A system from its first process to its last."""

    def __init__(self, folder: LocalFolder, secrets: Secrets, plan: Plan, console: Console) -> None:
        self._folder, self._secrets, self._plan, self._console = folder, secrets, plan, console
        self._supervisor = Supervisor(console, self._changed)
        self._control = Control(
            secrets.control, {"scale": self._scale, "status": self._status, "stop": self._stop}
        )
        self._preloader = Preloader() if POSSIBLE else None
        self._fleet = Fleet(self._supervisor, self._settings, plan.http_port, self._preloader)
        self._told: set[str] = set()
        self._stopping = asyncio.Event()
        self._stop_asked_s = 0.0
        self._ready = False
        self._disk: asyncio.Task[None] | None = None

    async def run(self, began_s: float) -> None:
        """Start everything, stay until a stop is asked for, stop everything.

        `began_s`: the monotonic time from which the start is told. Raises Refusal when something
        does not come up; all has been stopped by then.
        """
        on_stop_signals(self._ask_to_stop)
        starting = asyncio.create_task(self._start(began_s))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
                await stopping
        finally:
            starting.cancel()
            stopping.cancel()
            await self._shut_down()

    def _ask_to_stop(self) -> None:
        now_s = time.monotonic()
        if self._stopping.is_set() and now_s - self._stop_asked_s > AGAIN_S_MIN:
            self._console.say("stopping at once")
            self._supervisor.kill()
        self._stop_asked_s = self._stop_asked_s or now_s
        self._stopping.set()

    async def _start(self, began_s: float) -> None:
        preloading = [preloader_recipe(self._preloader)] if self._preloader else []
        await asyncio.gather(  # the preloader goes last: what it has forked would go with it
            self._supervisor.start(preloading, beside=False),
            self._supervisor.start(self._plan.servers, beside=False),
        )
        self._console.say("Kafka and PostgreSQL are up")
        users = {name: word for name, word in self._secrets.kafka.items() if name != ADMIN}
        await asyncio.gather(
            prepare_kafka(self._plan.kafka.endpoint, users, self._plan.partitions),
            asyncio.to_thread(self._prepare_database),
        )
        await self._control.open()
        twins = [SMS_TWIN, SUPPLIER_TWIN, PAYMENT_TWIN, WEBHOOK_TWIN]
        await self._fleet.start(twins, beside=True)
        await self._fleet.start(self._plan.units, beside=False)
        if self._plan.sample_shop:
            await self._plant()
        self._ready = True
        self._changed()
        self._disk = asyncio.create_task(self._watch_disk())
        self._announce(time.monotonic() - began_s)

    async def _plant(self) -> None:
        kafka = self._plan.kafka.endpoint
        ground = planting.Ground(
            door=kafka.as_user(DOOR, self._secrets.kafka[DOOR]),
            reader=kafka.as_user(AUDITOR, self._secrets.kafka[AUDITOR]),
            partitions=self._plan.partitions,
            keys=self._folder.keys / DOOR,
            demo=self._secrets.demo,
            note=self._folder.data / "sample-shop",
        )
        if await planting.plant(ground):
            self._console.say("the sample shop is in, with cards, a reseller and an operator")

    def _prepare_database(self) -> None:
        self._plan.postgres.make_database()
        prepare_database(self._plan.postgres.database, self._secrets.postgres)
        for service in SERVICES:
            migrate_service(service, self._dsn(service))

    def _dsn(self, service: str) -> str:
        database = self._plan.postgres.database
        role = role_of(database.database_name, service)
        return database.as_user(role, self._secrets.postgres[service]).dsn

    def _settings(self, service: str) -> dict[str, str]:
        if service not in SERVICES:
            return {"KAMENG_KEYS": str(self._folder.keys / service)}
        known = {
            "KAMENG_BOOTSTRAP": self._plan.kafka.endpoint.bootstrap,
            "KAMENG_KAFKA_USER": service,
            "KAMENG_KAFKA_PASSWORD": self._secrets.kafka[service],
            "KAMENG_DSN": self._dsn(service),
            "KAMENG_KEYS": str(self._folder.keys / service),
            "KAMENG_PARTITIONS": str(self._plan.partitions),
            "KAMENG_TRACES": str(self._folder.root / "traces.jsonl"),
            "KAMENG_TWIN_SMS": self._fleet.url("twin-sms-1"),
            "KAMENG_TWIN_SUPPLIER": self._fleet.url("twin-supplier-1"),
            "KAMENG_TWIN_PAYMENT": self._fleet.url("twin-payment-1"),
            "KAMENG_WEBHOOK_TRIAL": self._fleet.url("twin-webhook-1"),
            "KAMENG_NOTIFY_URL": self._fleet.url("payments-api-1"),
            "KAMENG_DELIVERY_URL": self._fleet.url("delivery-api-1"),
        }
        return {name: value for name, value in known.items() if value}

    def _announce(self, took_s: float) -> None:
        self._console.say(f"ready after {took_s:.1f} s")
        if door := self._fleet.url("gateway-api-1"):
            self._console.say(f"the shop: {door} · the console: {door}/console · API: {door}/docs")
        if texts := self._fleet.url("twin-sms-1"):
            self._console.say(f"codes that the shop sends by SMS: {texts}/sms")
        self._console.say("Ctrl-C stops everything; the data stay")
        self._console.show_processes()

    async def _watch_disk(self) -> None:
        while True:  # bounded by: the system's own run
            await asyncio.sleep(DISK_S)
            try:
                require_space(self._folder.root)
            except Refusal as refusal:
                self._console.say(str(refusal))

    async def _shut_down(self) -> None:
        began_s = time.monotonic()
        self._ready = False
        if self._disk:
            self._disk.cancel()
        self._folder.run_file.unlink(missing_ok=True)
        self._control.close()
        await self._supervisor.stop()
        if self._preloader:
            self._preloader.close()
        self._folder.children_file.unlink(missing_ok=True)
        self._console.say(f"stopped after {time.monotonic() - began_s:.1f} s")

    def _changed(self) -> None:
        leftovers.write_down(self._folder.children_file, self._supervisor.children)
        for process in self._supervisor.processes:
            if process.failed and process.name not in self._told:
                self._told.add(process.name)
                self._console.say(process.failed)
        if self._ready:
            runfile.write(self._folder.run_file, self._description())

    def _description(self) -> dict[str, Any]:
        everything = self._fleet.describe()
        return {
            "gateway": self._fleet.url("gateway-api-1"),
            "kafka": {
                "bootstrap": self._plan.kafka.endpoint.bootstrap,
                "mechanism": MECHANISM,
                "username": AUDITOR,
                "password": self._secrets.kafka[AUDITOR],
                "partitions": self._plan.partitions,
                **self._detour(),
            },
            "postgres": self._plan.postgres.database.dsn,
            "twins": {
                "sms": self._fleet.url("twin-sms-1"),
                "supplier": self._fleet.url("twin-supplier-1"),
                "payment": self._fleet.url("twin-payment-1"),
                "webhook": self._fleet.url("twin-webhook-1"),
            },
            "processes": [each for each in everything if each["service"] in SERVICES],
            "servers": [each for each in everything if each["service"] not in SERVICES],
            "demo": self._secrets.demo,
            "control": {"port": self._control.port, "token": self._secrets.control},
        }

    def _detour(self) -> dict[str, Any]:
        kafka = self._plan.kafka
        if not isinstance(kafka, Broker) or not kafka.detour_port:
            return {}
        return {"detour": {"port": kafka.detour_port, "leads_to": kafka.behind_detour}}

    def _by_detour(self) -> dict[str, str]:
        """What sends a process to Kafka by the detour."""
        kafka = self._plan.kafka
        if not isinstance(kafka, Broker) or not kafka.detour_port:
            raise Refusal("This system's broker has no detour: start it with KAMENG_DETOUR_PORT.")
        return {"KAMENG_BOOTSTRAP": f"{HOST}:{kafka.detour_port}"}

    async def _status(self, _request: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._fleet.describe()

    async def _stop(self, _request: Mapping[str, Any]) -> str:
        self._ask_to_stop()
        return "stopping"

    async def _scale(self, request: Mapping[str, Any]) -> list[str]:
        unit, count = str(request.get("unit")), int(request.get("count", -1))
        told = self._by_detour() if request.get("detour") else {}
        names = await self._fleet.scale(self._plan.units, unit, count, told)
        self._console.say(f"{unit} runs in {len(names)} processes")
        return names
