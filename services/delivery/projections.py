"""Read models for the door: which cards were delivered, and which reveals were decided.

They follow delivery's facts as they stand on the log, so what is found here is on the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, LiteralString, NamedTuple, Protocol

from msgspec import msgpack
from psycopg import AsyncConnection, OperationalError
from psycopg_pool import AsyncConnectionPool

from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryForgotten,
    DeliveryPrepared,
    RevealRefused,
    TopUpConfirmed,
)
from shared.contracts.disputes import ReplacementDelivered
from shared.contracts.message import Fact
from shared.kernel.ids import is_replacement
from shared.shards.ports import Unavailable
from shared.shards.views import Landed, Views

SealedCards = tuple[tuple[str, str], ...]
"""Card id and sealed code of each; of a top-up the request id and its receipt."""
RECEIPT: Final = "r1."
"""What a receipt begins with in place of a sealed code: it is no secret."""

CONNECT_S_MAX: Final = 2

_encode: Final = msgpack.Encoder().encode
_decode: Final = msgpack.Decoder(SealedCards).decode


class LineCards(NamedTuple):
    """The cards of one line: prepared, then delivered."""

    reservation_id: str
    order_id: str
    account_id: str
    line: int
    sku: str
    cards: SealedCards
    delivered: bool


class Reveal(NamedTuple):
    """How a reveal was decided."""

    request_id: str
    order_id: str
    account_id: str
    line: int
    code: str | None
    """Why it was refused; None: shown."""


class Reveals(Protocol):
    """What the door asks of the read models; raises Unavailable."""

    async def reveal(self, request_id: str) -> Reveal | None:
        """How this request was decided; None as long as it is not known to be."""

    async def delivered(self, order_id: str, line: int) -> Sequence[LineCards]:
        """The delivered cards of a line, those of a replacement after them."""


def lines_of(fact: Fact) -> tuple[str, ...]:
    """The reservations whose row the fact changes."""
    match fact:
        case DeliveryPrepared() | CardDelivered() | TopUpConfirmed() | ReplacementDelivered():
            return (fact.reservation_id,)
        case DeliveryForgotten():
            return fact.reservation_ids
        case _:
            return ()


def apply(row: LineCards | None, fact: Fact) -> LineCards | None:
    """A line's cards after the fact; None: there are none, or no longer."""
    match fact:
        case DeliveryPrepared() | ReplacementDelivered():
            return LineCards(
                fact.reservation_id,
                fact.order_id,
                fact.account_id,
                fact.line,
                fact.sku,
                tuple((card.card_id, card.sealed) for card in fact.cards),
                delivered=isinstance(fact, ReplacementDelivered),
            )
        case CardDelivered():
            return None if row is None else row._replace(delivered=True)
        case TopUpConfirmed():
            return LineCards(
                fact.reservation_id,
                fact.order_id,
                fact.account_id,
                fact.line,
                fact.sku,
                ((fact.request_id, RECEIPT + fact.receipt),),
                delivered=True,
            )
        case DeliveryForgotten():
            return None
        case _:
            return row


def decided(fact: Fact) -> Reveal | None:
    """The reveal that the fact decides; there is one fact for each request, ever."""
    match fact:
        case CardRevealed() | RevealRefused():
            code = fact.code if isinstance(fact, RevealRefused) else None
            return Reveal(fact.request_id, fact.order_id, fact.account_id, fact.line, code)
        case _:
            return None


async def project(connection: AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply the facts to the rows, in the caller's transaction."""
    facts = [each.fact for each in landed]
    rows = await _lines(connection, facts)
    for fact in facts:
        for key in lines_of(fact):
            rows[key] = apply(rows.get(key), fact)
    await _keep(connection, rows)
    await _remember(connection, [reveal for fact in facts if (reveal := decided(fact))])


async def _lines(
    connection: AsyncConnection[Any], facts: Iterable[Fact]
) -> dict[str, LineCards | None]:
    """The rows that the facts change and do not bring with them."""
    known: set[str] = set()
    wanted: list[str] = []
    for fact in facts:
        if isinstance(fact, CardDelivered) and fact.reservation_id not in known:
            wanted.append(fact.reservation_id)
        known.update(lines_of(fact))
    if not wanted:
        return {}
    found = await connection.execute(
        "select reservation_id, order_id, account_id, line, sku, cards, delivered"
        " from line_cards where reservation_id = any(%b::text[])",
        (wanted,),
        binary=True,
    )
    return {row[0]: _line(row) for row in await found.fetchall()}


def _line(row: tuple[Any, ...]) -> LineCards:
    stored = LineCards._make(row)
    return stored._replace(cards=_decode(row[5]))


async def _keep(connection: AsyncConnection[Any], rows: Mapping[str, LineCards | None]) -> None:
    kept = [row for row in rows.values() if row is not None]
    gone = [key for key, row in rows.items() if row is None]
    if kept:
        columns = list(zip(*kept, strict=True))
        await connection.execute(
            "insert into line_cards select * from unnest(%b::text[], %b::text[], %b::text[],"
            " %b::int[], %b::text[], %b::bytea[], %b::bool[])"
            " on conflict (reservation_id) do update"
            " set delivered = excluded.delivered, cards = excluded.cards",
            [*map(list, columns[:5]), [_encode(row.cards) for row in kept], list(columns[6])],
        )
    if gone:
        await connection.execute(
            "delete from line_cards where reservation_id = any(%b::text[])", (gone,)
        )


async def _remember(connection: AsyncConnection[Any], reveals: Sequence[Reveal]) -> None:
    if reveals:
        await connection.execute(
            "insert into reveal select * from"
            " unnest(%b::text[], %b::text[], %b::text[], %b::int[], %b::text[])"
            " on conflict (request_id) do nothing",
            [list(column) for column in zip(*reveals, strict=True)],
        )


class RevealsInPostgres:
    """The read models as the door reads them; raises Unavailable while there is no database."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    async def reveal(self, request_id: str) -> Reveal | None:
        """How this request was decided; None as long as it is not known to be."""
        row = await self._one(
            "select request_id, order_id, account_id, line, code from reveal where request_id = %b",
            (request_id,),
        )
        return None if row is None else Reveal(*row)

    async def delivered(self, order_id: str, line: int) -> Sequence[LineCards]:
        """The delivered cards of a line, those of a replacement after them."""
        rows = await self._all(
            "select reservation_id, order_id, account_id, line, sku, cards, delivered"
            " from line_cards where order_id = %b and line = %b and delivered",
            (order_id, line),
        )
        return sorted(map(_line, rows), key=lambda row: is_replacement(row.reservation_id))

    async def _one(self, query: LiteralString, arguments: tuple[Any, ...]) -> Any:
        rows = await self._all(query, arguments)
        return rows[0] if rows else None

    async def _all(self, query: LiteralString, arguments: tuple[Any, ...]) -> list[Any]:
        try:
            async with self._pool.connection(timeout=CONNECT_S_MAX) as connection:
                found = await connection.execute(query, arguments, binary=True)
                return await found.fetchall()
        except OperationalError:
            raise Unavailable("PostgreSQL does not answer") from None


VIEWS: Final = Views(
    name="delivery.views",
    follows={
        "delivery.events": frozenset({
            DeliveryPrepared, CardDelivered, TopUpConfirmed, DeliveryForgotten, CardRevealed,
            RevealRefused, ReplacementDelivered,
        }),
    },
    project=project,
)  # fmt: skip
