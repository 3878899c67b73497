"""Invoices as the door reads them."""

from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.invoices import LIVE, InvoiceRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

ONE: Final = "select * from invoice_view where invoice_id = %b"
OF_ORDER: Final = """
select * from invoice_view where order_id = %b and account_id = %b
order by asked_ms, invoice_id limit %b
"""
OF_ACCOUNT: Final = """
select * from invoice_view where account_id = %b and (asked_ms, invoice_id) < (%b, %b)
order by asked_ms desc, invoice_id desc limit %b
"""
IN_STATE: Final = """
select * from invoice_view where state = %b and (asked_ms, invoice_id) > (%b, %b)
order by asked_ms, invoice_id limit %b
"""
TAKEN: Final = """
select coalesce(sum(amount), 0)::bigint from (
    select amount from invoice_view where order_id = %b and state = any(%b::text[])
    union all
    select amount from refund_view where order_id = %b and state <> 'denied'
) as spoken_for
"""
OF_ORDER_MAX: Final = 100


class Invoices:
    """Invoices by their id, their order, their account and their state."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def one(self, invoice_id: str) -> InvoiceRow | None:
        """This invoice."""
        rows = await self._all(ONE, (invoice_id,))
        return InvoiceRow(*rows[0]) if rows else None

    async def of_order(self, order_id: str, account_id: str) -> list[InvoiceRow]:
        """All of an order, the oldest first."""
        rows = await self._all(OF_ORDER, (order_id, account_id, OF_ORDER_MAX))
        return [InvoiceRow(*row) for row in rows]

    async def of_account(
        self, account_id: str, before: tuple[int, str], limit: int
    ) -> list[InvoiceRow]:
        """All of an account, the newest first."""
        rows = await self._all(OF_ACCOUNT, (account_id, *before, limit))
        return [InvoiceRow(*row) for row in rows]

    async def in_state(self, state: str, after: tuple[int, str], limit: int) -> list[InvoiceRow]:
        """All in this state, the oldest first."""
        rows = await self._all(IN_STATE, (state, *after, limit))
        return [InvoiceRow(*row) for row in rows]

    async def taken(self, order_id: str) -> int:
        """Minor units that invoices are about, that have gone back, or are on their way there."""
        rows = await self._all(TAKEN, (order_id, list(LIVE), order_id))
        amount: int = rows[0][0]
        return amount

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
