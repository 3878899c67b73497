"""Where the broker and the database are, and with whose rights: as URLs and as client arguments."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

from deploy.local.refusal import Refusal

KAFKA_FORM = "kafka://user:password@host:9092?protocol=SASL_SSL&mechanism=SCRAM-SHA-256"
POSTGRES_FORM = "postgresql://user:password@host:5432/database"


@dataclass(frozen=True, slots=True)
class KafkaEndpoint:
    """A way into Kafka: bootstrap servers, a user, how it signs in."""

    bootstrap: str
    user: str
    password: str
    mechanism: str = "SCRAM-SHA-256"
    protocol: str = "SASL_PLAINTEXT"

    def client(self) -> dict[str, Any]:
        """Keyword arguments of any aiokafka client."""
        arguments: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.protocol,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }
        if self.protocol == "SASL_SSL":
            import ssl

            arguments["ssl_context"] = ssl.create_default_context()
        return arguments

    def as_user(self, user: str, password: str) -> "KafkaEndpoint":
        """The same broker for somebody else; the users we make sign in by SCRAM."""
        return replace(self, user=user, password=password, mechanism="SCRAM-SHA-256")


def kafka_from(url: str) -> KafkaEndpoint:
    """Read KAMENG_KAFKA. Raises Refusal when it is not of the form KAFKA_FORM."""
    parts = urlsplit(url)
    if parts.scheme != "kafka" or not parts.username or not parts.password or not parts.hostname:
        raise Refusal(
            f"KAMENG_KAFKA must look like {KAFKA_FORM}, with an admin's name and password."
        )
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return KafkaEndpoint(
        bootstrap=parts.netloc.rpartition("@")[2],
        user=unquote(parts.username),
        password=unquote(parts.password),
        mechanism=options.get("mechanism", "SCRAM-SHA-256"),
        protocol=options.get("protocol", "SASL_PLAINTEXT"),
    )


@dataclass(frozen=True, slots=True)
class PostgresEndpoint:
    """A way into PostgreSQL, as the URL that libpq takes."""

    dsn: str

    def as_user(self, user: str, password: str) -> "PostgresEndpoint":
        """The same database for somebody else."""
        parts = urlsplit(self.dsn)
        where = parts.netloc.rpartition("@")[2]
        netloc = f"{quote(user)}:{quote(password, safe='')}@{where}"
        return PostgresEndpoint(urlunsplit(parts._replace(netloc=netloc)))

    def database(self, name: str) -> "PostgresEndpoint":
        """Another database of the same server, as the same user."""
        return PostgresEndpoint(urlunsplit(urlsplit(self.dsn)._replace(path=f"/{quote(name)}")))

    @property
    def database_name(self) -> str:
        return unquote(urlsplit(self.dsn).path.lstrip("/"))


def postgres_from(url: str) -> PostgresEndpoint:
    """Read KAMENG_POSTGRES. Raises Refusal when it is not of the form POSTGRES_FORM."""
    parts = urlsplit(url)
    named = parts.username and parts.hostname and parts.path.strip("/")
    if parts.scheme not in ("postgresql", "postgres") or not named:
        raise Refusal(f"KAMENG_POSTGRES must look like {POSTGRES_FORM}, with an admin's name.")
    return PostgresEndpoint(url)
