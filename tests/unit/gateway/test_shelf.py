"""Who looks at the shelf hears of what is shown otherwise, and of nothing else."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec import structs

from services.gateway.door.catalogue import Snapshot, snapshot
from services.gateway.door.listening import Listener
from services.gateway.door.shelf import (
    CHANGES_MAX,
    PRODUCTS_MAX,
    SHELF,
    ShelfWatch,
    about,
    word_of,
)
from services.gateway.projections.catalogue import OfferDoc, ProductDoc, PromotionDoc
from services.gateway.projections.queries import Stock
from shared.kernel.quotas import promotion_sku

LOW = 5


def product(name: str, price: int = 100) -> ProductDoc:
    offer = OfferDoc(f"{name}-1", "1", 100, price, price, (), 10, LOW)
    return ProductDoc(name, 1, True, name, (), "card", "CNY", "", (), (offer,))


@dataclass
class Shop:
    """What the catalogue and the stock say; stands where the door's own parts do."""

    products: list[ProductDoc]
    available: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> Snapshot:
        return snapshot((0, 1, each) for each in self.products)

    async def stock(self, skus: list[str]) -> dict[str, Stock]:
        return {s: Stock(s, 9, self.available.get(s, 9), 0, 0, 0, 1) for s in skus}


def watching(shop: Any) -> ShelfWatch:
    return ShelfWatch(shop, shop, Listener(""))


async def test_a_stock_that_runs_low_and_out_is_heard_each_time_it_changes_its_word() -> None:
    shop = Shop([product("steam"), product("qq")])
    watch = watching(shop)
    await watch.look()
    for left, heard in ((8, None), (LOW, {"steam"}), (3, None), (0, {"steam"}), (9, {"steam"})):
        number = watch.number
        shop.available["steam-1"] = left
        await watch.look()
        assert watch.since(number) == (heard and frozenset(heard)), left


async def test_a_price_a_listing_and_a_delisting_are_heard() -> None:
    shop = Shop([product("steam")])
    watch = watching(shop)
    await watch.look()
    for products, heard in (
        ([product("steam", 99)], {"steam"}),
        ([product("steam", 99), product("qq")], {"qq"}),
        ([structs.replace(product("steam", 99), listed=False), product("qq")], {"steam"}),
    ):
        number = watch.number
        shop.products = products
        await watch.look()
        assert watch.since(number) == frozenset(heard)


async def test_a_promotion_that_begins_sells_and_ends_by_its_own_time_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No fact says that its time has come, or is over, or that nothing is left of it (A5, A9)."""
    begins, ends, second = 1_000, 9_000, 10**9
    sale = PromotionDoc("sale", "steam-1", 90, begins, ends, 500, 5)
    counting = promotion_sku("steam", "sale")
    shop = Shop([structs.replace(product("steam"), promotions=(sale,)), product("qq")])
    watch = watching(shop)
    for at_s, left, heard in (
        (0, 120, True), (2, 120, True), (3, 119, True), (3, 118, False), (3, 9, True),
        (3, 8, True), (4, 0, True), (9, 0, True), (10, 0, False),
    ):  # fmt: skip
        monkeypatch.setattr(time, "time_ns", lambda at_s=at_s: at_s * second)
        number, shop.available[counting] = watch.number, left
        await watch.look()
        first = frozenset({"steam", "qq"}) if number == 0 else frozenset({"steam"})
        assert watch.since(number) == (first if heard else None), (at_s, left)


def test_of_many_that_are_left_only_the_first_two_digits_are_told() -> None:
    """A promotion of ten thousand is not told ten thousand times."""
    told = [about(left) for left in (0, 7, 99, 100, 104, 999, 12_345)]
    assert told == [0, 7, 99, 100, 100, 990, 12_000]


async def test_who_was_away_for_too_many_changes_is_told_to_look_at_everything() -> None:
    shop = Shop([product("steam")])
    watch = watching(shop)
    await watch.look()
    number = watch.number
    for price in range(CHANGES_MAX):
        shop.products = [product("steam", price)]
        await watch.look()
    assert watch.since(number) == frozenset({"steam"})
    assert watch.since(number - 1) == frozenset()
    assert watch.since(watch.number) is None


async def test_a_change_of_very_many_products_names_none_of_them() -> None:
    shop = Shop([product(f"p{n}") for n in range(PRODUCTS_MAX + 1)])
    watch = watching(shop)
    await watch.look()
    assert watch.since(0) == frozenset()


async def test_nobody_looks_while_nobody_listens() -> None:
    class Counting(Shop):
        looks = 0

        async def stock(self, skus: list[str]) -> dict[str, Stock]:
            self.looks += 1
            return await super().stock(skus)

    shop = Counting([product("steam")])
    listener = Listener("")
    watch = ShelfWatch(shop, shop, listener)  # type: ignore[arg-type]  # the shop stands for both
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0.7)
    assert shop.looks == 0
    async with listener.watch(SHELF) as bell:
        assert await bell.wait(5)
        assert shop.looks == 1
    running.cancel()


def test_the_word_of_a_stock_is_bounded_by_its_offer() -> None:
    offer = product("steam").offers[0]
    words = [word_of(offer, Stock("s", 9, n, 0, 0, 0, 1)) for n in (0, 1, LOW, LOW + 1)]
    assert words == ["sold_out", "low", "low", "plenty"]
    assert word_of(offer, None) == "sold_out"
