"""The whole shop in memory, its log judged; then damaged, and the damage named."""

import asyncio

import pytest

from deploy.load.shop import Shop
from services.audit.examination import Examination
from services.audit.report import report
from shared.contracts.shard import GapAccepted, GapClosed, ParkedSkipped, RecordParked
from shared.replay.finding import Flaw
from shared.shards.memory import MemoryBroker
from shared.shards.ports import Polled
from tests.unit.audit.shop import examined, trade

CARDS, ORDERS = 10, 45


@pytest.fixture(scope="module")
def log() -> MemoryBroker:
    """Three SKUs of ten cards, 45 orders: a third of them too late."""
    return asyncio.run(trade(Shop("audit", skus_count=3, buyers_count=4), CARDS, ORDERS))


def copy(log: MemoryBroker) -> MemoryBroker:
    again = MemoryBroker(log.partitions)
    again.logs = {route: list(lane) for route, lane in log.logs.items()}
    return again


def place(log: MemoryBroker, wire_type: str, number: int = 3) -> tuple[tuple[str, int], int]:
    """Where a record of this type lies on its owner's log."""
    topic = f"{wire_type.split('.')[1]}.events"
    found = [
        (route, record.offset)
        for route, lane in log.logs.items()
        for record in lane
        if route[0] == topic and dict(record.headers)["ce_type"] == wire_type.encode()
    ]
    return found[number]


def renumbered(lane: list[Polled]) -> list[Polled]:
    return [record._replace(offset=number) for number, record in enumerate(lane)]


def test_a_log_as_the_services_write_it_is_whole_and_every_law_holds(log: MemoryBroker) -> None:
    found = examined(log)
    assert (found.findings, found.violations, found.misfits) == ([], [], [])
    assert found.passed
    assert found.books.stages() == {"delivered": 30, "refused": 15}


def test_the_report_says_what_was_read(log: MemoryBroker) -> None:
    said = report(examined(log), seconds=2.0, patience_ms=0)
    assert said["passed"]
    assert said["orders"] == {"delivered": 30, "refused": 15, "in_flight": 0}
    assert said["cards"]["sold"] == said["cards"]["delivered"] == 3 * CARDS
    assert said["money"]["sum"] == 0
    assert said["records"]["read"] == sum(map(len, log.logs.values()))
    assert said["sources"]["/kameng/orders/0"]["position"] > 0


@pytest.mark.parametrize(
    "wire_type",
    [
        "kameng.payments.PaymentConfirmed.v1",
        "kameng.inventory.StockReserved.v1",
        "kameng.delivery.CardDelivered.v1",
        "kameng.orders.OrderPaid.v1",
    ],
)
def test_one_changed_byte_is_named_to_its_record(log: MemoryBroker, wire_type: str) -> None:
    damaged, (route, offset) = copy(log), place(log, wire_type)
    record = damaged.logs[route][offset]
    changed = (record.value or b"").replace(b"order_id", b"order_ie")
    damaged.logs[route][offset] = record._replace(value=changed)
    found = examined(damaged)
    where = f"{route[0]}/{route[1]}/{offset}"
    assert [(f.flaw, str(f.where)) for f in found.findings] == [(Flaw.CHAIN, where)]
    assert found.misfits == [where]
    assert not found.passed


def test_a_dropped_delivery_is_a_gap_and_a_paid_line_without_its_card(log: MemoryBroker) -> None:
    damaged, (route, offset) = copy(log), place(log, "kameng.delivery.CardDelivered.v1")
    del damaged.logs[route][offset]
    damaged.logs[route] = renumbered(damaged.logs[route])
    found = examined(damaged)
    assert Flaw.GAP in [f.flaw for f in found.findings]
    assert "PAID_IS_DELIVERED" in [v.law for v in found.violations]


def test_a_command_of_a_client_cannot_be_changed_afterwards(log: MemoryBroker) -> None:
    damaged = copy(log)
    route = next(route for route in damaged.logs if route[0] == "orders.commands")
    record = damaged.logs[route][0]
    value = (record.value or b"").replace(b'"quantity":1', b'"quantity":9')
    damaged.logs[route][0] = record._replace(value=value)
    assert {f.flaw for f in examined(damaged).findings} == {Flaw.CAUSE}


def test_what_a_person_has_accepted_is_shown_and_does_not_fail(log: MemoryBroker) -> None:
    damaged, (route, offset) = copy(log), place(log, "kameng.risk.OrderCleared.v1", 1)
    lost = damaged.logs[route].pop(offset)
    damaged.logs[route] = renumbered(damaged.logs[route])
    found = examined(damaged)
    position = int(dict(lost.headers)["ce_id"] or b"")
    assert [f.flaw for f in found.unexplained] == [Flaw.GAP]
    found.incidents.apply(
        GapAccepted(
            subject_id="orders/0",
            source=f"/kameng/risk/{route[1]}",
            topic=route[0],
            expected=position - 1,
            found=position,
            reason="disk lost",
            by="li",
        )
    )
    assert found.passed
    assert [each.by for each in found.explained] == ["accepted by li: disk lost"]
    assert report(found, seconds=1, patience_ms=0)["explained"][0]["by"].startswith("accepted")


def test_parked_records_are_counted_until_they_are_settled() -> None:
    found = Examination()
    words = {"subject_id": "ord-1", "coordinates": "orders.commands/0/3", "reason": "bug"}
    found.incidents.apply(RecordParked(**words, behind=False))
    assert report(found, seconds=0, patience_ms=0)["engine"] == {
        "RecordParked": 1,
        "parked_now": 1,
    }
    found.incidents.apply(ParkedSkipped(**words, by="li"))
    assert found.incidents.parked == {}


def test_a_record_that_was_sent_again_after_a_gap_is_explained_by_who_took_it() -> None:
    found = Examination()
    closed = GapClosed(
        subject_id="orders/0", source="s", topic="risk.events", coordinates="risk.events/0/9"
    )
    found.incidents.apply(closed)
    assert found.incidents.counts["GapClosed"] == 1
