"""`make run`: everything that is checked and made before the first process starts."""

import asyncio
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace

from deploy.local import leftovers, ports
from deploy.local.console import Console
from deploy.local.disk import require_space
from deploy.local.endpoints import kafka_from, postgres_from
from deploy.local.folder import LocalFolder
from deploy.local.kafka import Broker, installed
from deploy.local.occupied import only_one
from deploy.local.postgres import PostgresServer
from deploy.local.refusal import Refusal
from deploy.local.secrets import Secrets, load_secrets
from deploy.local.servers import ExistingKafka, ExistingPostgres
from deploy.local.system import LocalSystem, Plan
from deploy.local.topics import PARTITIONS
from deploy.local.units import UNITS, Unit

PORT_MAX = 65_535
PARTITIONS_MAX = 1024


def run(folder: LocalFolder, console: Console, environment: Mapping[str, str],
        units: tuple[Unit, ...] = UNITS, *, sample_shop: bool = False) -> None:  # fmt: skip
    """Run the system of this folder until it is told to stop. Raises Refusal with a sentence."""
    began_s = time.monotonic()
    with only_one(folder):
        folder.run_file.unlink(missing_ok=True)
        for name in leftovers.end_leftovers(folder.children_file):
            console.say(f"{name} was left over from an earlier run: killed")
        require_space(folder.root)
        secrets = load_secrets(folder)
        plan = _plan(folder, secrets, console, environment, units)
        plan = replace(plan, sample_shop=sample_shop)
        asyncio.run(LocalSystem(folder, secrets, plan, console).run(began_s))


def reset(folder: LocalFolder) -> None:
    """Wipe log, database and keys; what was fetched stays. Raises Refusal while it runs."""
    with only_one(folder):
        leftovers.end_leftovers(folder.children_file)
        for each in (folder.data, folder.keys, folder.logs):
            shutil.rmtree(each, ignore_errors=True)
        for file in (folder.secrets_file, folder.run_file):
            file.unlink(missing_ok=True)


def _plan(folder: LocalFolder, secrets: Secrets, console: Console,
          environment: Mapping[str, str], units: tuple[Unit, ...]) -> Plan:  # fmt: skip
    http_port = _asked_port(environment)
    partitions = _number(environment, "KAMENG_PARTITIONS", PARTITIONS, PARTITIONS_MAX)
    kafka: Broker | ExistingKafka
    postgres: PostgresServer | ExistingPostgres
    if url := environment.get("KAMENG_KAFKA"):
        kafka = ExistingKafka(kafka_from(url))
    else:
        java = installed(folder.cache, console.say)
        asked = environment.get("KAMENG_DETOUR_PORT")
        detour = _number(environment, "KAMENG_DETOUR_PORT", 0, PORT_MAX) if asked else 0
        log = folder.logs / "kafka.log"
        kafka = Broker(folder.kafka, java, secrets.kafka["admin"], log, detour)
    if url := environment.get("KAMENG_POSTGRES"):
        postgres = ExistingPostgres(postgres_from(url))
    else:
        password, log = secrets.postgres["postgres"], folder.logs / "postgres.log"
        postgres = PostgresServer(folder.postgres, password, log)
    for server in (kafka, postgres):
        if isinstance(server, Broker | PostgresServer):
            server.prepare()
    return Plan(
        kafka=kafka,
        postgres=postgres,
        partitions=partitions,
        http_port=http_port,
        units=units,
    )


def _number(environment: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    text = environment.get(name) or str(otherwise)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Refusal(f"{name}={text} is not a number from 1 to {most}: correct it or unset it.")
    return int(text)


def _asked_port(environment: Mapping[str, str]) -> int | None:
    if not environment.get("KAMENG_PORT"):
        return None
    port = _number(environment, "KAMENG_PORT", 0, PORT_MAX)
    if not ports.is_free(port):
        raise Refusal(f"Port {port} is taken: choose another with `make run PORT=…`.")
    return port
