"""Invoices, custom requests, threads in a real PostgreSQL, whatever batches their facts come in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest

from deploy.local.migrate import migrate_service
from services.gateway.door.bespoke import Requests
from services.gateway.door.invoices import Invoices
from services.gateway.door.threads import Threads
from shared.contracts.message import Fact
from shared.contracts.support import ThreadClosed
from shared.testing.local import LocalPostgres
from tests.integration.gateway.test_read_models import Pool, follow
from tests.unit.gateway import test_standing as account
from tests.unit.gateway import test_threads as thread
from tests.unit.orders import back, papers
from tests.unit.orders import examples as say

pytestmark = pytest.mark.timeout(300)

GONE: Final = say.cancelled().model_copy(update={"order_id": "order-2"})
TAKEN: Final = papers.ordered(order_id="order-2")
HISTORIES: Final[dict[str, Sequence[Fact]]] = {
    "quoted": [papers.wished(), papers.quoted()],
    "ordered": [papers.wished(), papers.quoted(), papers.ordered()],
    "open again": [papers.wished(), papers.quoted(), TAKEN, GONE],
    "ordered again": [papers.wished(), papers.quoted(), TAKEN, GONE, papers.ordered()],
    "withdrawn after it was open again": [
        papers.wished(), papers.quoted(), TAKEN, GONE, papers.closed(),
    ],
    "declined": [papers.wished(), papers.closed("zhao")],
    "issued and voided": [papers.asked(), papers.issued(), papers.voided(request_id="fin-2")],
    "rejected": [papers.asked(), papers.rejected(), papers.no_invoice("NOT_OPEN", "fin-2")],
    "blocked, let in again, given a level": [
        account.blocked(), account.unblocked(), account.blocked("b-2"), account.LEVEL,
        account.refused("ALREADY_BLOCKED", "b-3"), account.ENDED,
    ],
    "before there is an order": [
        thread.OPENED.model_copy(update={"order_id": None, "line": None, "sku": "steam-50"}),
        thread.answered(),
    ],
    "answered and closed": [thread.OPENED, thread.answered(), thread.wrote(3), thread.closed()],
}  # fmt: skip


ACCOUNTS: Final = ("standing_view", "deed_view")


@asynccontextmanager
async def empty(postgres: LocalPostgres) -> AsyncIterator[Pool]:
    """The gateway's tables, with nothing in them."""
    dsn = postgres.fresh_database().dsn("gateway")
    migrate_service("gateway", dsn)
    async with Pool(dsn, open=False, min_size=1, max_size=2) as made:
        yield made


@pytest.fixture
async def pool(postgres: LocalPostgres) -> AsyncIterator[Pool]:
    async with empty(postgres) as made:
        yield made


@pytest.fixture
async def other(postgres: LocalPostgres) -> AsyncIterator[Pool]:
    async with empty(postgres) as made:
        yield made


async def rows(pool: Pool) -> dict[str, Any]:
    """All that is written."""
    found = {}
    async with pool.connection() as connection:
        for table in (
            "invoice_view",
            "custom_view",
            "thread_view",
            "thread_word",
            "attempt_view",
            *ACCOUNTS,
        ):
            asked = await connection.execute(f"select * from {table} order by 1, 2".encode())
            found[table] = await asked.fetchall()
    return found


@pytest.mark.parametrize("name", HISTORIES)
async def test_the_views_are_the_same_in_one_batch_as_in_many(
    pool: Pool, other: Pool, name: str
) -> None:
    facts = HISTORIES[name]
    await follow(pool, facts)
    for position, fact in enumerate(facts, start=1):
        await follow(other, [fact], start=position)
    whole = await rows(pool)
    assert whole == await rows(other)
    assert any(whole.values())


async def test_what_was_let_go_stays_so_though_its_order_ended_unpaid(pool: Pool) -> None:
    """E4: the order ended first, then the buyer withdrew."""
    await follow(pool, HISTORIES["withdrawn after it was open again"])
    row = await Requests(pool).one(papers.CUSTOM)
    assert row is not None
    assert (row.state, row.order_id) == ("withdrawn", "")


async def test_the_answer_time_is_measured_over_what_was_answered(pool: Pool) -> None:
    """E4, E2: the median, of facts; nothing where nobody was answered."""
    asked, threads = Requests(pool), Threads(pool)
    await follow(pool, [papers.wished(), thread.OPENED])
    assert (await asked.answer_ms(), await threads.answer_ms()) == (None, None)
    await follow(pool, [papers.quoted(), thread.answered()], start=10)
    assert (await asked.answer_ms(), await threads.answer_ms()) == (9, 9)


async def test_invoices_that_have_not_ended_count_against_what_is_left(pool: Pool) -> None:
    """E5: and so does money that has gone back, or is on its way."""
    invoices = Invoices(pool)
    second = papers.asked(100, invoice_id="bill-2")
    await follow(pool, [papers.asked(200), second])
    assert await invoices.taken(say.ORDER) == 300
    await follow(pool, [papers.issued(), papers.rejected(invoice_id="bill-2")], start=5)
    assert await invoices.taken(say.ORDER) == 200
    on_its_way = back.refunding(1)
    await follow(pool, [on_its_way], start=9)
    assert await invoices.taken(say.ORDER) == 200 + on_its_way.amount
    await follow(pool, [back.refunded(1)], start=10)
    assert await invoices.taken(say.ORDER) == 200 + on_its_way.amount


async def test_a_stream_is_told_of_the_threads_that_moved_since(pool: Pool) -> None:
    """E2."""
    threads = Threads(pool)
    await follow(pool, [thread.OPENED])
    heard = await threads.newest("acc-1")
    assert await threads.moved("acc-1", heard) == []
    closing = ThreadClosed(**thread.WHOSE, request_id="c-1", by="zhao")
    await follow(pool, [closing], start=7)
    (row,) = await threads.moved("acc-1", heard)
    assert (row.state, row.position) == ("closed", 7)
    assert await threads.moved("acc-2", 0) == []
