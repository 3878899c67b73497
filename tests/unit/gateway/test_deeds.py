"""What our people did is on the auditor's page, whatever it was about (D4, F5)."""

from typing import Any, Final

from services.gateway.projections import VIEWS, deeds
from shared.contracts.disputes import DisputeDecided
from shared.contracts.envelope import Coordinates
from shared.contracts.gateway import OperatorAdded
from shared.contracts.inventory import CardRecalled, CardWithdrawn
from shared.contracts.invoices import InvoiceIssued
from shared.contracts.message import Fact
from shared.contracts.payments import FundsDeposited
from shared.contracts.risk import HoldReleased
from shared.contracts.shard import ParkedSkipped

WHERE: Final = "risk.events/3/7"
RECALL: Final[Any] = {"sku": "steam-50", "request_id": "r-1", "by": "wang", "reason": "被盗"}
MONEY: Final[Any] = {
    "deposit_id": "d", "account_id": "acc-1", "amount": 1_250, "currency": "CNY",
    "postings": (), "balance": 1_250,
}  # fmt: skip


def test_who_did_what_about_what_and_why() -> None:
    released = HoldReleased(
        order_id="ord-1", account_id="acc-1", request_id="r", by="li", reason="老客户"
    )
    assert deeds.row(released, WHERE, 9) == (
        f"released/{WHERE}", 9, "released", "acc-1", "ord-1", "li", "老客户",
    )  # fmt: skip
    given = FundsDeposited(**MONEY, source="operator", by="li", reason="补偿")
    assert deeds.row(given, WHERE, 9) == (
        f"deposit/{WHERE}", 9, "deposit", "acc-1", "1250", "li", "补偿",
    )  # fmt: skip


def test_an_invoice_s_why_is_its_number_and_a_person_s_their_role() -> None:
    issued = InvoiceIssued(
        order_id="o", account_id="a", invoice_id="i", request_id="r", number="2644", by="li"
    )
    hired = OperatorAdded(
        operator="wang", request_id="r", role="risk", password_hash="h", sealed_totp="s", by="li"
    )
    whys = [row[-1] for row in (deeds.row(issued, WHERE, 9), deeds.row(hired, WHERE, 9)) if row]
    assert whys == ["2644", "risk"]


def test_what_a_buyer_a_channel_or_time_did_is_no_deed_of_ours() -> None:
    paid = FundsDeposited(**MONEY, source="yunfu", by="channel", reason="")
    late = DisputeDecided(
        order_id="o", account_id="a", dispute_id="d", request_id="r", line=1, sku="s", quantity=1,
        outcome="refund", by="deadline", reason="",
    )  # fmt: skip
    assert deeds.row(paid, WHERE, 9) is None
    assert deeds.row(late, WHERE, 9) is None


def test_cards_that_one_word_called_back_are_one_deed() -> None:
    sold = CardRecalled(**RECALL, card_id="c-1")
    left = CardWithdrawn(**RECALL, card_id="c-2", index=1, head=0)
    names = {row[0] for row in (deeds.row(sold, "a/1/1", 9), deeds.row(left, "a/1/2", 9)) if row}
    assert names == {"recalled/r-1"}


def test_every_deed_s_topic_is_followed() -> None:
    """What is parked may be passed over in any service."""
    for kind in deeds.DEEDS:
        topics = [t for t in VIEWS.follows if kind.owner in {"shard", t.partition(".")[0]}]
        assert topics
        assert all(kind in VIEWS.follows[topic] for topic in topics), kind
    assert Coordinates.parse(WHERE).topic in VIEWS.follows
    skipped: Fact = ParkedSkipped(subject_id="s", coordinates="t/1/2", reason="坏", by="li")
    assert deeds.row(skipped, WHERE, 9)
