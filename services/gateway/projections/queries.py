"""The queries that read the read models; each is one statement, so it sees one moment."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

from shared.contracts.orders import PlaceOrder, WantedLine

from .holds import HoldRow
from .order import LineDoc, OrderDoc
from .orders import decode
from .times import Times, percentiles
from .topups import TopUpRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

CHANGES_MAX: Final = 500
"""Orders whose changes are read in one go."""

ORDER: Final = """
select doc, null::bytea, 0::bigint from order_view where order_id = %b and account_id = %b
union all
select null, command, received_ms from order_request where order_id = %b and account_id = %b
limit 1
"""
ORDERS: Final = """
(select doc, null::bytea as command, placed_ms, order_id from order_view
 where account_id = %b and (placed_ms, order_id) < (%b, %b)
 order by placed_ms desc, order_id desc limit %b)
union all
(select null, command, received_ms, order_id from order_request
 where account_id = %b and (received_ms, order_id) < (%b, %b)
 order by received_ms desc, order_id desc limit %b)
order by 3 desc, 4 desc limit %b
"""
ORDERS_IN: Final = """
(select doc, null::bytea as command, placed_ms, order_id from order_view
 where account_id = %b and (placed_ms, order_id) < (%b, %b) and state = any(%b::text[])
 order by placed_ms desc, order_id desc limit %b)
union all
(select null, command, received_ms, order_id from order_request
 where account_id = %b and (received_ms, order_id) < (%b, %b) and 'received' = any(%b::text[])
 order by received_ms desc, order_id desc limit %b)
order by 3 desc, 4 desc limit %b
"""
MOVED: Final = """
select doc from order_view where account_id = %b and position > %b order by position limit %b
"""
NEWEST: Final = "select coalesce(max(position), 0) from order_view where account_id = %b"
REVEALS: Final = """
select position, shard, line, code, time_ms from reveal_view where order_id = %b order by position
"""
STOCK: Final = """
select sku, received, available, reserved, sold, withdrawn, as_of_ms, threshold
from stock_view left join low_view using (sku) where sku = any(%b::text[])
"""
LOW: Final = "select sku, low_ms, out_ms from low_view where sku = any(%b::text[])"
TOPUPS: Final = """
select reservation_id, order_id, account_id, line, state, supplier, code, asks, ask_ms, since_ms
from topup_view where (since_ms, reservation_id) > (%b, %b)
order by since_ms, reservation_id limit %b
"""
TOPUP: Final = """
select reservation_id, order_id, account_id, line, state, supplier, code, asks, ask_ms, since_ms
from topup_view where reservation_id = %b
"""
HOLDS: Final = """
select * from hold_view where (state = 'held') <> %b and (held_ms, order_id) > (%b, %b)
order by held_ms, order_id limit %b
"""
HOLD: Final = "select * from hold_view where order_id = %b"
WALLET: Final = "select balance, currency, as_of_ms from wallet_view where account_id = %b"
STATEMENT: Final = """
select position, time_ms, kind, reference, amount, balance from wallet_entry
where account_id = %b and position < %b order by position desc limit %b
"""
TIMES: Final = """
select sku, step, sum(deliveries)::bigint from delivery_time_view group by sku, step limit %b
"""
TIMES_MAX: Final = 500_000
TIMES_AGE_S_MAX: Final = 5.0
"""Deliveries are many and their percentiles slow to move: read whole, once in so long."""
GUIDE: Final = """
select guide from guide_view where product_id = %b and revision <= %b
order by revision desc limit 1
"""
PRICES: Final = """
select time_ms, revision, sku, price, member_price, tiers from price_view
where product_id = %b and (revision, sku) < (%b, %b) order by revision desc, sku desc limit %b
"""
PRICES_WHY: Final = """
select time_ms, revision, sku, price, member_price, cost, below_cost, by_whom, reason
from price_view
where product_id = %b and sku = %b and revision < %b order by revision desc limit %b
"""


class Stock(NamedTuple):
    """A SKU's cards by where they are."""

    sku: str
    received: int
    available: int
    reserved: int
    sold: int
    withdrawn: int
    as_of_ms: int
    threshold: int | None = None
    """At so many or fewer it is low; none: as its offer says."""


class LowRow(NamedTuple):
    """When a SKU last ran low and sold out, Unix milliseconds; 0: it did not."""

    sku: str
    low_ms: int
    out_ms: int


class Read:
    """All questions that the door's readers ask."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._times: Mapping[str, Times] = {}
        self._times_read_s = -TIMES_AGE_S_MAX

    async def _all(self, text: str, row: tuple[object, ...]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()

    async def order(self, account_id: str, order_id: str) -> OrderDoc | None:
        """This account's order; `received` while orders has not said a word."""
        rows = await self._all(ORDER, (order_id, account_id, order_id, account_id))
        return received_doc(*rows[0]) if rows else None

    async def orders(self, account_id: str, before: tuple[int, str], limit: int) -> list[OrderDoc]:
        """The newest first, placed before that (time, order id)."""
        where = (account_id, *before, limit)
        rows = await self._all(ORDERS, (*where, *where, limit))
        return [received_doc(doc, command, time_ms) for doc, command, time_ms, _ in rows]

    async def orders_in(
        self, account_id: str, states: list[str], before: tuple[int, str], limit: int
    ) -> list[OrderDoc]:
        """Those that are in one of these states, as orders() has them."""
        where = (account_id, *before, states, limit)
        rows = await self._all(ORDERS_IN, (*where, *where, limit))
        return [received_doc(doc, command, time_ms) for doc, command, time_ms, _ in rows]

    async def moved(self, account_id: str, after: int) -> list[OrderDoc]:
        """Orders with facts after this position, in the order of their last one."""
        rows = await self._all(MOVED, (account_id, after, CHANGES_MAX))
        return [decode(doc) for (doc,) in rows]

    async def newest(self, account_id: str) -> int:
        """The position of the last change of any of the account's orders."""
        rows = await self._all(NEWEST, (account_id,))
        return int(rows[0][0])

    async def reveals(self, order_id: str) -> list[tuple[Any, ...]]:
        """(position, shard, line, code, time in ms) of each."""
        return await self._all(REVEALS, (order_id,))

    async def stock(self, skus: list[str]) -> dict[str, Stock]:
        """By SKU; one that never had a card is not in it."""
        rows = await self._all(STOCK, (skus,))
        return {row[0]: Stock(*row) for row in rows}

    async def low(self, skus: list[str]) -> dict[str, LowRow]:
        """By SKU; one that never ran low is not in it."""
        return {row[0]: LowRow(*row) for row in await self._all(LOW, (skus,))}

    async def topups(self, after: tuple[int, str], limit: int) -> list[TopUpRow]:
        """On their way, the oldest first, begun after that (time, reservation)."""
        return [TopUpRow(*row) for row in await self._all(TOPUPS, (*after, limit))]

    async def topup(self, reservation_id: str) -> TopUpRow | None:
        """One that is on its way."""
        rows = await self._all(TOPUP, (reservation_id,))
        return TopUpRow(*rows[0]) if rows else None

    async def holds(self, after: tuple[int, str], limit: int, *, decided: bool) -> list[HoldRow]:
        """Held, or decided since; the oldest first, held after that (time, order)."""
        return [HoldRow(*row) for row in await self._all(HOLDS, (decided, *after, limit))]

    async def hold(self, order_id: str) -> HoldRow | None:
        """One order that is or was held."""
        rows = await self._all(HOLD, (order_id,))
        return HoldRow(*rows[0]) if rows else None

    async def wallet(self, account_id: str) -> tuple[int, str, int] | None:
        """(balance, currency, as of in ms)."""
        rows = await self._all(WALLET, (account_id,))
        return (rows[0][0], rows[0][1], rows[0][2]) if rows else None

    async def statement(self, account_id: str, before: int, limit: int) -> list[tuple[Any, ...]]:
        """(position, time in ms, kind, reference, amount, balance), the newest first."""
        return await self._all(STATEMENT, (account_id, before, limit))

    async def times(self) -> Mapping[str, Times]:
        """By SKU, how long deliveries take; one that was never delivered is not in it."""
        now_s = time.monotonic()
        if now_s - self._times_read_s >= TIMES_AGE_S_MAX:
            self._times_read_s = now_s
            self._times = percentiles(await self._all(TIMES, (TIMES_MAX,)))
        return self._times

    async def guide(self, product_id: str, revision: int) -> str:
        """How to use a product, as it stood at this revision; empty where nothing was said."""
        rows = await self._all(GUIDE, (product_id, revision))
        return str(rows[0][0]) if rows else ""

    async def prices(
        self, product_id: str, before: tuple[int, str], limit: int
    ) -> list[tuple[Any, ...]]:
        """(time in ms, revision, sku, price, member price, tiers), the newest first."""
        return await self._all(PRICES, (product_id, *before, limit))

    async def prices_why(
        self, product_id: str, sku: str, before: int, limit: int
    ) -> list[tuple[Any, ...]]:
        """(time in ms, revision, SKU, price, member price, cost, why below it, who, why)."""
        return await self._all(PRICES_WHY, (product_id, sku, before, limit))

    async def answer(self, text: str, request_id: str) -> tuple[Any, ...] | None:
        """The one row of a request's outcome (ATTEMPT, DEPOSIT or LISTING)."""
        rows = await self._all(text, (request_id,))
        return rows[0] if rows else None


ATTEMPT: Final = "select account_id, code from attempt_view where attempt_id = %b"
DEPOSIT: Final = "select amount, balance, code from deposit_view where deposit_id = %b"
CHANNEL_DEPOSIT: Final = """
select account_id, channel, amount, currency, state, pay_url, code
from channel_deposit_view where deposit_id = %b and state <> 'opening'
"""
LISTING: Final = "select product_id, revision, code from product_request_view where request_id = %b"


def received_doc(doc: bytes | None, command: bytes | None, received_ms: int) -> OrderDoc:
    """The order as it is kept; else as its own command tells it."""
    if doc is not None:
        return decode(doc)
    return received(msgspec.json.decode(command or b"", type=_Asked), received_ms)


def received(asked: "PlaceOrder | _Asked", received_ms: int) -> OrderDoc:
    """An order that is accepted, as its own command tells it."""
    wanted: Sequence[WantedLine | _AskedLine] = asked.lines
    lines = tuple(
        LineDoc(
            at, line.sku, line.product_id, "", "", "", 0, line.quantity, line.unit_price,
            line.unit_price,
        )
        for at, line in enumerate(wanted, start=1)
    )  # fmt: skip
    return OrderDoc(
        order_id=asked.order_id,
        account_id=asked.account_id,
        shard=-1,
        body_hash=asked.body_hash,
        state="received",
        placed_ms=received_ms,
        position=0,
        steps=(),
        lines=lines,
        total=sum(line.quantity * line.unit_price for line in wanted),
        currency=asked.currency,
        pay_with=asked.pay_with,
    )


class _AskedLine(msgspec.Struct):
    sku: str
    product_id: str
    quantity: int
    unit_price: int


class _Asked(msgspec.Struct):
    """What of PlaceOrder is shown."""

    order_id: str
    account_id: str
    body_hash: str
    lines: tuple[_AskedLine, ...]
    currency: str
    pay_with: str
