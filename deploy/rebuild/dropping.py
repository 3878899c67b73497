"""The whole database dropped, and everything in it made again from the log.

Stop the services, build a copy of each and compare, drop the database, start the services on an
empty one, wait until they have read the log, compare again.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import sql

from deploy.local.endpoints import PostgresEndpoint
from deploy.local.folder import of_checkout
from deploy.local.migrate import migrate_service
from deploy.local.postgres_setup import connect, create_database, prepare_database, role_of
from deploy.local.refusal import Refusal
from deploy.local.secrets import load_secrets
from deploy.local.units import UNITS
from deploy.rebuild.pausing import standing_still
from deploy.rebuild.rebuilding import Report, Site, followed, rebuild
from deploy.rebuild.services import SERVICES

MAINTENANCE: Final = "postgres"
"""The database that every server has: whoever drops another must be in it."""
CAUGHT_UP_S_MAX: Final = 600.0
POLL_S: Final = 0.2

Say = Callable[[str], None]


async def rebuild_all(site: Site, say: Say) -> list[Report]:
    """Drop the database of the running system; what every service has come back to."""
    before: list[Report] = []
    async with standing_still([unit.name for unit in UNITS]):
        if is_there(site.admin):
            before = [await rebuild(site, service) for service in SERVICES]
            say(f"before: {_words(before)}")
        drop(site.admin)
        say(f"the database {site.admin.database_name} is dropped")
        make(site.admin, load_secrets(of_checkout()).postgres)
        began_s = time.monotonic()
    await asyncio.gather(*(followed(site, service, CAUGHT_UP_S_MAX) for service in SERVICES))
    say(f"everything is back after {time.monotonic() - began_s:.1f} s")
    after = [await rebuild(site, service) for service in SERVICES]
    say(f"after: {_words(after)}; {_came_back(before, after)}")
    return [*(report for report in before if not report.same), *after]


def _came_back(before: list[Report], after: list[Report]) -> str:
    """How many shards are to the very fingerprint what they were; raises Refusal for one behind."""
    now = {(report.service, each.shard): each for report in after for each in report.shards}
    same = moved = 0
    for service, was in ((report.service, each) for report in before for each in report.shards):
        here = now.get((service, was.shard))
        if was.position and (here is None or here.position <= was.position):
            raise Refusal(
                f"{service}/{was.shard} was at {was.position} and has not come back there."
            )
        if here is None or here.live == was.live:
            same += 1
        else:
            moved += 1
    return f"{same} shards as they were before, {moved} have gone on since"


def is_there(admin: PostgresEndpoint) -> bool:
    """Whether the database exists and holds a service's tables."""
    try:
        with psycopg.connect(admin.dsn) as connection:
            row = connection.execute("select to_regclass('orders.shard')").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and row[0] is not None


def drop(admin: PostgresEndpoint) -> None:
    """The database with all that is in it. Raises Refusal where that is not allowed."""
    name = sql.Identifier(admin.database_name)
    try:
        with connect(admin.database(MAINTENANCE)) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
    except psycopg.errors.InsufficientPrivilege as denied:
        raise Refusal(f"This database may not be dropped: {denied.diag.message_primary}") from None


def make(admin: PostgresEndpoint, passwords: dict[str, str]) -> None:
    """The database again, with every service's role, schema and empty tables."""
    database = create_database(admin.database(MAINTENANCE), admin.database_name)
    prepare_database(database, passwords)
    for service in SERVICES:
        role = role_of(database.database_name, service)
        migrate_service(service, database.as_user(role, passwords[service]).dsn)


def _words(reports: list[Report]) -> str:
    shards = [each for report in reports for each in report.shards]
    rows = sum(each.live.rows for each in shards)
    views = sum(len(report.views) for report in reports)
    verdict = "all as the log says" if all(r.same for r in reports) else "not all as the log says"
    return f"{len(shards)} shards, {rows:,} aggregates, {views} read models, {verdict}"
