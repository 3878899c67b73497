"""The shards' rows, and how far the read models are: read, never written."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
from psycopg import sql

from deploy.local.refusal import Refusal
from shared.contracts.matrix import SERVICES
from shared.shards import ledger as ledgers
from shared.shards.ledger import Ledger

CONNECT_S_MAX: Final = 5
Ledgers = dict[str, dict[int, Ledger]]
"""By service and shard."""
Places = dict[str, dict[tuple[str, int], int]]
"""By views group: topic and shard → the next offset."""


def read_ledgers(dsn: str, services: tuple[str, ...] = SERVICES) -> Ledgers:
    """Every shard that has had a turn; raises Refusal where the database does not answer."""
    found: Ledgers = {}
    with _connected(dsn) as connection:
        for service in _having(connection, "shard", services):
            rows = connection.execute(
                sql.SQL("select shard, ledger from {}.shard order by shard").format(
                    sql.Identifier(service)
                )
            ).fetchall()
            found[service] = {shard: ledgers.decode(row) for shard, row in rows}
    return found


def read_places(dsn: str) -> Places:
    """How far every service's read models follow; a service without any has no entry."""
    found: Places = {}
    with _connected(dsn) as connection:
        for service in _having(connection, "view_offset", SERVICES):
            rows = connection.execute(
                sql.SQL("select topic, shard, next_offset from {}.view_offset").format(
                    sql.Identifier(service)
                )
            ).fetchall()
            if rows:
                found[f"{service}.views"] = {(topic, shard): at for topic, shard, at in rows}
    return found


def _connected(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_S_MAX)
    except psycopg.OperationalError as error:
        why = str(error).strip().splitlines()[-1]
        raise Refusal(f"PostgreSQL does not answer ({why}): see `make status`.") from None


def _having(
    connection: psycopg.Connection[tuple[Any, ...]], table: str, services: tuple[str, ...]
) -> Iterator[str]:
    for service in services:
        there = connection.execute("select to_regclass(%s)", [f"{service}.{table}"]).fetchone()
        if there and there[0]:
            yield service
