"""What operators see of a whole system, what they can do, what none of it says (G2, G3)."""

import asyncio
import json
import secrets
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from deploy.cli.ops import acting, lags, parking, scraping
from deploy.cli.ops.ledgers import read_ledgers
from deploy.cli.ops.log import looking
from deploy.load.running import Running, own_system
from deploy.seed.codes import codes
from shared.contracts.orders import ConfirmOrder
from shared.contracts.shard import GapAccepted, ParkedRetried, ParkedSkipped
from shared.shards.ledger import Ledger
from shared.testing.sender import Sender, door_headers
from tests.e2e.shop import send, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SKU: Final = "steam-50"
PHONE: Final = "13912345678"
POISON: Final = "KT-POISON-4711"
SERVICES_OF_A_WALK: Final = {"gateway", "orders", "risk", "inventory", "payments", "delivery"}


@pytest.fixture(scope="module")
def system() -> Iterator[Running]:
    with own_system("operations", "tests.e2e.with_the_sample_shop") as running:
        yield running


@pytest.fixture(scope="module")
def order(system: Running) -> dict[str, Any]:
    """A traced order, delivered and revealed."""
    run = system.description
    products = send(run, "GET", "/v1/products").json()["items"]
    offer = next(sku for product in products for sku in product["skus"] if sku["sku"] == SKU)
    wanted = {"sku": SKU, "quantity": 1, "unit_price": offer["price"]}
    trace = {"traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"}
    answer = send(
        run, "POST", "/v1/orders", {"lines": [wanted], "pay_with": "wallet"},
        Prefer="wait=25", **trace,
    )  # fmt: skip
    placed: dict[str, Any] = answer.json()
    assert placed["state"] == "delivered", placed
    path = f"/v1/orders/{placed['order_id']}/lines/1/reveal"
    revealed = send(run, "POST", path)
    assert revealed.is_success, revealed.text
    assert any(code.split()[0] in revealed.text for code in codes(SKU, 1_000))
    return placed


def test_one_trace_shows_an_order_across_all_services(
    system: Running, order: dict[str, Any]
) -> None:
    file = system.folder.root / "traces.jsonl"

    def whole() -> bool:
        if not file.exists():
            return False
        written, _, _ = file.read_text().rpartition("\n")  # a process may be writing its last line
        spans = [json.loads(line) for line in written.splitlines()]
        mine = [s for s in spans if s["attributes"]["kameng.subject"] == order["order_id"]]
        trace = [s for s in spans if mine and trace_of(s) == trace_of(mine[0])]
        known = {span["context"]["span_id"] for span in trace}
        services = {span["resource"]["attributes"]["service.name"] for span in trace}
        roots = sum(span["parent_id"] not in known for span in trace)
        return services == SERVICES_OF_A_WALK and roots == 1

    def trace_of(span: dict[str, Any]) -> str:
        return str(span["context"]["trace_id"])

    until(whole)


def test_nothing_lags_once_everything_is_processed(system: Running, order: dict[str, Any]) -> None:
    def measured() -> list[lags.Lag]:
        return asyncio.run(lags.measure(system.description))

    until(lambda: not any(each.records for each in measured()))
    groups = {row["group"] for row in lags.by_group(measured())}
    assert groups >= SERVICES_OF_A_WALK | {"gateway.views", "delivery.views"}


def test_every_shard_has_one_owner_and_every_process_says_how_it_is(system: Running) -> None:
    looks = scraping.scrape(system.description)
    assert {each.state for each in looks} == {"ready"}
    owned = [(each.service, each.shard) for each in scraping.owners(looks)]
    assert len(owned) == len(set(owned))
    assert {("orders", shard) for shard in range(system.partitions)} <= set(owned)
    rows = scraping.rates(looks, scraping.scrape(system.description))
    assert {row["service"] for row in rows} >= SERVICES_OF_A_WALK
    assert not any(row["halted"] for row in rows)


async def poison(system: Running, count: int) -> None:
    """Commands that cannot be read, about one order, in the partition of their key."""
    producer = AIOKafkaProducer(**system.door.client())
    await producer.start()
    fine = ConfirmOrder(order_id="poisoned", account_id="acc", request_id="r")
    for number in range(count):
        await producer.send_and_wait(
            "orders.commands", json.dumps({"code": POISON}).encode(), b"acc",
            headers=door_headers(fine, f"poison-{number}"),
        )  # fmt: skip
    await producer.stop()


def parked(system: Running) -> list[parking.Parked]:
    return parking.parked_in(read_ledgers(system.description["postgres"]))


def act(system: Running, path: str, one: parking.Parked, **more: str) -> parking.Outcome:
    run, session = system.description, system.folder.root / "operator-session"
    body = {"service": one.service, "shard": one.shard, "subject": one.subject, **more}

    def left(ledger: Ledger) -> list[str]:
        return list(ledger.parked.get(one.subject, ()))

    return asyncio.run(
        parking.Awaiting(run, one.service, one.shard).after(
            lambda: acting.ask(run, session, path, body), one.subject,
            (ParkedRetried, ParkedSkipped), left,
        )
    )  # fmt: skip


def test_parked_records_are_listed_shown_retried_and_skipped_in_a_persons_name(
    system: Running, order: dict[str, Any]
) -> None:
    asyncio.run(poison(system, 2))
    first, second = until(lambda: parked(system) if len(parked(system)) > 1 else None)

    async def read() -> tuple[list[parking.Parked], dict[str, Any]]:
        async with looking(system.description) as look:
            explained = await parking.explained(look, [first, second])
            return explained, await parking.shown(look, first)

    explained, shown = asyncio.run(read())
    assert [each.behind for each in explained] == [False, True]
    assert explained[0].reason.startswith("body: ")
    assert shown["headers"]["ce_subject"] == "poisoned"
    assert POISON not in json.dumps(shown)

    retried = act(system, "/v1/admin/parked/retries", first)
    assert not retried.fine
    assert retried.remaining == [first.coordinates, second.coordinates]

    for one, still in ((first, [second.coordinates]), (second, [])):
        why = {"coordinates": one.coordinates, "reason": "made by a test"}
        skipped = act(system, "/v1/admin/parked/skips", one, **why)
        assert skipped.remaining == still
        (fact,) = skipped.facts
        assert (fact["fact"], fact["reason"]) == ("ParkedSkipped", "made by a test")
        assert fact["by"] == system.description["demo"]["operator"]["user"]
    assert parked(system) == []


async def lose_one(system: Running, shard: int) -> None:
    """The second record of a source arrives at a shard, the first never does."""
    sender, fine = Sender(), ConfirmOrder(order_id="gone", account_id="acc", request_id="r")
    sender.seal("orders.commands", shard, fine)
    second = sender.seal("orders.commands", shard, fine)
    producer = AIOKafkaProducer(**system.door.client())
    await producer.start()
    await producer.send_and_wait(
        second.topic, second.value, second.key, partition=shard,
        headers=second.headers(sender.source),
    )  # fmt: skip
    await producer.stop()


def test_a_halted_shard_says_why_and_goes_on_by_a_persons_word(
    system: Running, order: dict[str, Any]
) -> None:
    run, session = system.description, system.folder.root / "operator-session"
    asyncio.run(lose_one(system, shard=5))

    def state() -> str:
        return next(each.state for each in scraping.scrape(run) if each.name == "orders-1")

    until(lambda: state().startswith("worker: halted: orders.commands/5/"))
    ((service, shard, halt),) = parking.halts(read_ledgers(run["postgres"]))
    assert (service, shard, halt.code, halt.expected, halt.found) == ("orders", 5, "GAP", 0, 1)
    bad = lags.attention(asyncio.run(lags.measure(run)), age_s_max=60)
    assert [(each["group"], each["shard"]) for each in bad] == [("orders", 5)]
    body = {
        "service": service, "shard": shard, "source": halt.source, "topic": halt.topic,
        "expected": halt.expected, "found": halt.found, "reason": "made by a test",
    }  # fmt: skip
    outcome = asyncio.run(
        parking.Awaiting(run, service, shard).after(
            lambda: acting.ask(run, session, "/v1/admin/gaps", body), "orders/5", (GapAccepted,),
            lambda ledger: [str(ledger.halt)] if ledger.halt else [],
        )
    )  # fmt: skip
    assert outcome.fine, outcome
    assert [fact["by"] for fact in outcome.facts] == [run["demo"]["operator"]["user"]]
    until(lambda: state() == "ready")


def test_the_door_refuses_what_is_no_shard_and_who_is_no_operator(system: Running) -> None:
    run = system.description
    body = {"service": "orders", "shard": 0, "subject": "x"}
    assert httpx.post(f"{run['gateway']}/v1/admin/parked/retries", json=body).status_code == 401
    assert send(run, "POST", "/v1/admin/gaps", {}).status_code == 401


def test_no_line_trace_or_metric_of_the_run_holds_a_secret(
    system: Running, order: dict[str, Any]
) -> None:
    run = system.description
    asked = httpx.post(
        f"{run['gateway']}/v1/auth/codes", json={"phone": PHONE},
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )  # fmt: skip
    assert asked.is_success, asked.text
    texts = until(lambda: httpx.get(f"{run['twins']['sms']}/sms?phone={PHONE}").json()["items"])
    said = [path.read_text() for path in system.folder.logs.glob("*.log*")]
    said += [(system.folder.root / name).read_text() for name in ("traces.jsonl", "system.log")]
    said += [httpx.get(f"{each['metrics']}/metrics").text for each in run["processes"]]
    assert any('"event": "turn"' in text for text in said)
    everything = "\n".join(said)
    for secret in _secrets(system, run):
        assert secret not in everything
    assert texts


def _secrets(system: Running, run: dict[str, Any]) -> Iterator[str]:
    yield from (PHONE, POISON)
    yield from (code for code in codes(SKU, 1_000))
    demo = run["demo"]
    yield from (demo["reseller"]["secret"], demo["operator"]["password"])
    yield demo["operator"]["totp_secret"]
    yield from system.secrets.kafka.values()
    yield from system.secrets.postgres.values()
    yield (system.folder.root / "operator-session").read_text()
    for key in system.folder.keys.rglob("*"):
        if key.is_file() and key.suffix == "":
            yield key.read_text().strip()
