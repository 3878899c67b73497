"""What a database needs before the services come: a role and a schema each, nobody else's."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from deploy.local.endpoints import PostgresEndpoint
from deploy.local.refusal import Refusal
from shared.contracts.matrix import SERVICES

DATABASE = "kameng"
CONNECT_S_MAX = 5


def role_of(database: str, service: str) -> str:
    """A service's role: named after the database too, because roles belong to the whole server."""
    return f"{database}_{service}"


def connect(endpoint: PostgresEndpoint) -> psycopg.Connection[tuple[object, ...]]:
    """A connection that commits each statement. Raises Refusal when nobody lets us in."""
    try:
        return psycopg.connect(endpoint.dsn, autocommit=True, connect_timeout=CONNECT_S_MAX)
    except psycopg.OperationalError as error:
        why = str(error).strip().splitlines()[-1]
        raise Refusal(
            f"PostgreSQL does not let us in ({why}): correct KAMENG_POSTGRES, or unset it to use "
            "a local server."
        ) from error


def close_own_server(admin: PostgresEndpoint) -> None:
    """On a server that is ours alone: let nobody but the admin into the databases it came with."""
    with connect(admin) as connection:
        _run(connection, "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")


def create_database(admin: PostgresEndpoint, name: str = DATABASE) -> PostgresEndpoint:
    """The database of that name, made if it is not there."""
    with connect(admin) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if there.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return admin.database(name)


def prepare_database(admin: PostgresEndpoint, passwords: Mapping[str, str]) -> None:
    """Make each service's role and schema in the admin's database, and close all other doors.

    `passwords` by service. Raises Refusal when a schema of that name belongs to somebody else.
    """
    database = admin.database_name
    with connect(admin) as connection, connection.transaction():
        _run(connection, "SELECT pg_advisory_xact_lock(hashtext('kameng'))")
        _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
        _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for service in SERVICES:
            role = role_of(database, service)
            _ensure_role(connection, role, passwords[service])
            _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, role)
            _ensure_schema(connection, service, role)
            _run(connection, "ALTER ROLE {} SET search_path = {}", role, service)


def _ensure_role(
    connection: psycopg.Connection[tuple[object, ...]], role: str, password: str
) -> None:
    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if there else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _ensure_schema(
    connection: psycopg.Connection[tuple[object, ...]], name: str, role: str
) -> None:
    owner = connection.execute(
        "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = %s", [name]
    ).fetchone()
    if owner is None:
        # Whoever makes a schema for a role must be able to become it; a superuser always is.
        _run(connection, "GRANT {} TO CURRENT_USER", role)
        _run(connection, "CREATE SCHEMA {} AUTHORIZATION {}", name, role)
    elif owner != (role,):
        raise Refusal(
            f"Schema {name} in this database belongs to {owner[0]}: give KAMENG_POSTGRES a "
            "database of its own."
        )


def _run(connection: psycopg.Connection[tuple[object, ...]], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
