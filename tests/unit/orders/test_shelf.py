"""The shelf: what orders knows of the catalogue, folded from its facts."""

from typing import Any

from services.orders.handlers import SUBSCRIPTIONS
from services.orders.projections import CATALOGUE, apply, seen, shelf
from shared.contracts.catalog import (
    Listing,
    ListingRefused,
    Offer,
    PriceChanged,
    ProductDelisted,
    ProductListed,
    Tier,
)
from shared.contracts.orders import PlaceOrder, Seen
from shared.shards.service import Arrival
from tests.unit.orders import examples as say

BY: Any = {"request_id": "req", "by": "li"}


def offer(sku: str, price: int = 985) -> Offer:
    return Offer(
        sku=sku, name=sku, face_value=1_000, price=price, member_price=price, quantity_max=5
    )


def listed(*skus: str, product_id: str = "jw", revision: int = 1) -> ProductListed:
    offers = tuple(offer(sku) for sku in skus)
    listing = Listing(
        name="骏网一卡通",
        category=("游戏点卡",),
        kind="card",
        currency="CNY",
        guide="",
        offers=offers,
    )
    return ProductListed(product_id=product_id, revision=revision, listing=listing, **BY)


def repriced(sku: str, price: int, revision: int = 2) -> PriceChanged:
    tiers = (Tier(quantity_min=10, price=price - 2),)
    return PriceChanged(
        product_id="jw", revision=revision, sku=sku, price=price, member_price=price - 1,
        tiers=tiers, **BY,
    )  # fmt: skip


def delisted(product_id: str = "jw") -> ProductDelisted:
    return ProductDelisted(product_id=product_id, revision=3, reason="gone", **BY)


def rows(*facts: Any) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for fact in facts:
        apply(table, fact)
    return table


def on_shelf(*facts: Any) -> dict[str, Any]:
    return shelf(rows(*facts), ["jw-10", "jw-50", "tb-1"])


def test_a_listed_product_puts_its_skus_on_the_shelf() -> None:
    found = on_shelf(listed("jw-10", "jw-50"))
    assert set(found) == {"jw-10", "jw-50"}
    ten = found["jw-10"]
    assert (ten.product_id, ten.product_name, ten.kind) == ("jw", "骏网一卡通", "card")
    assert (ten.currency, ten.revision, ten.offer) == ("CNY", 1, offer("jw-10"))


def test_a_product_listed_anew_replaces_all_it_offered() -> None:
    found = on_shelf(listed("jw-10", "jw-50"), listed("jw-50", revision=2))
    assert set(found) == {"jw-50"}
    assert found["jw-50"].revision == 2


def test_a_changed_price_moves_one_sku_and_the_revision_of_its_whole_product() -> None:
    found = on_shelf(listed("jw-10", "jw-50"), repriced("jw-10", 900))
    prices = found["jw-10"].offer
    assert (prices.price, prices.member_price) == (900, 899)
    assert prices.tiers == (Tier(quantity_min=10, price=898),)
    assert found["jw-50"].offer.price == 985
    assert [row.revision for row in found.values()] == [2, 2]


def test_a_delisted_product_leaves_the_shelf_empty() -> None:
    assert rows(listed("jw-10", "jw-50"), delisted()) == {}


def test_a_sku_that_went_to_another_product_stays_there() -> None:
    found = on_shelf(listed("jw-10"), listed("jw-10", product_id="tb"), delisted())
    assert found["jw-10"].product_id == "tb"


def test_facts_about_what_is_not_listed_leave_the_shelf_as_it_is() -> None:
    refused = ListingRefused(product_id="jw", code="BAD_PRICE", **BY)
    assert rows(repriced("jw-10", 900), delisted(), refused) == {}


def test_the_table_follows_the_catalogue_as_far_as_the_sender_of_an_order_saw_it() -> None:
    asked = say.wanted(catalogue=(Seen(shard=3, position=17),))
    assert CATALOGUE.topic == "catalog.events"
    assert seen(asked) == (Seen(shard=3, position=17),)
    assert seen(say.cancel()) == ()


def test_an_order_arrives_beside_the_offers_that_it_names() -> None:
    handler = SUBSCRIPTIONS["orders.commands"][PlaceOrder]
    arrival = Arrival(now_ms=7, table=rows(listed("jw-10", "jw-50")))
    command: Any = handler(say.LIMITS, say.wanted(say.want("jw-10"), say.want("tb-1")), arrival)
    assert set(command.shelf) == {"jw-10"}
