"""The copy's schema in the database: made empty, and put in the live one's place."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from deploy.local.endpoints import PostgresEndpoint
from deploy.local.migrate import migrations_of
from deploy.local.postgres_setup import connect
from deploy.local.refusal import Refusal
from shared.runtime.migrations import migrate
from shared.shards import outbox as outboxes
from shared.shards.outbox import Outbox

REBUILT: Final = "_rebuilt"
REPLACED: Final = "_replaced"
NO_LOG: Final[Mapping[str, tuple[str, ...]]] = {
    "gateway": (
        "order_request", "request", "nonce", "session", "stock_import", "stock_import_chunk",
        "batch", "batch_line", "order_pace", "api_key_use", "masked_phone",
    ),
}  # fmt: skip
"""Tables that come from no log: what the door remembers of its visitors, and what it has measured.
They change hands."""

Rows = psycopg.Connection[tuple[Any, ...]]


class Schemas:
    """The live schema of a service, and the one of its copy."""

    def __init__(self, admin: PostgresEndpoint, service: str) -> None:
        self.admin, self.service, self.rebuilt = admin, service, f"{service}{REBUILT}"
        self.owner = self._owner()

    @property
    def live_dsn(self) -> str:
        """The service's rights, in its own schema."""
        return self._dsn(self.service)

    @property
    def rebuilt_dsn(self) -> str:
        """The service's rights, in the copy's schema."""
        return self._dsn(self.rebuilt)

    def make(self) -> None:
        """An empty copy, with the tables that the service has."""
        self.drop()
        with connect(self.admin) as connection:
            _run(connection, "create schema {} authorization {}", self.rebuilt, self.owner)
        migrate(self.rebuilt_dsn, migrations_of(self.service))

    def drop(self) -> None:
        """No copy any more."""
        with connect(self.admin) as connection:
            _run(connection, "drop schema if exists {} cascade", self.rebuilt)

    def hand_over(self, boxes: Mapping[int, Outbox]) -> None:
        """Give each shard of the copy what the live one may not have sent yet."""
        with psycopg.connect(self.rebuilt_dsn) as connection:
            for shard, box in boxes.items():
                encoded = outboxes.encode(box)
                connection.execute(
                    "update shard set outbox = %b where shard = %s", (encoded, shard)
                )

    def swap(self) -> str:
        """Put the copy in the live one's place, in one transaction; what the old one is called now.

        Nobody may be deciding meanwhile. What comes from no log changes hands.
        """
        replaced = f"{self.service}{REPLACED}"
        with connect(self.admin) as connection, connection.transaction():
            _run(connection, "drop schema if exists {} cascade", replaced)
            _run(connection, "alter schema {} rename to {}", self.service, replaced)
            _run(connection, "alter schema {} rename to {}", self.rebuilt, self.service)
            for table in NO_LOG.get(self.service, ()):
                _run(connection, "drop table {}.{}", self.service, table)
                _run(connection, "alter table {}.{} set schema {}", replaced, table, self.service)
        return replaced

    def _owner(self) -> str:
        with connect(self.admin) as connection:
            row = connection.execute(
                "select pg_get_userbyid(nspowner) from pg_namespace where nspname = %s",
                [self.service],
            ).fetchone()
        if row is None:
            raise Refusal(
                f"There is no schema {self.service} in the database: `make run` makes it."
            )
        return str(row[0])

    def _dsn(self, schema: str) -> str:
        options = quote(f"-c role={self.owner} -c search_path={schema}", safe="")
        joint = "&" if "?" in self.admin.dsn else "?"
        return f"{self.admin.dsn}{joint}options={options}"


def _run(connection: Rows, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
