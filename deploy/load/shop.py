"""A shop made for load: products, sealed cards, buyers with money, and the orders they place."""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Final

from shared.contracts.catalog import Listing, ListProduct, Offer
from shared.contracts.inventory import ClaimCard
from shared.contracts.orders import Level, PlaceOrder, Seen, WantedLine
from shared.contracts.payments import Deposit
from shared.kernel import ids
from shared.security.fingerprints import card_fingerprint
from shared.security.sealing import Sealer

BY: Final = "load"
PRICE: Final = 985
"""Minor units, each."""
WALLET: Final = 100_000_000
"""Minor units that every buyer starts with."""
QUANTITY_MAX: Final = 10
SKUS_OF_PRODUCT: Final = 10


@dataclass(frozen=True)
class Keys:
    """What the door seals and fingerprints cards with."""

    delivery_public: bytes
    fingerprint: bytes


@dataclass(frozen=True)
class Shop:
    """Made anew for each run: `name` keeps its SKUs, buyers and cards apart from all others'."""

    name: str
    skus_count: int
    buyers_count: int
    level: Level = "retail"
    """Of all its buyers: how often a retail buyer may order is limited."""

    @cached_property
    def skus(self) -> tuple[str, ...]:
        return tuple(f"{self.name}-{number}" for number in range(self.skus_count))

    @cached_property
    def buyers(self) -> tuple[str, ...]:
        return tuple(ids.derive("buyer", self.name, str(n)) for n in range(self.buyers_count))

    def product_of(self, sku: str) -> str:
        """The product under which a SKU is listed."""
        number = int(sku.rpartition("-")[2])
        return f"{self.name}-product-{number // SKUS_OF_PRODUCT}"

    def listings(self) -> Iterator[ListProduct]:
        """Every product with its SKUs."""
        by_product: dict[str, list[str]] = {}
        for sku in self.skus:
            by_product.setdefault(self.product_of(sku), []).append(sku)
        for product_id, skus in by_product.items():
            yield ListProduct(
                product_id=product_id, request_id=ids.derive("listing", product_id), by=BY,
                listing=_listing(product_id, skus),
            )  # fmt: skip

    def deposits(self) -> Iterator[Deposit]:
        """Money for every buyer."""
        for buyer in self.buyers:
            yield Deposit(
                deposit_id=ids.derive("deposit", buyer), account_id=buyer, amount=WALLET,
                currency="CNY", source="operator", by=BY, reason=BY,
            )  # fmt: skip

    def cards(self, sku: str, cards_count: int, keys: Keys, first: int = 0) -> Iterator[ClaimCard]:
        """Cards of one SKU, sealed as the door seals them."""
        sealer = Sealer(keys.delivery_public)
        for number in range(first, first + cards_count):
            code = f"{sku}-{number:08d}-{secrets.token_hex(4)}"
            card_id = ids.card_id(card_fingerprint(keys.fingerprint, code))
            yield ClaimCard(
                card_id=card_id, sku=sku, sealed=sealer.seal(code, card_id, sku),
                import_id=f"{sku}-{first}", line=number - first + 1,
            )  # fmt: skip

    def orders(
        self, seen: dict[str, Seen], skus: Sequence[str] = (), first: int = 0
    ) -> Iterator[PlaceOrder]:
        """Orders without end: one card each, buyers and SKUs in turn.

        ``seen`` says by product where its listing stands on the log.
        """
        skus = skus or self.skus
        for number in count(first):  # bounded by: whoever takes from it
            sku = skus[number % len(skus)]
            buyer = self.buyers[number % self.buyers_count]
            seen_at = seen[self.product_of(sku)]
            yield self._order(buyer, f"{self.name}-{number}", sku, seen_at)

    def _order(self, buyer: str, key: str, sku: str, seen: Seen) -> PlaceOrder:
        product_id = self.product_of(sku)
        line = WantedLine(sku=sku, product_id=product_id, quantity=1, unit_price=PRICE)
        return PlaceOrder(
            order_id=ids.order_id(buyer, key), account_id=buyer, key=key,
            body_hash=ids.derive(key) + ids.derive(buyer), lines=(line,), currency="CNY",
            pay_with="wallet", received_ms=time.time_ns() // 1_000_000, level=self.level,
            catalogue=(seen,),
        )  # fmt: skip


def _listing(product_id: str, skus: Sequence[str]) -> Listing:
    offers = tuple(
        Offer(
            sku=sku, name=sku, face_value=1000, price=PRICE, member_price=PRICE,
            quantity_max=QUANTITY_MAX,
        )
        for sku in skus
    )  # fmt: skip
    return Listing(
        name=product_id, category=("压测",), kind="card", currency="CNY", guide="-", offers=offers
    )
