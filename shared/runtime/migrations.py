"""A service's tables, made and changed by numbered SQL files: forward only, each applied once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

VERSIONS = """
create table if not exists schema_version (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
)
"""
LOCK = "select pg_advisory_xact_lock(hashtext(current_schema() || '.schema_version'))"


class MigrationChanged(Exception):
    """A file that this database has applied is not the file it was: write a new one instead."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its name orders it and is remembered in the database."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_folder(folder: Path) -> list[Migration]:
    """The migrations of a folder in the order of their numbers; none when it is not there."""
    return [Migration(file.name, file.read_text()) for file in sorted(folder.glob("*.sql"))]


def migrate(dsn: str, migrations: Iterable[Migration]) -> list[str]:
    """Apply what this database has not seen, all in one transaction; the names applied.

    Everything happens in the role's own schema. Several processes may call it at once.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute(LOCK)
        connection.execute(VERSIONS)
        rows = connection.execute("select name, sha256 from schema_version").fetchall()
        seen: dict[str, str] = dict(rows)
        return [each.name for each in migrations if _apply(connection, each, seen)]


def _apply(
    connection: psycopg.Connection[tuple[object, ...]], migration: Migration, seen: dict[str, str]
) -> bool:
    if migration.name in seen:
        if seen[migration.name] != migration.sha256:
            raise MigrationChanged(
                f"{migration.name} is not the file that was applied here: undo the change and put "
                "it into a migration of its own."
            )
        return False
    connection.execute(migration.text.encode())
    connection.execute(
        "insert into schema_version (name, sha256) values (%s, %s)",
        (migration.name, migration.sha256),
    )
    return True
