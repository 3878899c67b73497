"""Two processes of the door are one door: a key counts once, waiting works at either."""

import asyncio
import secrets
import time
from typing import Any

import httpx
import psycopg
import pytest

from shared.contracts.orders import PlaceOrder, WantedLine
from shared.kernel import ids
from shared.runtime.appending import outgoing
from shared.shards.partitions import partition_of
from tests.integration.gateway import said
from tests.integration.gateway.conftest import PARTITIONS, Doors, Reseller
from tests.integration.gateway.log import commands

pytestmark = pytest.mark.timeout(300)

SEEN_S_MAX = 30.0
POLL_S = 0.05


async def order(
    client: httpx.AsyncClient, url: str, who: Reseller, key: str, body: bytes, **more: str
) -> httpx.Response:
    headers = who.headers("POST", "/v1/orders", body, Idempotency_Key=key, **more)
    return await client.post(f"{url}/v1/orders", content=body, headers=headers, timeout=40)


async def state(client: httpx.AsyncClient, url: str, who: Reseller, order_id: str) -> str:
    path = f"/v1/orders/{order_id}"
    found = await client.get(url + path, headers=who.headers("GET", path))
    return str(found.json()["state"])


async def until(client: httpx.AsyncClient, doors: Doors, who: Reseller, order_id: str) -> None:
    """Wait until the read models know of the order."""
    async with asyncio.timeout(SEEN_S_MAX):
        while await state(client, doors.urls[0], who, order_id) == "received":
            await asyncio.sleep(POLL_S)


async def test_the_same_key_at_both_doors_at_once_is_one_order(doors: Doors) -> None:
    who = await doors.reseller()
    async with commands(doors.kafka) as log, httpx.AsyncClient() as client:
        tries = [order(client, url, who, "key-1", said.body()) for url in doors.urls * 4]
        found = await asyncio.gather(*tries)
        assert {answer.status_code for answer in found} == {202}
        assert len({answer.json()["order_id"] for answer in found}) == 1
        appended = await log.of(who.account_id, 1)
        assert len({str(command) for command in appended}) == 1
        assert appended[0]["order_id"] == ids.order_id(who.account_id, "key-1")


async def test_of_two_bodies_under_one_key_one_is_taken_and_the_other_never(doors: Doors) -> None:
    who = await doors.reseller()
    async with commands(doors.kafka) as log, httpx.AsyncClient() as client:
        tries = [
            order(client, url, who, "key-1", said.body(quantity))
            for url, quantity in zip(doors.urls * 4, (1, 2) * 4, strict=True)
        ]
        found = await asyncio.gather(*tries)
        told = [answer.text for answer in found]
        assert sorted(answer.status_code for answer in found) == [202] * 4 + [409] * 4, told
        codes = {answer.json()["code"] for answer in found if answer.status_code == 409}
        assert codes == {"IDEMPOTENCY_KEY_REUSED"}
        appended = await log.of(who.account_id, 1)
        assert len({command["body_hash"] for command in appended}) == 1


async def test_a_key_is_remembered_when_orders_has_spoken(doors: Doors) -> None:
    who = await doors.reseller()
    async with commands(doors.kafka) as log, httpx.AsyncClient() as client:
        first = await order(client, doors.urls[0], who, "key-1", said.body())
        assert first.status_code == 202, first.text
        (command,) = await log.of(who.account_id, 1)
        await doors.say(said.placed(command))
        await until(client, doors, who, command["order_id"])
        again = await order(client, doors.urls[1], who, "key-1", said.body())
        assert again.json()["order_id"] == first.json()["order_id"]
        assert again.json()["state"] == "awaiting_payment"
        other = await order(client, doors.urls[1], who, "key-1", said.body(2))
        assert other.status_code == 409
        assert await log.of(who.account_id) == []
        assert _waiting(doors, who) == 0


async def test_whoever_waits_is_woken_at_the_other_door(doors: Doors) -> None:
    who = await doors.reseller()
    async with commands(doors.kafka) as log, httpx.AsyncClient() as client:
        await order(client, doors.urls[0], who, "key-1", said.body())
        (command,) = await log.of(who.account_id, 1)
        waiting = [
            asyncio.create_task(order(client, url, who, "key-1", said.body(), Prefer="wait=20"))
            for url in doors.urls
        ]
        await asyncio.sleep(0.2)
        began_s = time.monotonic()
        await doors.say(said.placed(command), said.paid(command))
        await asyncio.sleep(0.2)
        assert not any(task.done() for task in waiting)
        await doors.say(said.delivered(command))
        found = await asyncio.gather(*waiting)
        assert time.monotonic() - began_s < SEEN_S_MAX
        for answer in found:
            assert (answer.status_code, answer.json()["state"]) == (200, "delivered")
            assert answer.headers["preference-applied"] == "wait=20"


async def test_a_wait_that_is_too_short_is_answered_with_what_is_known(doors: Doors) -> None:
    who = await doors.reseller()
    async with httpx.AsyncClient() as client:
        found = await order(client, doors.urls[0], who, "key-1", said.body(), Prefer="wait=1")
        assert (found.status_code, found.json()["state"]) == (202, "received")


async def events(
    client: httpx.AsyncClient,
    url: str,
    who: Reseller,
    count: int,
    connected: asyncio.Event | None = None,
    **more: str,
) -> list[tuple[int, str]]:
    """(id, type) of the next events of the stream."""
    found: list[tuple[int, str]] = []
    headers = who.headers("GET", "/v1/stream", b"", **more)
    async with client.stream("GET", f"{url}/v1/stream", headers=headers, timeout=40) as answer:
        assert answer.status_code == 200
        position = 0
        async for line in answer.aiter_lines():
            if connected and line.startswith(": connected"):
                connected.set()
            if line.startswith("id: "):
                position = int(line[4:])
            if line.startswith("data: "):
                found.append((position, line.split('"type":"')[1].split('"')[0]))
                if len(found) == count:
                    return found
    raise AssertionError(f"the stream ended after {found}")


async def test_a_stream_resumes_at_the_other_door_without_a_gap(doors: Doors) -> None:
    who = await doors.reseller()
    async with commands(doors.kafka) as log, httpx.AsyncClient() as client:
        for key in ("key-1", "key-2"):
            await order(client, doors.urls[0], who, key, said.body())
        one, two = await log.of(who.account_id, 2)
        connected = asyncio.Event()
        listening = asyncio.create_task(events(client, doors.urls[0], who, 2, connected))
        await asyncio.wait_for(connected.wait(), SEEN_S_MAX)
        await doors.say(said.placed(one), said.placed(two))
        first = await listening
        assert [name for _, name in first] == ["OrderPlaced", "OrderPlaced"]
        await doors.say(said.paid(one), said.paid(two), said.delivered(one))
        resumed = await events(client, doors.urls[1], who, 3, Last_Event_ID=str(first[0][0]))
        assert [name for _, name in resumed] == ["OrderPlaced", "OrderPaid", "OrderPaid"]
        assert resumed[0] == first[1]
        rest = await events(client, doors.urls[0], who, 2, Last_Event_ID=str(resumed[1][0]))
        assert [name for _, name in rest] == ["OrderPaid", "OrderDelivered"]


async def test_a_nonce_counts_once_at_whichever_door(doors: Doors) -> None:
    who = await doors.reseller()
    headers = who.headers("GET", "/v1/wallet")
    async with httpx.AsyncClient() as client:
        found = await asyncio.gather(
            *(client.get(f"{url}/v1/wallet", headers=headers) for url in doors.urls * 4)
        )
    assert sorted(answer.status_code for answer in found) == [200] + [401] * 7
    codes = {answer.json()["code"] for answer in found if answer.status_code == 401}
    assert codes == {"NONCE_REUSED"}


async def test_anothers_order_does_not_exist(doors: Doors) -> None:
    who, other = await doors.reseller(), await doors.reseller()
    async with httpx.AsyncClient() as client:
        placed = await order(client, doors.urls[0], who, "key-1", said.body())
        path = f"/v1/orders/{placed.json()['order_id']}"
        for method, where in (
            ("GET", path), ("GET", f"{path}/timeline"), ("POST", f"{path}/cancel"),
            ("POST", f"{path}/pay"), ("POST", f"{path}/lines/1/reveal"),
        ):  # fmt: skip
            headers = other.headers(method, where, b"", Idempotency_Key="k")
            found = await client.request(method, doors.urls[1] + where, headers=headers)
            assert (found.status_code, found.json()["code"]) == (404, "NOT_FOUND")


def _waiting(doors: Doors, who: Reseller) -> int:
    with psycopg.connect(doors.dsn) as connection:
        found = connection.execute(
            "select count(*) from order_request where account_id = %s", (who.account_id,)
        ).fetchone()
    assert found is not None
    return int(found[0])


def _wanted(who: Reseller) -> PlaceOrder:
    line = WantedLine(sku="steam-50", product_id="steam", quantity=1, unit_price=said.PRICE)
    return PlaceOrder(
        order_id=ids.order_id(who.account_id, "lost"), account_id=who.account_id, key="lost",
        body_hash=secrets.token_hex(32), lines=(line,), currency="CNY", pay_with="wallet",
        received_ms=time.time_ns() // 1_000_000,
    )  # fmt: skip


def _write_row(doors: Doors, command: PlaceOrder, age_ms: int, offset: int | None) -> None:
    """A row as a door leaves it that went down in the middle."""
    row: dict[str, Any] = {
        "order_id": command.order_id, "account_id": command.account_id,
        "body_hash": command.body_hash.encode(), "command": outgoing(command).body,
        "received_ms": command.received_ms - age_ms, "next_ms": command.received_ms - 1,
        "shard": None if offset is None else partition_of(command.account_id, PARTITIONS),
        "command_offset": offset,
    }  # fmt: skip
    with psycopg.connect(doors.dsn) as connection:
        connection.execute(
            "insert into order_request (order_id, account_id, body_hash, command, received_ms,"
            " next_ms, shard, command_offset) values (%(order_id)s, %(account_id)s,"
            " %(body_hash)s, %(command)s, %(received_ms)s, %(next_ms)s, %(shard)s,"
            " %(command_offset)s)",
            row,
        )


async def test_an_order_that_never_reached_the_log_is_appended_once_again(doors: Doors) -> None:
    who = await doors.reseller()
    async with commands(doors.kafka) as log:
        command = _wanted(who)
        _write_row(doors, command, age_ms=6_000, offset=None)
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(SEEN_S_MAX):
            while not found:
                found = await log.of(who.account_id)
        assert [each["order_id"] for each in found] == [command.order_id]
        await asyncio.sleep(1.5)
        assert await log.of(who.account_id) == []


async def test_while_its_shard_is_behind_nothing_is_appended_and_new_orders_are_turned_away(
    doors: Doors,
) -> None:
    who = await doors.reseller()
    async with commands(doors.kafka) as log, httpx.AsyncClient() as client:
        _write_row(doors, _wanted(who), age_ms=70_000, offset=2**40)
        await asyncio.sleep(1.5)
        assert await log.of(who.account_id) == []
        busy = await order(client, doors.urls[0], who, "key-1", said.body())
        assert (busy.status_code, busy.json()["code"]) == (503, "OVERLOADED")
        assert int(busy.headers["retry-after"]) >= 1
        with psycopg.connect(doors.dsn) as connection:
            connection.execute("delete from order_request")
        await asyncio.sleep(1)
        accepted = await order(client, doors.urls[0], who, "key-1", said.body())
        assert accepted.status_code == 202
