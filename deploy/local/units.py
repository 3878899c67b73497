"""What runs: the units that scale, and how one process of a unit is started."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local import ports
from deploy.local.children import ChildSpec
from deploy.local.folder import CHECKOUT
from deploy.local.preloading import Preloader
from deploy.local.supervised import Recipe

PROBE_S_MAX = 1.0
DOOR_PORT = 8080
ADMINS_RIGHTS = frozenset({"KAMENG_KAFKA", "KAMENG_POSTGRES"})
"""Not for the services; what else is set of Kameng is theirs: `KAMENG_RISK_RULES` and its like."""
PROBE = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
READY_LINE = b" 200 "


@dataclass(frozen=True, slots=True)
class Unit:
    """A role of a service, scaled as one: its processes are `<name>-1`, `<name>-2` and so on."""

    name: str
    service: str
    module: str
    role: str
    http: bool = False
    """Whether it has an HTTP door of its own, beside its metrics."""
    usual_port: int = 0
    """Where people expect that door; it opens there or on the next port that is free."""
    one_port: bool = False
    """Whether it answers for its health at that door too."""


def _service(service: str, *roles: str, usual_port: int = 0) -> tuple[Unit, ...]:
    module = f"services.{service}.app"
    return tuple(
        Unit(
            name=service if role == "worker" else f"{service}-{role}",
            service=service,
            module=module,
            role=role,
            http=role == "api",
            usual_port=usual_port if role == "api" else 0,
        )
        for role in roles
    )


SUPPLIER_TWIN = Unit(
    "twin-supplier", "twins", "deploy.local.twins.supplier", "", http=True, one_port=True
)
PAYMENT_TWIN = Unit(
    "twin-payment", "twins", "deploy.local.twins.payment", "", http=True, one_port=True
)
WEBHOOK_TWIN = Unit(
    "twin-webhook", "twins", "deploy.local.twins.webhook", "", http=True, one_port=True
)
SMS_TWIN = Unit("twin-sms", "twins", "deploy.local.twins.sms", "", http=True, one_port=True)

UNITS: tuple[Unit, ...] = (
    *_service("catalog", "worker"),
    *_service("orders", "worker"),
    *_service("risk", "worker"),
    *_service("inventory", "worker"),
    *_service("payments", "api", "worker"),
    *_service("delivery", "worker", "views", "api"),
    *_service("audit", "worker"),
    *_service("gateway", "worker", "views", "api", usual_port=DOOR_PORT),
)
"""Started together, one process each; the door is waited for last."""


@dataclass(slots=True)
class Instance:
    """One process of a unit: its ports since its last start."""

    unit: Unit
    number: int
    settings: Mapping[str, str]
    asked_port: int | None = None
    preloader: Preloader | None = None
    metrics_port: int = 0
    http_port: int = 0
    _started: bool = False
    _served: bool = False

    @property
    def name(self) -> str:
        return f"{self.unit.name}-{self.number}"

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.http_port}"

    @property
    def metrics_url(self) -> str:
        return f"http://{ports.HOST}:{self.metrics_port}"

    def recipe(self) -> Recipe:
        """How the supervisor runs it."""
        return Recipe(self.name, self._child, self._ready)

    def take_ports(self) -> None:
        """Choose where it is to listen."""
        self.http_port = self._choose_http_port() if self.unit.http else 0
        self.metrics_port = self.http_port if self.unit.one_port else ports.free_port()

    def _choose_http_port(self) -> int:
        if self.asked_port:
            return self.asked_port
        return ports.first_free(self.unit.usual_port) if self.unit.usual_port else ports.free_port()

    def _child(self) -> ChildSpec:
        # Somebody else may have come first; but where it has served, others know it to be.
        if self._started and not self._served:
            self.take_ports()
        self._started = True
        role = (self.unit.role,) if self.unit.role else ()
        return ChildSpec(
            name=self.name,
            argv=(sys.executable, "-m", self.unit.module, *role),
            env=self._environment(),
            cwd=CHECKOUT,
            stop_signal=signal.SIGTERM,
            preloader=self.preloader,
        )

    def _environment(self) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if name not in ADMINS_RIGHTS}
        http = {"KAMENG_HTTP_PORT": str(self.http_port)} if self.unit.http else {}
        return {
            **outside,
            **self.settings,
            **http,
            "PYTHONUNBUFFERED": "1",
            "KAMENG_PROCESS": self.name,
            "KAMENG_METRICS_PORT": str(self.metrics_port),
        }

    async def _ready(self) -> bool:
        self._served = await answers_ready(self.metrics_port)
        return self._served


def preloader_recipe(preloader: Preloader) -> Recipe:
    """How the supervisor runs what the services are forked from."""

    def child() -> ChildSpec:
        argv, handle = preloader.command()
        return ChildSpec(name=preloader.name, argv=argv, cwd=CHECKOUT, handles=(handle,))

    return Recipe(preloader.name, child, preloader.ready)


async def answers_ready(port: int) -> bool:
    """Whether GET /readyz on this port answers 200."""
    try:
        async with asyncio.timeout(PROBE_S_MAX):
            reader, writer = await asyncio.open_connection(ports.HOST, port)
            try:
                writer.write(PROBE)
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return READY_LINE in status
