"""What a process is told when it starts: environment variables, read once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from faststream.kafka import KafkaBroker
from faststream.security import SASLScram256


class BadEnvironment(Exception):
    """A variable is missing or cannot be read; the text says which and what it is for."""


@dataclass(frozen=True)
class Environment:
    """Where everything is, and as whom this process signs in."""

    process: str
    """Its name among the others, e.g. `orders-1`."""
    bootstrap: str
    user: str
    password: str
    dsn: str
    keys: Path
    """The directory of this service's own keys."""
    host: str
    """The address that its ports listen on; 127.0.0.1 unless it runs in an image of its own."""
    metrics_port: int
    http_port: int
    """Of the process's own HTTP door; 0 where it has none."""
    partitions: int
    twin_sms: str
    delivery_url: str
    twin_supplier: str = ""
    """Where the suppliers of top-ups are called, each under its own name."""
    twin_payment: str = ""
    """Where the payment channels are called, each under its own name."""
    notify_url: str = ""
    """Where the payment channels reach payments' own door."""
    webhook_trial: str = ""
    """The one origin inside that webhooks may call, for trials; empty: none."""
    traces: str = ""
    """Where sampled traces go: a file for JSON lines, or the URL of an OTLP collector."""

    @classmethod
    def read(cls, given: Mapping[str, str] | None = None) -> Self:
        """From ``given``, or the process's environment; raises BadEnvironment."""
        found = os.environ if given is None else given
        return cls(
            process=_text(found, "KAMENG_PROCESS", "the process's name"),
            bootstrap=_text(found, "KAMENG_BOOTSTRAP", "Kafka's address"),
            user=_text(found, "KAMENG_KAFKA_USER", "Kafka's user"),
            password=_text(found, "KAMENG_KAFKA_PASSWORD", "the user's password"),
            dsn=_text(found, "KAMENG_DSN", "PostgreSQL's address"),
            keys=Path(_text(found, "KAMENG_KEYS", "the directory of this service's keys")),
            host=found.get("KAMENG_HOST", "127.0.0.1"),
            metrics_port=_number(found, "KAMENG_METRICS_PORT", "0"),
            http_port=_number(found, "KAMENG_HTTP_PORT", "0"),
            partitions=_number(found, "KAMENG_PARTITIONS", "12"),
            twin_sms=found.get("KAMENG_TWIN_SMS", ""),
            delivery_url=found.get("KAMENG_DELIVERY_URL", ""),
            twin_supplier=found.get("KAMENG_TWIN_SUPPLIER", ""),
            twin_payment=found.get("KAMENG_TWIN_PAYMENT", ""),
            notify_url=found.get("KAMENG_NOTIFY_URL", ""),
            webhook_trial=found.get("KAMENG_WEBHOOK_TRIAL", ""),
            traces=found.get("KAMENG_TRACES", ""),
        )

    def client(self) -> dict[str, Any]:
        """Keyword arguments of an aiokafka client."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-256",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
            "client_id": self.process,
        }

    def broker(self) -> KafkaBroker:
        """FastStream's broker, signed in as this service."""
        security = SASLScram256(username=self.user, password=self.password, use_ssl=False)
        return KafkaBroker(
            self.bootstrap, security=security, client_id=self.process,
            allow_auto_create_topics=False, logger=None,
        )  # fmt: skip


def _text(found: Mapping[str, str], name: str, what: str) -> str:
    value = found.get(name, "")
    if not value:
        raise BadEnvironment(f"{name} is not set: {what}. `make run` sets it for each process.")
    return value


def _number(found: Mapping[str, str], name: str, default: str) -> int:
    value = found.get(name, default)
    if not value.isdigit():
        raise BadEnvironment(f"{name}={value!r} is not a number.")
    return int(value)
