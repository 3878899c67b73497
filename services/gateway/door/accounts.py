"""Accounts as people of the desk look for them, and what was done about them."""

from typing import Any, Final, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.standing import DeedRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

TAIL_DIGITS: Final = 4
HEAD_DIGITS: Final = 3
MASK: Final = "****"
ORDERS_COUNTED_MAX: Final = 1_000
"""Of one account: more are said as so many."""
DEEDS_MAX: Final = 50
"""Told of one account, the newest."""

MANY: Final = """
select s.account_id, s.opened_ms, s.level, s.blocked_ms, s.blocked_by, s.reason,
    coalesce(p.masked, ''), o.orders, coalesce(o.last_ms, 0),
    coalesce(w.balance, 0), coalesce(w.currency, 'CNY')
from (
    select * from standing_view
    where (opened_ms, account_id) < (%b, %b)
      and (%b::text = '' or account_id = %b)
      and (%b::text = '' or account_id in (select account_id from masked_phone where tail = %b))
      and (%b::text = '' or level = %b)
      and (not %b::bool or blocked_ms > 0)
    order by opened_ms desc, account_id desc limit %b
) as s
left join masked_phone p using (account_id)
left join wallet_view w using (account_id)
cross join lateral (
    select count(*) as orders, max(placed_ms) as last_ms from (
        select placed_ms from order_view v where v.account_id = s.account_id
        order by placed_ms desc limit %b
    ) as counted
) as o
order by s.opened_ms desc, s.account_id desc
"""
NOTE: Final = """
insert into masked_phone values (%s, %s, %s)
on conflict (account_id) do update set masked = excluded.masked, tail = excluded.tail
"""
OF_ACCOUNT: Final = """
select * from deed_view where account_id = %b order by time_ms desc limit %b
"""
DEEDS: Final = """
select * from deed_view where (time_ms, request_id) < (%b, %b)
order by time_ms desc, request_id desc limit %b
"""


class AccountRow(NamedTuple):
    """One account; of its phone what may be seen."""

    account_id: str
    opened_ms: int
    level: str
    blocked_ms: int
    blocked_by: str
    reason: str
    phone: str
    """Masked; empty: it has none, or has not signed in for long."""
    orders: int
    """ORDERS_COUNTED_MAX at most."""
    last_ms: int
    """When it last ordered; 0: never."""
    balance: int
    currency: str


class Wanted(NamedTuple):
    """Which accounts; what is empty does not matter."""

    account_id: str = ""
    tail: str = ""
    """The last digits of a phone."""
    level: str = ""
    blocked: bool = False


class Accounts:
    """All accounts there are, the newest first."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def many(self, wanted: Wanted, before: tuple[int, str], limit: int) -> list[AccountRow]:
        """Opened before that (time, account id)."""
        texts = (wanted.account_id, wanted.tail, wanted.level)
        twice = tuple(text for each in texts for text in (each, each))
        row = (*before, *twice, wanted.blocked, limit, ORDERS_COUNTED_MAX)
        return [AccountRow(*each) for each in await self._all(MANY, *row)]

    async def one(self, account_id: str) -> AccountRow | None:
        """This account."""
        rows = await self.many(Wanted(account_id), (2**62, ""), 1)
        return rows[0] if rows else None

    async def deeds_about(self, account_id: str) -> list[DeedRow]:
        """What our people did about it, the newest first."""
        rows = await self._all(OF_ACCOUNT, account_id, DEEDS_MAX)
        return [DeedRow(*row) for row in rows]

    async def deeds(self, before: tuple[int, str], limit: int) -> list[DeedRow]:
        """What our people did about any account, before that (time, request id)."""
        return [DeedRow(*row) for row in await self._all(DEEDS, *before, limit)]

    async def note_phone(self, account_id: str, phone: str) -> None:
        """Remember of a phone what may be seen of it."""
        async with self._pool.connection() as connection:
            await connection.execute(NOTE, (account_id, masked(phone), phone[-TAIL_DIGITS:]))

    async def _all(self, text: str, *row: object) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()


def masked(phone: str) -> str:
    """138****5678: never more than half of a short one."""
    seen = min(HEAD_DIGITS, max(0, len(phone) - 2 * TAIL_DIGITS))
    return phone[:seen] + MASK + phone[-TAIL_DIGITS:]
