"""Orders as operators look for them: across all accounts, by whatever they were told."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.order import OrderDoc
from services.gateway.projections.orders import decode
from services.gateway.projections.queries import received_doc
from services.gateway.projections.refunds import RefundRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

LOOK_BACK_MS: Final = (600_000, 10_800_000, 259_200_000, 7_776_000_000, 2**53)
"""How far back is looked at once, further only where too little was found: a page of the newest
costs what was placed lately, not what was ever placed."""
REFUNDS_MAX: Final = 100

ONE: Final = """
select doc, null::bytea, 0::bigint from order_view where order_id = %b
union all
select null, command, received_ms from order_request where order_id = %b
limit 1
"""
STARTING: Final = """
select doc from order_view where order_id like %b order by order_id limit %b
"""
NEWEST: Final = """
select doc from order_view
where placed_ms between %b and %b and (placed_ms, order_id) < (%b, %b)
  and (%b = '' or state = %b) and (%b = '' or account_id = %b)
order by placed_ms desc, order_id desc limit %b
"""
ACCOUNT: Final = "select account_id from account_view where sign_in_id = %b"
EXISTS: Final = """
select exists (select from account_view where account_id = %b)
    or exists (select from wallet_view where account_id = %b)
    or exists (select from api_key_view where account_id = %b)
"""
REFUNDS: Final = """
select refund_id, order_id, amount, state, code, asked_by, reason, time_ms from refund_view
where order_id = %b order by time_ms limit %b
"""


class OrderSearch:
    """All orders there are."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def one(self, order_id: str) -> OrderDoc | None:
        """Whosever it is; `received` while orders has not said a word."""
        rows = await self._all(ONE, (order_id, order_id))
        return received_doc(*rows[0]) if rows else None

    async def starting(self, prefix: str, limit: int) -> Sequence[OrderDoc]:
        """Those whose id begins like this; hex digits and dashes alone."""
        return [decode(doc) for (doc,) in await self._all(STARTING, (prefix + "%", limit))]

    async def newest(
        self, account_id: str, state: str, before: tuple[int, str], limit: int
    ) -> Sequence[OrderDoc]:
        """The newest first, placed before that (time, order id); "" is any account or state."""
        found: list[OrderDoc] = []
        for back_ms in LOOK_BACK_MS:
            since = max(0, before[0] - back_ms)
            where = (since, before[0], *before, state, state, account_id, account_id, limit)
            found = [decode(doc) for (doc,) in await self._all(NEWEST, where)]
            if len(found) >= limit or not since:
                break
        return found

    async def account_of(self, sign_in_id: str) -> str | None:
        """Whose phone that is."""
        rows = await self._all(ACCOUNT, (sign_in_id,))
        return str(rows[0][0]) if rows else None

    async def exists(self, account_id: str) -> bool:
        """Whether anybody signs in to it, asks with a key of it, or has had money there."""
        rows = await self._all(EXISTS, (account_id,) * 3)
        return bool(rows[0][0])

    async def refunds(self, order_id: str) -> list[RefundRow]:
        """What went back of an order, or was to, the oldest first."""
        return [RefundRow(*row) for row in await self._all(REFUNDS, (order_id, REFUNDS_MAX))]

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
