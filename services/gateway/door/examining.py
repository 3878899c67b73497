"""What was concluded about others: signed reports, reveals, how suppliers do, who works here."""

from collections import Counter
from typing import Any, Final, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.times import bound_of

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

COUNTS_MAX: Final = 100_000
FLAWS_MAX: Final = 100
COUNTS: Final = """
select supplier, sku, outcome, code, step, sum(requests)::bigint from supplier_count
group by supplier, sku, outcome, code, step limit %s
"""
OPEN: Final = "select supplier, sku, count(*) from supplier_try group by supplier, sku limit %s"
REPORTS: Final = """
select report_id, text, key_id, signature, signed_ms from audit_report
where report_id < %s order by report_id desc limit %s
"""
FLAWS: Final = """
select coordinates, code, source, detail, found_ms from audit_flaw
order by found_ms desc, coordinates limit %s
"""
STAFF: Final = """
select operator, role, added_ms from operator_view where operator > %s order by operator limit %s
"""
REVEALS: Final = """
select r.order_id, r.position, r.line, r.code, r.time_ms, coalesce(o.account_id, '')
from reveal_view r left join order_view o using (order_id)
where (r.time_ms, r.order_id, r.position) < (%s, %s, %s)
order by r.time_ms desc, r.order_id desc, r.position desc limit %s
"""


class ReportRow(NamedTuple):
    """One signed report."""

    report_id: str
    text: str
    key_id: str
    signature: str
    signed_ms: int


class FlawRow(NamedTuple):
    """One thing that is wrong."""

    coordinates: str
    code: str
    source: str
    detail: str
    found_ms: int


class RevealRow(NamedTuple):
    """A line's codes were shown, or were not: then `code` says why."""

    order_id: str
    position: int
    line: int
    code: str
    time_ms: int
    account_id: str


class SupplierRow(NamedTuple):
    """How one supplier does with one SKU; all in requests."""

    supplier: str
    sku: str
    sent: int
    done: int
    refused: int
    given_up: int
    unsure: int
    """That were unknown at any time, however they ended."""
    under_way: int
    codes: tuple[tuple[str, int], ...]
    """Why it refused, the most frequent reason first."""
    p50_ms: int | None
    p95_ms: int | None


class Examining:
    """Reads what was concluded about others."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def suppliers(self) -> list[SupplierRow]:
        """By supplier and SKU."""
        counts = await self._all(COUNTS, (COUNTS_MAX,))
        under_way = {(a, b): n for a, b, n in await self._all(OPEN, (COUNTS_MAX,))}
        return summed(counts, under_way)

    async def reports(self, before: str, limit: int) -> list[ReportRow]:
        """The newest first."""
        return [ReportRow(*row) for row in await self._all(REPORTS, (before, limit))]

    async def flaws(self) -> list[FlawRow]:
        """The newest, at most a page."""
        return [FlawRow(*row) for row in await self._all(FLAWS, (FLAWS_MAX,))]

    async def reveals(self, before: tuple[int, str, int], limit: int) -> list[RevealRow]:
        """The newest first."""
        return [RevealRow(*row) for row in await self._all(REVEALS, (*before, limit))]

    async def staff(self, after: str, limit: int) -> list[tuple[str, str, int]]:
        """(user, role, since when) of who works here, by their names."""
        return await self._all(STAFF, (after, limit))

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row)
            return await found.fetchall()


def summed(counts: list[Any], under_way: dict[tuple[str, str], int]) -> list[SupplierRow]:
    """From (supplier, SKU, outcome, code, step, requests) of all shards together."""
    outcomes: dict[tuple[str, str], Counter[str]] = {}
    codes: dict[tuple[str, str], Counter[str]] = {}
    steps: dict[tuple[str, str], Counter[int]] = {}
    for supplier, sku, outcome, code, step, requests in counts:
        key = (supplier, sku)
        outcomes.setdefault(key, Counter())[outcome] += requests
        if outcome == "refused":
            codes.setdefault(key, Counter())[code] += requests
        if outcome == "done":
            steps.setdefault(key, Counter())[step] += requests
    rows: list[SupplierRow] = []
    for key, found in sorted(outcomes.items()):
        took = steps.get(key)
        rows.append(
            SupplierRow(
                *key, found["sent"], found["done"], found["refused"], found["given_up"],
                found["unsure"], under_way.get(key, 0),
                tuple(codes.get(key, Counter()).most_common()),
                bound_of(took, 50) if took else None, bound_of(took, 95) if took else None,
            )
        )  # fmt: skip
    return rows
