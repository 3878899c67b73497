"""An order as its buyer sees it, fact by fact (C1)."""

from typing import Any

import pytest

from services.gateway.api.order_json import line_state, order_json
from services.gateway.api.stream import changes
from services.gateway.projections import order as view
from services.gateway.projections.order import OrderDoc, apply
from services.gateway.projections.orders import decode, encode
from services.gateway.projections.queries import received
from shared.contracts import orders
from shared.contracts.envelope import Envelope, rfc3339
from shared.contracts.message import Fact
from shared.contracts.orders import Hold, Line, LineError, PlaceOrder, WantedLine
from shared.contracts.registry import facts_of

ABOUT: dict[str, Any] = {"order_id": "ord-1", "account_id": "acc-1"}
SHARD = 3


def line(number: int = 1, quantity: int = 2) -> Line:
    return Line(
        line=number, sku=f"sku-{number}", product_id="p", product_name="Steam 钱包码",
        sku_name="50元", kind="card", revision=1, quantity=quantity, unit_price=4_800,
        base_price=5_000,
    )  # fmt: skip


def hold(number: int = 1) -> Hold:
    return Hold(line=number, sku=f"sku-{number}", quantity=2, reservation_id=f"res-{number}")


PLACED = orders.OrderPlaced(
    **ABOUT, key="key-1", body_hash="ab", lines=(line(1), line(2)), total=19_200, currency="CNY",
    pay_with="wallet", allow_partial=True, on_decline="wait", level="retail", received_ms=1_000,
)  # fmt: skip
ACCEPTED = orders.OrderAccepted(
    **ABOUT, reserve=(hold(1), hold(2)), deadline_ms=5_000, payment_ms=900_000
)
LINE_REFUSED = orders.LineRefused(**ABOUT, line=2, code="INSUFFICIENT_STOCK", available=1)
REQUESTED = orders.PaymentRequested(
    **ABOUT, payment_id="pay-1", lines=(hold(1),), dropped=(2,), amount=9_600, currency="CNY",
    channel="wallet", deadline_ms=9_000, on_decline="wait",
)  # fmt: skip
DECLINED = orders.OrderDeclined(
    **ABOUT, payment_id="pay-1", request_id="pay-1", code="INSUFFICIENT_BALANCE", missing=600
)
PAID = orders.OrderPaid(**ABOUT, payment_id="pay-1", lines=(hold(1),), amount=9_600)
LINE_DELIVERED = orders.LineDelivered(**ABOUT, line=1)
DELIVERED = orders.OrderDelivered(**ABOUT, line=1, deadline_ms=99_000)
COMPLETED = orders.OrderCompleted(**ABOUT, by="buyer")
EXPIRED = orders.OrderExpired(**ABOUT)
CANCELLED = orders.OrderCancelled(**ABOUT, by="decline")
REJECTED = orders.OrderRejected(
    **ABOUT, key="key-1", body_hash="ab", code="PRICE_CHANGED",
    errors=(LineError(line=1, code="PRICE_CHANGED", unit_price=4_900),),
    wanted=(WantedLine(sku="steam-50", product_id="steam", quantity=2, unit_price=4_800),),
)  # fmt: skip


def seen(*facts: Any) -> OrderDoc:
    doc = None
    for position, fact in enumerate(facts, start=11):
        time = rfc3339(1_000 * position)
        envelope = Envelope(fact.type, f"/kameng/orders/{SHARD}", str(position), "", time, None)
        doc = apply(doc, fact, envelope._replace(link=LINK), SHARD)
    assert doc is not None
    return doc


LINK: Any = object()


@pytest.mark.parametrize(
    ("facts", "state", "at_rest"),
    [
        ((PLACED,), "awaiting_payment", False),
        ((PLACED, ACCEPTED), "awaiting_payment", False),
        ((PLACED, ACCEPTED, REQUESTED), "awaiting_payment", False),
        ((PLACED, ACCEPTED, REQUESTED, DECLINED), "awaiting_payment", True),
        ((PLACED, ACCEPTED, REQUESTED, PAID), "processing", False),
        ((PLACED, ACCEPTED, REQUESTED, DECLINED, PAID), "processing", False),
        ((PLACED, ACCEPTED, REQUESTED, PAID, DELIVERED), "delivered", True),
        ((PLACED, ACCEPTED, REQUESTED, PAID, DELIVERED, COMPLETED), "completed", True),
        ((PLACED, ACCEPTED, REQUESTED, DECLINED, EXPIRED), "expired", True),
        ((PLACED, ACCEPTED, REQUESTED, DECLINED, CANCELLED), "cancelled", True),
        ((PLACED, REJECTED), "refused", True),
        ((REJECTED,), "refused", True),
    ],
)
def test_the_state_is_what_the_last_fact_says(
    facts: tuple[Fact, ...], state: str, at_rest: bool
) -> None:
    doc = seen(*facts)
    assert (doc.state, doc.at_rest) == (state, at_rest)
    assert len(doc.steps) == len(facts)
    assert doc.position == 10 + len(facts)


def test_every_fact_that_moves_an_order_is_followed() -> None:
    inner = {orders.LineReserved, orders.ConfirmRefused}
    assert set(facts_of("orders")) - inner >= view.FOLLOWED
    assert len(view.FOLLOWED) == len(set(view.FOLLOWED))


def test_a_fact_of_an_order_never_seen_is_nothing() -> None:
    assert apply(None, PAID, Envelope("", "", "1", "", rfc3339(0), None), SHARD) is None


def test_a_decline_is_told_with_what_is_missing_until_it_is_paid() -> None:
    declined = order_json(seen(PLACED, REQUESTED, DECLINED), "zh")
    assert declined["declined"] == "INSUFFICIENT_BALANCE"
    assert declined["missing"] == {"amount": 600, "currency": "CNY"}
    assert declined["label"] == "待支付"
    assert "余额不足" in declined["detail"]
    assert "declined" not in order_json(seen(PLACED, REQUESTED, DECLINED, PAID), "zh")


def test_a_line_left_out_of_a_partial_order_is_refused_and_not_paid_for() -> None:
    doc = seen(PLACED, ACCEPTED, LINE_REFUSED, REQUESTED, PAID, DELIVERED)
    shown = order_json(doc, "en")
    assert [each["state"] for each in shown["lines"]] == ["delivered", "refused"]
    assert shown["lines"][1]["code"] == "INSUFFICIENT_STOCK"
    assert shown["total"] == {"amount": 9_600, "currency": "CNY"}


def test_one_delivered_line_is_told_before_the_others() -> None:
    doc = seen(PLACED, REQUESTED.model_copy(update={"dropped": ()}), PAID, LINE_DELIVERED)
    assert [line_state(each, doc) for each in doc.lines] == ["delivered", "processing"]


def test_what_our_check_refused_is_shown_as_it_was_asked_for() -> None:
    shown = order_json(seen(REJECTED), "zh")
    assert [(each["sku"], each["quantity"]) for each in shown["lines"]] == [("steam-50", 2)]
    assert shown["total"] == {"amount": 9_600, "currency": "CNY"}
    assert shown["lines"][0]["unit_price"] == {"amount": 4_800, "currency": "CNY"}


def test_a_refusal_names_the_line_and_the_price_now() -> None:
    shown = order_json(seen(REJECTED), "en")
    assert shown["code"] == "PRICE_CHANGED"
    assert shown["errors"][0]["pointer"] == "/lines/0"
    assert shown["errors"][0]["unit_price"] == {"amount": 4_900, "currency": "CNY"}


def test_a_document_survives_being_stored() -> None:
    doc = seen(PLACED, ACCEPTED, LINE_REFUSED, REQUESTED, DECLINED)
    assert decode(encode(doc)) == doc


def test_an_accepted_order_is_shown_as_its_command_tells_it() -> None:
    wanted = WantedLine(sku="sku-1", product_id="p", quantity=2, unit_price=4_800)
    command = PlaceOrder(
        **ABOUT, key="key-1", body_hash="ab", lines=(wanted,), currency="CNY", pay_with="wallet",
        received_ms=1_000,
    )  # fmt: skip
    shown = order_json(received(command, 1_000), "zh")
    assert (shown["state"], shown["label"]) == ("received", "已提交")
    assert shown["total"] == {"amount": 9_600, "currency": "CNY"}


def test_a_stream_tells_every_later_fact_in_order_across_orders() -> None:
    one = seen(PLACED, ACCEPTED, REQUESTED)
    other = seen(REJECTED)
    told = changes([one, other], 10, "zh")
    assert [position for position, _ in told] == [11, 11, 12, 13]
    assert [position for position, _ in changes([one], 12, "zh")] == [13]
    assert told[-1][1]["type"] == "PaymentRequested"
