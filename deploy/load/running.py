"""A running system as a load generator sees it: ours for the run, or the one of `make run`."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM
from typing import Any, Final

import psutil

from deploy.local import runfile
from deploy.local.acls import AUDITOR
from deploy.local.children import Child, ChildSpec
from deploy.local.control import ask
from deploy.local.endpoints import KafkaEndpoint
from deploy.local.folder import CHECKOUT, LocalFolder, of_checkout
from deploy.local.occupied import only_one
from deploy.local.refusal import Refusal
from deploy.local.secrets import Secrets, load_secrets

DOOR_USER: Final = "gateway"
SERVE: Final = "deploy.load.serve"
START_S_MAX: Final = 300.0
STOP_S_MAX: Final = 15.0
POLL_S: Final = 0.05


@dataclass(frozen=True)
class Running:
    """A system that runs in this folder."""

    folder: LocalFolder
    secrets: Secrets

    @property
    def description(self) -> dict[str, Any]:
        """run.json as it is now; raises Refusal when the system is gone."""
        return runfile.read(self.folder.run_file)

    def kafka(self, user: str) -> KafkaEndpoint:
        """The broker's address with the rights of `user`."""
        bootstrap = self.description["kafka"]["bootstrap"]
        return KafkaEndpoint(bootstrap, user, self.secrets.kafka[user])

    @property
    def door(self) -> KafkaEndpoint:
        """With the rights of the door, which may append commands."""
        return self.kafka(DOOR_USER)

    @property
    def auditor(self) -> KafkaEndpoint:
        """With the rights to read everything and write nothing."""
        return self.kafka(AUDITOR)

    @property
    def partitions(self) -> int:
        """Shards of each service."""
        return int(self.description["kafka"]["partitions"])

    def processes(self) -> dict[str, psutil.Process]:
        """Every process of the system by its name, the servers' too."""
        listed = self.description["servers"] + self.description["processes"]
        return {each["name"]: psutil.Process(each["pid"]) for each in listed if each["pid"]}

    def ask(self, do: str, **request: object) -> Any:
        """Ask the supervisor: `scale`, `status`, `stop`."""
        control = self.description["control"]
        return ask(control["port"], control["token"], do=do, **request)


def of_this_checkout() -> Running | None:
    """The system of `make run`, if it is up."""
    folder = of_checkout()
    return Running(folder, load_secrets(folder)) if folder.run_file.exists() else None


@contextmanager
def own_system(name: str, module: str = SERVE, **settings: str) -> Iterator[Running]:
    """A fresh system of its own under `.local/<name>`, wiped at the end unless something failed."""
    folder = own_folder(name)
    wipe(folder)
    with started(folder, module, **settings) as running:
        yield running
    wipe(folder)


@contextmanager
def started(folder: LocalFolder, module: str = SERVE, **settings: str) -> Iterator[Running]:
    """The system of this folder, with whatever data it has, as a child of this process.

    ``settings`` are put into its environment, as `make run` reads them.
    """
    folder.root.mkdir(parents=True, exist_ok=True)
    spec = ChildSpec(
        name="system",
        argv=(sys.executable, "-m", module, str(folder.root)),
        env={**os.environ, **settings},
        cwd=CHECKOUT,
        stop_signal=SIGTERM,
        orphan_signal=SIGTERM,
        output=folder.root / "system.log",
    )
    child = Child(spec)
    try:
        _wait(child, folder)
        yield Running(folder, load_secrets(folder))
    finally:
        child.stop(STOP_S_MAX)


def own_folder(name: str) -> LocalFolder:
    """Where a run of that name keeps its data."""
    return LocalFolder(of_checkout().root / name)


def wipe(folder: LocalFolder) -> None:
    """Remove a run's folder; what was fetched lies elsewhere. Raises Refusal while it is used."""
    if folder.root == of_checkout().root:
        raise Refusal("A run of its own never wipes the data of `make run`.")
    with only_one(folder):
        if folder.cache.is_symlink():
            folder.cache.unlink()
        shutil.rmtree(folder.root, ignore_errors=True)


def _wait(child: Child, folder: LocalFolder) -> None:
    deadline_s = time.monotonic() + START_S_MAX
    while not folder.run_file.exists():
        if not child.running or time.monotonic() > deadline_s:
            raise Refusal(f"The system did not start: {_last_lines(folder.root / 'system.log')}")
        time.sleep(POLL_S)


def _last_lines(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n    ".join((f"{log} ends:", *lines[-12:]))
