"""The broker's configuration file: every setting that is not Kafka's default, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import HOST

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-256"

# The log is the record: kept for ever, created by name only, never cut short by an old leader.
RECORD = {
    "auto.create.topics.enable": "false",
    "log.retention.ms": "-1",
    "log.retention.bytes": "-1",
    "unclean.leader.election.enable": "false",
    "message.max.bytes": "4194304",
    "replica.fetch.max.bytes": "4194304",
    "offsets.retention.minutes": "525600",
}
# One broker is its own quorum and its own replica.
ALONE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "2",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
}
# A killed broker is let in again after its session, not after the default nine seconds; a killed
# consumer may be missed after one. A session of two seconds was too short for a busy machine: the
# broker missed it, all its partitions lost their leader, and electing 200 took longer than that.
QUICK = {
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "400",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
}
SMALL = {
    "num.network.threads": "2",
    "num.io.threads": "4",
    "num.recovery.threads.per.data.dir": "2",
    "log.cleaner.threads": "1",
    "log.cleaner.dedupe.buffer.size": "16777216",
    "log.index.size.max.bytes": "1048576",
}
# Whoever is not named in an access list is refused; only the admin stands above them.
SECURE = {
    "listener.security.protocol.map": ",".join(
        f"{listener}:SASL_PLAINTEXT" for listener in ("CONTROLLER", "CLIENT", "DETOUR")
    ),
    "inter.broker.listener.name": "CLIENT",
    "controller.listener.names": "CONTROLLER",
    "sasl.enabled.mechanisms": MECHANISM,
    "sasl.mechanism.inter.broker.protocol": MECHANISM,
    "sasl.mechanism.controller.protocol": "PLAIN",
    "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": f"User:{ADMIN}",
    "allow.everyone.if.no.acl.found": "false",
}
SETTINGS = ALONE | RECORD | QUICK | SMALL | SECURE
"""All that does not depend on where the broker is."""

SCRAM = "scram.ScramLoginModule"
PLAIN = "plain.PlainLoginModule"

LOG4J = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN" shutdownHook="disable">
  <Appenders>
    <RollingFile name="file" fileName="{log}" filePattern="{log}.%i">
      <PatternLayout pattern="%d{{ISO8601}} %p %m (%c{{1}})%n"/>
      <Policies><SizeBasedTriggeringPolicy size="20MB"/></Policies>
      <DefaultRolloverStrategy max="3"/>
    </RollingFile>
  </Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="file"/></Root></Loggers>
</Configuration>
"""


@dataclass(frozen=True, slots=True)
class BrokerPorts:
    """Where clients and where the controller quorum connect."""

    client: int
    controller: int
    detour: int = 0
    """Where who takes the detour arrives; 0: there is none."""
    detour_told: int = 0
    """Where who takes the detour is told to connect: somebody there passes it on."""


def server_properties(ports: BrokerPorts, log_folder: Path, admin_password: str) -> str:
    """The text of `server.properties`; it holds a password, so its file is private."""
    listen = {"CLIENT": ports.client, "CONTROLLER": ports.controller}
    advertised = {"CLIENT": ports.client}
    if ports.detour:
        listen["DETOUR"], advertised["DETOUR"] = ports.detour, ports.detour_told
    placed = {
        "log.dirs": str(log_folder),
        "listeners": _listeners(listen),
        "advertised.listeners": _listeners(advertised),
        "controller.quorum.voters": f"1@{HOST}:{ports.controller}",
        "listener.name.controller.plain.sasl.jaas.config": jaas(PLAIN, admin_password),
    }
    for name in advertised:
        signs_in = f"listener.name.{name.lower()}.{MECHANISM.lower()}.sasl.jaas.config"
        placed[signs_in] = jaas(SCRAM, admin_password)
    settings = SETTINGS | placed
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _listeners(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{HOST}:{port}" for name, port in ports.items())


def jaas(module: str, password: str) -> str:
    """How a listener signs in as the admin, and, with PLAIN, whom it lets in."""
    login = f'username="{ADMIN}" password="{password}"'
    lets_in = f' user_{ADMIN}="{password}"' if module == PLAIN else ""
    return f"org.apache.kafka.common.security.{module} required {login}{lets_in};"
