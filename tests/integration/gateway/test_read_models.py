"""The read models in a real PostgreSQL: written by batches, read by the door's queries."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from deploy.local.migrate import migrate_service
from services.gateway.door.board import Board
from services.gateway.door.imports import Imports, StockImport
from services.gateway.door.order_search import OrderSearch
from services.gateway.door.recalls import Recalls
from services.gateway.projections import project
from services.gateway.projections.board import KEPT_MS, SLOT_MS, summed
from services.gateway.projections.queries import LISTING, Read
from shared.contracts.envelope import Coordinates, Envelope, Link, rfc3339
from shared.contracts.inventory import (
    CardClaimed,
    CardRecalled,
    CardRefused,
    CardWithdrawn,
    RecallRefused,
    StockReceived,
)
from shared.contracts.message import Fact
from shared.contracts.payments import FundsDeposited
from shared.contracts.refunds import RefundDenied
from shared.contracts.shard import ParkedRetried, ParkedSkipped, RecordParked
from shared.runtime.appending import KafkaAppender
from shared.shards.views import Landed
from shared.testing.local import LocalPostgres
from tests.unit.gateway.test_money_view import refunded, refunding
from tests.unit.gateway.test_order_view import DECLINED, PAID, PLACED, REJECTED, REQUESTED
from tests.unit.gateway.test_read_models import CLAIM, listed

pytestmark = pytest.mark.timeout(300)

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]
SHARD = 3
LAST = (2**62, "")


@pytest.fixture
async def pool(postgres: LocalPostgres) -> AsyncIterator[Pool]:
    dsn = postgres.fresh_database().dsn("gateway")
    migrate_service("gateway", dsn)
    made = Pool(dsn, open=False, min_size=1, max_size=2)
    async with made:
        yield made


async def follow(pool: Pool, facts: Sequence[Fact], start: int = 1, topic: str = "") -> None:
    """One batch, its positions counted from ``start``; on its owner's topic unless said."""
    landed = []
    for position, fact in enumerate(facts, start=start):
        log = topic or f"{fact.owner}.events"
        link = Link(position - 1, f"orders.commands/{SHARD}/{position}#00", bytes(32))
        source, time = f"/kameng/{fact.owner}/{SHARD}", rfc3339(position)
        envelope = Envelope(fact.type, source, str(position), fact.subject, time, link)
        landed.append(Landed(fact, envelope, Coordinates(log, SHARD, position)))
    async with pool.connection() as connection, connection.transaction():
        await project(connection, landed)


def another(fact: Any, number: int) -> Any:
    return fact.model_copy(update={"order_id": f"ord-{number}", "received_ms": 1_000 * number})


async def test_an_order_is_the_same_in_one_batch_as_in_many(pool: Pool) -> None:
    facts = [PLACED, REQUESTED, DECLINED, PAID]
    await follow(pool, facts)
    for position, fact in enumerate(facts, start=1):
        alone = fact.model_copy(update={"order_id": "ord-2"})
        await follow(pool, [alone], start=position)
    read = Read(pool)
    whole, pieces = await read.order("acc-1", "ord-1"), await read.order("acc-1", "ord-2")
    assert whole is not None
    assert pieces is not None
    assert (whole.steps, whole.state) == (pieces.steps, pieces.state)
    assert await read.order("acc-2", "ord-1") is None


async def test_orders_are_listed_page_by_page_the_newest_first(pool: Pool) -> None:
    await follow(pool, [another(PLACED, number) for number in range(1, 6)])
    read = Read(pool)
    first = await read.orders("acc-1", LAST, 2)
    assert [doc.order_id for doc in first] == ["ord-5", "ord-4"]
    rest = await read.orders("acc-1", (first[-1].placed_ms, first[-1].order_id), 10)
    assert [doc.order_id for doc in rest] == ["ord-3", "ord-2", "ord-1"]


async def test_c1_an_account_s_orders_are_found_by_their_states_on_whichever_page_they_are(
    pool: Pool,
) -> None:
    await follow(pool, [another(PLACED, number) for number in range(1, 6)])
    await follow(pool, [another(PAID, 2)], start=6)
    read = Read(pool)
    found = await read.orders_in("acc-1", ["processing"], LAST, 2)
    assert [doc.order_id for doc in found] == ["ord-2"]
    found = await read.orders_in("acc-1", ["processing", "awaiting_payment"], LAST, 10)
    assert [doc.order_id for doc in found] == ["ord-5", "ord-4", "ord-3", "ord-2", "ord-1"]
    assert await read.orders_in("acc-1", ["completed"], LAST, 10) == []


async def test_what_moved_after_a_position_is_found_in_order(pool: Pool) -> None:
    await follow(pool, [another(PLACED, 1), another(PLACED, 2), another(PAID, 1)])
    read = Read(pool)
    assert [doc.order_id for doc in await read.moved("acc-1", 0)] == ["ord-2", "ord-1"]
    assert [doc.order_id for doc in await read.moved("acc-1", 2)] == ["ord-1"]
    assert await read.newest("acc-1") == 3
    assert await read.newest("acc-9") == 0


async def test_the_first_fact_takes_the_requests_place(pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute(
            "insert into order_request values ('ord-1', 'acc-1', 'x', 0, 'y', null, null, 0, 0)"
        )
    await follow(pool, [REJECTED])
    async with pool.connection() as connection:
        left = await (await connection.execute("select count(*) from order_request")).fetchone()
        heard = await (await connection.execute("select * from order_heard")).fetchall()
    assert left == (0,)
    assert heard == [(SHARD, 1)]


async def test_a_wallet_and_its_statement_follow_the_money(pool: Pool) -> None:
    deposits: list[Fact] = [
        FundsDeposited(
            deposit_id=f"dep-{number}", account_id="acc-1", amount=100, currency="CNY",
            source="operator", by="li", reason="r", postings=(), balance=100 * number,
        )
        for number in (1, 2, 3)
    ]  # fmt: skip
    await follow(pool, deposits)
    read = Read(pool)
    assert await read.wallet("acc-1") == (300, "CNY", 3)
    assert await read.wallet("acc-2") is None
    newest = await read.statement("acc-1", 2**62, 2)
    assert [row[3] for row in newest] == ["dep-3", "dep-2"]
    assert [row[3] for row in await read.statement("acc-1", newest[-1][0], 2)] == ["dep-1"]


async def test_an_import_is_counted_over_all_shards(pool: Pool) -> None:
    imports = Imports(pool, KafkaAppender({}, 1))
    assert await imports.begin(StockImport("imp", "sku", "li", 2, [(9, "TOO_LONG")], 5), [])
    await follow(pool, [CardClaimed(**CLAIM, sealed="s")])
    await follow(
        pool,
        [
            CardRefused(**CLAIM | {"line": 5}, code="DUPLICATE_CARD"),
            StockReceived(**CLAIM, sealed="s", index=0),
        ],
    )
    progress = await imports.progress("imp")
    assert progress is not None
    assert (progress.claimed, progress.refused, progress.received) == (1, 1, 1)
    assert progress.refusals == [(5, "DUPLICATE_CARD")]
    assert progress.begun.errors == [(9, "TOO_LONG")]
    assert await imports.known(["c1", "c2"]) == {"c1"}
    assert (await Read(pool).stock(["sku"]))["sku"].available == 1


async def test_a_recall_is_of_an_import_s_cards_and_says_who_has_which(pool: Pool) -> None:
    cards: list[Fact] = [
        CardClaimed(**CLAIM | {"card_id": f"c{n}", "import_id": f"imp-{n % 2}"}, sealed="s")
        for n in range(4)
    ]  # fmt: skip
    await follow(pool, cards)
    recalls = Recalls(pool)
    assert await recalls.cards("sku", "imp-1", 10) == ["c1", "c3"]
    assert await recalls.cards("sku", None, 3) == ["c0", "c1", "c2"]
    assert await recalls.cards("other", "imp-1", 10) == []
    why: dict[str, Any] = {"sku": "sku", "request_id": "bad", "by": "li", "reason": "r"}
    whose: dict[str, Any] = {"order_id": "ord-1", "account_id": "acc-1", "line": 2}
    unknown = RecallRefused(card_id="c3", sku="sku", request_id="bad", code="UNKNOWN_CARD")
    gone = CardWithdrawn(card_id="c1", **why, index=0, head=0)
    await follow(pool, [unknown, gone, RecallRefused(**{**unknown.model_dump(), "card_id": "c9"})])
    await follow(pool, [CardRecalled(card_id="c3", **why, **whose)], start=9)
    assert await recalls.progress("bad") == (1, 1, 1)
    (held,) = await recalls.held("bad", "sku", "", 10)
    assert (held.card_id, held.order_id, held.account_id, held.line) == ("c3", "ord-1", "acc-1", 2)
    assert await recalls.held("bad", "other", "", 10) == []


async def test_prices_are_kept_with_their_revision(pool: Pool) -> None:
    await follow(pool, [listed(), listed(2)])
    read = Read(pool)
    rows = await read.prices("p", (2**31 - 1, ""), 10)
    assert [(row[1], row[2]) for row in rows] == [
        (2, "sku"),
        (2, "other"),
        (1, "sku"),
        (1, "other"),
    ]
    assert await read.answer(LISTING, "r") == ("p", 2, "")


async def test_operators_find_orders_of_all_accounts_and_only_look_back_as_far_as_needed(
    pool: Pool,
) -> None:
    theirs = another(PLACED, 9).model_copy(update={"account_id": "acc-2"})
    await follow(pool, [*(another(PLACED, number) for number in range(1, 6)), theirs])
    search = OrderSearch(pool)
    newest = await search.newest("", "", (2**40, ""), 3)
    assert [doc.order_id for doc in newest] == ["ord-9", "ord-5", "ord-4"]
    rest = await search.newest("", "", (newest[-1].placed_ms, newest[-1].order_id), 9)
    assert [doc.order_id for doc in rest] == ["ord-3", "ord-2", "ord-1"]
    assert [doc.order_id for doc in await search.newest("acc-2", "", (2**40, ""), 9)] == ["ord-9"]
    state = newest[0].state
    assert len(await search.newest("", state, (2**40, ""), 9)) == 6
    assert await search.newest("", "failed", (2**40, ""), 9) == []
    assert [doc.order_id for doc in await search.starting("ord-", 2)] == ["ord-1", "ord-2"]
    found = await search.one("ord-9")
    assert found is not None
    assert found.account_id == "acc-2"
    assert await search.one("ord-8") is None


async def test_a_refund_is_kept_with_who_wanted_it_and_what_became_of_it(pool: Pool) -> None:
    denied = RefundDenied(order_id="ord-1", account_id="acc-1", request_id="no", code="LINE_OPEN")
    await follow(pool, [PLACED, PAID, refunding(1), refunded(1), denied])
    one, other = await OrderSearch(pool).refunds("ord-1")
    assert (one.state, one.by, one.reason, one.amount) == ("refunded", "delivery", "X", 9_600)
    assert (other.state, other.code) == ("denied", "LINE_OPEN")
    doc = await Read(pool).order("acc-1", "ord-1")
    assert doc is not None
    assert doc.refunded == 9_600


async def board_rows(pool: Pool) -> list[Any]:
    async with pool.connection() as connection:
        found = await connection.execute("select slot, counts from board_slot order by slot")
        return await found.fetchall()


async def test_the_board_adds_up_batches_to_the_byte_and_forgets_what_is_old(
    pool: Pool, postgres: LocalPostgres
) -> None:
    facts = [another(PLACED, 1), another(PLACED, 2), another(PAID, 1), another(PLACED, 3)]
    await follow(pool, facts[:1])
    await follow(pool, facts[1:3], start=2)
    await follow(pool, facts[3:], start=4)
    rows = await board_rows(pool)
    (counts,) = summed(rows).values()
    assert counts == {"placed": 3, "paid": 1, "revenue": 9_600, "sku/sku-1": 2, "sku/sku-2": 2}
    dsn = postgres.fresh_database().dsn("gateway")
    migrate_service("gateway", dsn)
    async with Pool(dsn, open=False, min_size=1, max_size=2) as other:
        await follow(other, facts)
        assert await board_rows(other) == rows, "a rebuilt row is the live one"
    kept_slots = KEPT_MS // SLOT_MS
    await follow(pool, [another(PLACED, 4)], start=SLOT_MS * (kept_slots + 1))
    assert [slot for slot, _ in await board_rows(pool)] == [kept_slots + 1]


async def test_what_any_service_has_parked_is_listed_until_it_is_gone(pool: Pool) -> None:
    record = {"subject_id": "ord-1", "coordinates": "orders.commands/3/7"}
    later = {**record, "coordinates": "orders.commands/3/8"}
    put = RecordParked(**record, reason="BadValue", behind=False)
    behind = RecordParked(**later, reason="", behind=True)
    await follow(pool, [put, PLACED, behind], topic="orders.events")
    await follow(pool, [put], topic="catalog.events")
    board = Board(pool)
    assert [(row.service, row.behind) for row in await board.parked((0, "", ""), 9)] == [
        ("catalog", False), ("orders", False), ("orders", True),
    ]  # fmt: skip
    assert (await board.seen(5)).parked == 3
    done = ParkedRetried(**record)
    skipped = ParkedSkipped(**later, reason="r", by="li")
    await follow(pool, [done, skipped], topic="orders.events")
    assert [row.service for row in await board.parked((0, "", ""), 9)] == ["catalog"]
