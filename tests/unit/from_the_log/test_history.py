"""One thing's history and its state at any moment, told from an exported log alone (G5)."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.history import LABELS
from deploy.cli.main import app
from shared.contracts.orders import OrderPlaced
from shared.contracts.registry import MESSAGES
from shared.replay import files
from shared.replay.entry import Entry, entry_of
from tests.unit.from_the_log.exported import export

Json = dict[str, Any]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    export(folder)
    return folder


def placed(log: Path) -> Entry:
    """The record in which an order was placed."""
    entries = (entry_of(record) for batch in files.batches(log) for record in batch)
    return next(e for e in entries if e.type == OrderPlaced.type.encode())


def kameng(log: Path, *argv: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*argv, "--files", str(log)], env={"COLUMNS": "200"})
    return result.exit_code, result.output


def told(log: Path, *argv: str) -> Any:
    status, output = kameng(log, *argv, "--json")
    assert status == 0, output
    return json.loads(output)


def flat(branches: Iterable[Json]) -> list[Json]:
    return [each for b in branches for each in (b, *flat(b["effects"]))]


def test_an_order_is_told_from_its_command_to_its_delivery_as_cause_and_effect(log: Path) -> None:
    order = placed(log).subject.decode()
    roots = told(log, "timeline", "--order", order)
    assert [root["name"] for root in roots] == ["PlaceOrder"]
    names = [each["name"] for each in flat(roots)]
    walk = (
        "PlaceOrder", "OrderPlaced", "OrderCleared", "OrderAccepted", "ReserveStock",
        "StockReserved", "PaymentRequested", "PaymentConfirmed", "CardDelivered", "OrderDelivered",
    )  # fmt: skip
    assert set(walk) <= set(names)
    by_place = {each["where"]: each for each in flat(roots)}
    for each in flat(roots):
        assert all(effect["cause"] == each["where"] for effect in each["effects"])
        assert not each["cause"] or each["cause"] in by_place


def test_a_timeline_is_readable_and_says_it_in_chinese_too(log: Path) -> None:
    status, output = kameng(log, "timeline", "--order", placed(log).subject.decode())
    assert status == 0
    for word in ("OrderPlaced", "已下单", "卡密已发货", "orders/", "└──"):
        assert word in output


def test_no_timeline_and_no_state_shows_what_is_sealed(log: Path) -> None:
    entries = [entry_of(record) for batch in files.batches(log) for record in batch]
    claimed = [e for e in entries if b"CardClaimed" in e.type]
    for entry in claimed[:3]:
        sealed = json.loads(entry.record.value or b"")["sealed"]
        card = entry.subject.decode()
        for argv in (["timeline", "--card", card, "--json"], ["state", "card", card, "--json"]):
            assert sealed not in kameng(log, *argv)[1]


def test_a_card_is_told_from_the_import_to_who_got_it(log: Path) -> None:
    entries = [entry_of(record) for batch in files.batches(log) for record in batch]
    delivered = next(e for e in entries if b"CardDelivered" in e.type)
    card = json.loads(delivered.record.value or b"")["card_ids"][0]
    names = [each["name"] for each in flat(told(log, "timeline", "--card", card))]
    assert {"ClaimCard", "CardClaimed", "StockReceived", "StockReserved", "CardDelivered"} <= set(
        names
    )


def test_an_order_is_as_it_was_at_any_moment(log: Path) -> None:
    first = placed(log)
    order, source = first.subject.decode(), first.source.decode()
    at = told(log, "state", "order", order, "--at", f"{source}:{first.position}")
    now = told(log, "state", "order", order)
    (then,) = (each for each in at["named"] if each["service"] == "orders")
    (later,) = (each for each in now["named"] if each["service"] == "orders")
    assert then["position"] == first.position
    assert then["state"] != later["state"]
    by_time = told(log, "state", "order", order, "--at", first.time.decode())
    assert {each["service"] for each in by_time["named"]} == {"orders"}
    told_of = {each["service"] for each in (*now["named"], *now["related"])}
    assert told_of == {"orders", "risk", "inventory", "payments", "delivery"}


def test_before_it_was_heard_of_there_is_nothing(log: Path) -> None:
    order = placed(log).subject.decode()
    result = CliRunner().invoke(
        app, ["state", "order", order, "--at", "2020-01-01T00:00:00+08:00", "--files", str(log)]
    )
    assert "has not heard of" in str(result.exception)


def test_an_account_and_a_sku_have_a_state(log: Path) -> None:
    account = json.loads(placed(log).record.value or b"")["account_id"]
    wallets = [e for e in told(log, "state", "account", account)["named"] if "wallet/" in e["key"]]
    assert len(wallets) == 1
    assert any("sku/" in e["key"] for e in told(log, "state", "sku", "export-0")["named"])


def test_every_command_and_fact_has_a_chinese_name() -> None:
    labels = tomllib.loads(LABELS.read_text())
    assert set(labels) == {
        cls.__name__ for cls in (c for c in MESSAGES.values() if c.owner != "toy")
    }
