"""Reviews as the door reads them."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.reviews import LineReview, Rating, ReviewRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

ONE: Final = "select * from review_view where review_id = %b"
OF_PRODUCT: Final = """
select * from review_view where product_id = %b and shown and (posted_ms, review_id) < (%b, %b)
order by posted_ms desc, review_id desc limit %b
"""
MANY: Final = """
select * from review_view where shown = %b and (posted_ms, review_id) < (%b, %b)
order by posted_ms desc, review_id desc limit %b
"""
OF_ORDER: Final = """
select * from line_review_view where order_id = %b and account_id = %b order by line limit %b
"""
RATINGS: Final = """
select product_id, reviews, stars from rating_view where product_id = any(%b::text[])
"""
LINES_MAX: Final = 1_000
"""Reviews of one order."""


class Reviews:
    """Reviews by their id, their product and their order, and what they come to."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def one(self, review_id: str) -> ReviewRow | None:
        """This review."""
        rows = await self._all(ONE, (review_id,))
        return ReviewRow(*rows[0]) if rows else None

    async def of_product(
        self, product_id: str, before: tuple[int, str], limit: int
    ) -> list[ReviewRow]:
        """All of a product that are shown, the newest first."""
        rows = await self._all(OF_PRODUCT, (product_id, *before, limit))
        return [ReviewRow(*row) for row in rows]

    async def many(self, before: tuple[int, str], limit: int, *, shown: bool) -> list[ReviewRow]:
        """All that are shown, or hidden, the newest first."""
        return [ReviewRow(*row) for row in await self._all(MANY, (shown, *before, limit))]

    async def of_order(self, order_id: str, account_id: str) -> list[LineReview]:
        """Those of an order's lines."""
        rows = await self._all(OF_ORDER, (order_id, account_id, LINES_MAX))
        return [LineReview(*row) for row in rows]

    async def ratings(self, product_ids: Sequence[str]) -> dict[str, Rating]:
        """What the reviews of these products come to; those without one are not there."""
        rows = await self._all(RATINGS, (list(product_ids),))
        return {product_id: Rating(reviews, stars) for product_id, reviews, stars in rows}

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
