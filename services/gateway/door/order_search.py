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

LOOKED_AT_MAX: Final = 2_000
"""Orders, the newest, among which those are looked for that say something."""
BATCH_ORDERS_MAX: Final = 100
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
ABOUT: Final = """
select doc from order_view where order_id in (
    select order_id from refund_view where refund_id = %b
    union select order_id from topup_view where reservation_id = %b
    union select order_id from dispute_view where dispute_id = %b
    union select order_id from invoice_view where invoice_id = %b
    union select order_id from invoice_view where number = %b and number <> ''
    union select order_id from thread_view where thread_id = %b
    union select order_id from custom_view where custom_id = %b
    union select order_id from review_view where review_id = %b
    union select order_id from recall_view where card_id = %b and order_id is not null
    union (select order_id from batch_line where batch_id = %b and order_id <> ''
           order by number limit %b)
) order by placed_ms desc, order_id desc
"""
ISSUED: Final = "select exists (select from coupon_view where coupon_id = %b)"
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

    async def about(self, number: str) -> Sequence[OrderDoc]:
        """Of the refund, top-up, dispute, invoice, thread, request, review, card or batch."""
        row = (*[number] * 10, BATCH_ORDERS_MAX)
        return [decode(doc) for (doc,) in await self._all(ABOUT, row)]

    async def saying(
        self, words: str, state: str, before: tuple[int, str], limit: int
    ) -> tuple[Sequence[OrderDoc], tuple[int, str] | None]:
        """The newest that say so in words_of(); and where to go on looking, if anywhere."""
        looked_at = await self.newest("", state, before, LOOKED_AT_MAX)
        found = [doc for doc in looked_at if words in words_of(doc)][:limit]
        if len(found) == limit:
            return found, (found[-1].placed_ms, found[-1].order_id)
        if len(looked_at) < LOOKED_AT_MAX:
            return found, None
        return found, (looked_at[-1].placed_ms, looked_at[-1].order_id)

    async def account_of(self, sign_in_id: str) -> str | None:
        """Whose phone that is."""
        rows = await self._all(ACCOUNT, (sign_in_id,))
        return str(rows[0][0]) if rows else None

    async def exists(self, account_id: str) -> bool:
        """Whether anybody signs in to it, asks with a key of it, or has had money there."""
        rows = await self._all(EXISTS, (account_id,) * 3)
        return bool(rows[0][0])

    async def issued(self, code: str) -> bool:
        """Whether there is or was such a coupon."""
        rows = await self._all(ISSUED, (code,))
        return bool(rows[0][0])

    async def refunds(self, order_id: str) -> list[RefundRow]:
        """What went back of an order, or was to, the oldest first."""
        return [RefundRow(*row) for row in await self._all(REFUNDS, (order_id, REFUNDS_MAX))]

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()


def words_of(doc: OrderDoc) -> str:
    """What an order is looked for by besides its number: what, with what, and why not."""
    lines = (f"{line.sku} {line.product_name} {line.sku_name} {line.code}" for line in doc.lines)
    said = (doc.payment_id, doc.coupon, doc.code, doc.declined, *lines)
    return "\n".join(said).casefold()
