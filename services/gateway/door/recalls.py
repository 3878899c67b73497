"""Which cards a recall is of, and what the read models know of it."""

from collections import Counter
from typing import Any, Final, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.recalls import RecallRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

OF_SKU: Final = "select card_id from card_view where sku = %b order by card_id limit %b"
OF_IMPORT: Final = """
select card_id from card_view where sku = %b and import_id = %b order by card_id limit %b
"""
OF_QUARANTINE: Final = """
select card_id from aside_view where sku = %b and request_id = %b order by card_id limit %b
"""
COUNTS: Final = (
    "select state, count(*)::bigint from recall_view where recall_id = %b group by state"
)
HELD: Final = """
select * from recall_view where recall_id = %b and sku = %b and state = 'held' and card_id > %b
order by card_id limit %b
"""


SET_ASIDE: Final = """
select state, count(*)::bigint from quarantine_view where request_id = %b and sku = %b
group by state
"""


ASIDE: Final = """
select request_id, count(*)::bigint, min(by_whom), min(reason), min(time_ms) from aside_view
where sku = %b group by request_id order by 5 desc, 1 limit %b
"""


class Aside(NamedTuple):
    """What is still set aside of what a request has set aside."""

    request_id: str
    cards: int
    by: str
    reason: str
    since_ms: int


class Progress(NamedTuple):
    """How far a recall has come, in cards."""

    withdrawn: int
    held: int
    unknown: int


class Recalls:
    """Cards that are called back."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def cards(self, sku: str, import_id: str | None, limit: int) -> list[str]:
        """The cards of a SKU, or of one import of it."""
        where = (sku, limit) if import_id is None else (sku, import_id, limit)
        text = OF_SKU if import_id is None else OF_IMPORT
        return [card_id for (card_id,) in await self._all(text, where)]

    async def progress(self, recall_id: str) -> Progress:
        """As far as the read models know."""
        counts = Counter(dict(await self._all(COUNTS, (recall_id,))))
        return Progress(counts["withdrawn"], counts["held"], counts["unknown"])

    async def set_aside(self, request_id: str, sku: str) -> dict[str, int]:
        """What a request to set cards aside, or to lift that, came to, in cards."""
        return dict(await self._all(SET_ASIDE, (request_id, sku)))

    async def still_aside(self, sku: str, limit: int) -> list[Aside]:
        """What of a SKU is set aside at this moment, the newest first."""
        return [Aside(*row) for row in await self._all(ASIDE, (sku, limit))]

    async def of_quarantine(self, sku: str, request_id: str, limit: int) -> list[str]:
        """The cards that this request has set aside, and that still are."""
        return [row[0] for row in await self._all(OF_QUARANTINE, (sku, request_id, limit))]

    async def held(self, recall_id: str, sku: str, after: str, limit: int) -> list[RecallRow]:
        """Cards that somebody has, after that card id."""
        rows = await self._all(HELD, (recall_id, sku, after, limit))
        return [RecallRow(*row) for row in rows]

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
