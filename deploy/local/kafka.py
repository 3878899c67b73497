"""One Kafka broker as a child process: KRaft, SASL, access lists, ahead-of-time cache."""

import base64
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local import ports
from deploy.local.children import ChildSpec
from deploy.local.endpoints import KafkaEndpoint
from deploy.local.jars import Progress, classpath
from deploy.local.java import Java
from deploy.local.kafka_settings import ADMIN, LOG4J, MECHANISM, BrokerPorts, server_properties
from deploy.local.private_files import write_private
from deploy.local.refusal import Refusal
from deploy.local.servers import running

TRAIN_STOP_S_MAX = 60.0
# Longer than a start takes: who has connected too early is answered once the broker serves.
REQUEST_MS_MAX = 60_000


class Broker:
    """A broker whose data, configuration and lock lie in `home`.

    `detour_port`: it has a second door for clients, and who comes by it is sent on to this port,
    where somebody may listen who delays or cuts what passes. 0: it has none.
    """

    name = "kafka"

    def __init__(
        self, home: Path, java: Java, admin_password: str, log: Path, detour_port: int = 0
    ) -> None:
        self.home, self._java, self._password, self._log = home, java, admin_password, log
        self.detour_port = detour_port
        self._records = home / "records"
        self._ports = BrokerPorts(0, 0)
        self._served = False

    @property
    def endpoint(self) -> KafkaEndpoint:
        """How the admin reaches it since the last `child()`."""
        bootstrap = f"{ports.HOST}:{self._ports.client}"
        return KafkaEndpoint(bootstrap, ADMIN, self._password, MECHANISM)

    @property
    def behind_detour(self) -> str:
        """Where the detour leads to; "" where there is none."""
        return f"{ports.HOST}:{self._ports.detour}" if self._ports.detour else ""

    def prepare(self) -> None:
        """Format the data folder on the first start. Raises Refusal on a half-written one."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self.home / "log4j2.xml", LOG4J.format(log=self._log).encode())
        if self._records.exists():
            if not (self._records / "meta.properties").exists():
                raise Refusal(
                    f"Kafka's data in {self._records} is half-written: put its backup back, "
                    "or wipe everything with `make reset`."
                )
            return
        self._format()

    def _format(self) -> None:
        new = self.home / "records.new"
        shutil.rmtree(new, ignore_errors=True)  # a format that was interrupted
        properties = self.home / "format.properties"
        write_private(properties, self._properties(new))
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        scram = f"{MECHANISM}=[name={ADMIN},password={self._password}]"
        formatting = (
            "format",
            f"--cluster-id={cluster}",
            "-c",
            str(properties),
            "--add-scram",
            scram,
        )
        command = self._command("kafka.tools.StorageTool", *formatting)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refusal(
                f"Kafka cannot make its data folder: {(done.stdout + done.stderr)[-500:]}"
            )
        properties.unlink()
        new.rename(self._records)

    def _properties(self, records: Path) -> bytes:
        return server_properties(self._ports, records, self._password).encode()

    def _command(self, main: str, *arguments: str, flags: tuple[str, ...] = ()) -> tuple[str, ...]:
        logging = f"-Dlog4j2.configurationFile={self.home / 'log4j2.xml'}"
        return self._java.command(main, *arguments, flags=(logging, *flags))

    def child(self, *flags: str) -> ChildSpec:
        """How to start it: on the ports where it has served once, else on free ones."""
        if not self._served:
            detour = ports.free_port() if self.detour_port else 0
            self._ports = BrokerPorts(
                ports.free_port(), ports.free_port(), detour, self.detour_port
            )
        properties = self.home / "server.properties"
        write_private(properties, self._properties(self._records))
        return ChildSpec(
            name=self.name,
            argv=self._command("kafka.Kafka", str(properties), flags=flags),
            orphan_signal=signal.SIGTERM,
            lock=self.home / "lock",
            output=self._log.with_name("kafka-output.log"),
            log=self._log,
        )

    async def ready(self) -> bool:
        """Whether it takes requests and knows its controller."""
        if not ports.answers(self._ports.client):
            return False
        admin = AIOKafkaAdminClient(**self.endpoint.client(), request_timeout_ms=REQUEST_MS_MAX)
        try:
            await admin.start()
            cluster = await admin.describe_cluster()
        except (KafkaError, OSError):
            return False
        finally:
            await admin.close()
        self._served = bool(cluster["brokers"]) and cluster["controller_id"] != -1
        return self._served


def installed(cache: Path, say: Progress) -> Java:
    """The JRE with Kafka's jars and the start-up cache, fetched and made on the first call."""
    cache = cache.resolve()  # the start-up cache holds for these very paths
    java = Java(classpath(cache / "m2", say), cache)
    if not java.aot.exists():
        say("preparing Kafka's start-up cache (once)")
        _train(java)
    return java


def _train(java: Java) -> None:
    """Boot a throwaway broker that writes the ahead-of-time cache when it stops."""
    half = java.aot.with_suffix(f".{os.getpid()}")
    with tempfile.TemporaryDirectory(prefix="kameng-kafka-") as folder:
        home = Path(folder)
        broker = Broker(home, java, secrets.token_urlsafe(16), home / "kafka.log")
        with running(broker, f"-XX:AOTCacheOutput={half}", stop_s_max=TRAIN_STOP_S_MAX):
            pass
    if half.exists():
        half.replace(java.aot)
