"""Stock, imports, wallet, catalogue: pure folds of facts."""

from typing import Any

from services.gateway.projections import catalogue, imports, stock, wallet
from services.gateway.projections.signals import PAYLOAD_BYTES_MAX, split
from shared.contracts.catalog import (
    Listing,
    ListingRefused,
    Offer,
    PriceChanged,
    ProductDelisted,
    ProductListed,
    Tier,
)
from shared.contracts.inventory import (
    Card,
    CardClaimed,
    CardRefused,
    StockCommitted,
    StockReceived,
    StockReleased,
    StockReserved,
)
from shared.contracts.payments import FundsDeposited, PaymentConfirmed

RESERVATION: dict[str, Any] = {
    "reservation_id": "res", "sku": "sku", "order_id": "ord", "account_id": "acc",
}  # fmt: skip
CARDS = (Card(card_id="c1", sealed="v1.x"), Card(card_id="c2", sealed="v1.y"))
CLAIM: dict[str, Any] = {"card_id": "c1", "sku": "sku", "import_id": "imp", "line": 4}
ABOUT: dict[str, Any] = {"product_id": "p", "request_id": "r", "by": "li"}


def test_cards_are_conserved_whatever_becomes_of_them() -> None:
    facts: list[Any] = [
        *(StockReceived(**CLAIM | {"card_id": f"c{n}"}, sealed="s", index=n) for n in range(5)),
        StockReserved(**RESERVATION, line=1, cards=CARDS, index=0),
        StockReleased(**RESERVATION, cards=CARDS, index=5),
        StockReserved(**RESERVATION, line=1, cards=CARDS, index=2),
        StockCommitted(**RESERVATION, quantity=2),
    ]
    moves = stock.Moves()
    for time_ms, fact in enumerate(facts):
        moves = stock.apply(moves, fact, time_ms)
        assert moves.received == moves.available + moves.reserved + moves.sold
    assert moves == stock.Moves(5, 3, 0, 2, 0, len(facts) - 1)


def test_an_import_counts_its_lines_by_what_became_of_them() -> None:
    facts: list[Any] = [
        CardClaimed(**CLAIM, sealed="s"),
        CardRefused(**CLAIM | {"line": 5}, code="DUPLICATE_CARD"),
        StockReceived(**CLAIM, sealed="s", index=0),
    ]
    progress = imports.Progress()
    for fact in facts:
        progress = imports.apply(progress, fact)
    assert progress == imports.Progress(claimed=1, refused=1, received=1)


def test_a_statement_says_what_came_and_what_went() -> None:
    deposit = FundsDeposited(
        deposit_id="d", account_id="acc", amount=500, currency="CNY", source="operator", by="li",
        reason="r", postings=(), balance=500,
    )  # fmt: skip
    paid = PaymentConfirmed(
        payment_id="pay", order_id="ord", account_id="acc", request_id="pay", lines=(),
        amount=200, currency="CNY", channel="wallet", postings=(), balance=300,
    )  # fmt: skip
    came, went = wallet.entry(deposit, 1, 10), wallet.entry(paid, 2, 20)
    assert (came.kind, came.reference, came.amount, came.balance) == ("deposit", "d", 500, 500)
    assert (went.kind, went.reference, went.amount, went.balance) == ("payment", "ord", -200, 300)


def listed(revision: int = 1) -> ProductListed:
    offer = Offer(
        sku="sku", name="50元", face_value=5_000, price=4_800, member_price=4_750,
        tiers=(Tier(quantity_min=50, price=4_725),), quantity_max=100, low_stock=3,
    )  # fmt: skip
    listing = Listing(
        name="Steam", category=("游戏点卡",), kind="card", currency="CNY", guide="g",
        offers=(offer, offer.model_copy(update={"sku": "other"})),
    )  # fmt: skip
    return ProductListed(**ABOUT, revision=revision, listing=listing)


def test_a_product_is_as_it_was_last_listed_and_priced() -> None:
    changed = PriceChanged(**ABOUT, revision=2, sku="sku", price=4_900, member_price=4_800)
    doc = catalogue.apply(catalogue.apply(None, listed()), changed)
    assert doc is not None
    assert (doc.revision, doc.listed) == (2, True)
    assert [(o.sku, o.price, len(o.tiers)) for o in doc.offers] == [
        ("sku", 4_900, 0),
        ("other", 4_800, 1),
    ]


def test_a_delisted_product_is_remembered_and_can_come_back() -> None:
    doc = catalogue.apply(None, listed())
    gone = catalogue.apply(doc, ProductDelisted(**ABOUT, revision=2, reason="r"))
    assert gone is not None
    assert not gone.listed
    back = catalogue.apply(gone, listed(3))
    assert back is not None
    assert back.listed


def test_a_refused_listing_changes_nothing() -> None:
    refused = ListingRefused(**ABOUT, code="BAD_PRICE")
    assert catalogue.apply(None, refused) is None
    doc = catalogue.apply(None, listed())
    assert catalogue.apply(doc, refused) == doc


def test_signals_fit_into_notifications_and_none_is_lost() -> None:
    keys = [f"account:{number:036}" for number in range(1_000)]
    payloads = list(split(keys))
    assert all(len(payload.encode()) <= PAYLOAD_BYTES_MAX for payload in payloads)
    assert [key for payload in payloads for key in payload.split("\n")] == keys
    assert list(split([])) == []
