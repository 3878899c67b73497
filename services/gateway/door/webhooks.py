"""Webhook endpoints as the door reads them, and where they may lead."""

from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.webhooks import EndpointRow, MessageRow

from .addresses import Guard

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

OF_ACCOUNT: Final = "select * from webhook_view where account_id = %b order by name limit %b"
ONE: Final = "select * from webhook_view where endpoint_id = %b"
MANY: Final = """
select * from webhook_view where (%b = '' or state = %b) and endpoint_id > %b
order by endpoint_id limit %b
"""
MESSAGES: Final = """
select * from webhook_message_view where endpoint_id = %b and position < %b
order by position desc limit %b
"""
MESSAGE: Final = "select * from webhook_message_view where message_id = %b and endpoint_id = %b"
OF_ACCOUNT_MAX: Final = 50


class WebhookDesk:
    """Endpoints by account, by state and by id; messages, the newest first."""

    def __init__(self, pool: Pool, guard: Guard) -> None:
        self._pool, self.guard = pool, guard

    async def of_account(self, account_id: str) -> list[EndpointRow]:
        """All of an account."""
        return [
            EndpointRow(*row) for row in await self._all(OF_ACCOUNT, account_id, OF_ACCOUNT_MAX)
        ]

    async def one(self, endpoint_id: str) -> EndpointRow | None:
        """This endpoint."""
        rows = await self._all(ONE, endpoint_id)
        return EndpointRow(*rows[0]) if rows else None

    async def many(self, state: str, after: str, limit: int) -> list[EndpointRow]:
        """Of all accounts, in this state (empty: in any)."""
        return [EndpointRow(*row) for row in await self._all(MANY, state, state, after, limit)]

    async def messages(self, endpoint_id: str, before: int, limit: int) -> list[MessageRow]:
        """What it was told, or is to be."""
        rows = await self._all(MESSAGES, endpoint_id, before, limit)
        return [MessageRow(*row) for row in rows]

    async def message(self, endpoint_id: str, message_id: str) -> MessageRow | None:
        """This message, if it is this endpoint's."""
        rows = await self._all(MESSAGE, message_id, endpoint_id)
        return MessageRow(*rows[0]) if rows else None

    async def _all(self, text: str, *row: object) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
