"""A shop made for load: products, sealed cards, buyers with money, and the orders they place."""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Final

from shared.contracts.catalog import Field, Form, Listing, ListProduct, Offer
from shared.contracts.inventory import ClaimCard, GrantQuota
from shared.contracts.orders import Level, PlaceOrder, Seen, WantedLine
from shared.contracts.payments import Deposit
from shared.kernel import forms, ids
from shared.security.fingerprints import card_fingerprint, fingerprint
from shared.security.sealing import Sealer, seal

BY: Final = "load"
PRICE: Final = 985
"""Minor units, each."""
WALLET: Final = 100_000_000
"""Minor units that every buyer starts with."""
QUANTITY_MAX: Final = 10
NUMBER_DIGITS: Final = 11
NUMBER: Final = Form(
    fields=(
        Field(
            name="number", label="手机号", letters="digits",
            length_min=NUMBER_DIGITS, length_max=NUMBER_DIGITS,
        ),
    )
)  # fmt: skip
"""What a top-up's buyer says."""
FIRST_NUMBER: Final = 13_800_000_000
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
    pay_with: str = "wallet"
    price: int = PRICE
    """Minor units, each."""
    tops_up: Keys | None = None
    """It sells top-ups, their targets sealed with these keys; none: it sells cards."""

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
                listing=_listing(product_id, skus, self.price, topup=bool(self.tops_up)),
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

    def units(self, sku: str, units: int, first: int = 0) -> GrantQuota:
        """So many top-ups that may be sold."""
        request_id = ids.derive("quota", sku, str(first))
        return GrantQuota(sku=sku, request_id=request_id, units=units, by=BY, reason=BY)

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
        order_id = ids.order_id(buyer, key)
        line = WantedLine(sku=sku, product_id=product_id, quantity=1, unit_price=self.price)
        if self.tops_up:
            line = line.model_copy(update=_target(self.tops_up, order_id, buyer, sku))
        return PlaceOrder(
            order_id=order_id, account_id=buyer, key=key,
            body_hash=ids.derive(key) + ids.derive(buyer), lines=(line,), currency="CNY",
            pay_with=self.pay_with, received_ms=time.time_ns() // 1_000_000, level=self.level,
            catalogue=(seen,),
        )  # fmt: skip


def _target(keys: Keys, order_id: str, buyer: str, sku: str) -> dict[str, str]:
    """The buyer's own number, as the door writes a target."""
    number = FIRST_NUMBER + int(ids.derive("number", buyer).replace("-", "")[:6], 16)
    text = forms.written({"number": str(number)})
    return {
        "target": seal(keys.delivery_public, text, order_id, sku),
        "target_print": fingerprint(keys.fingerprint, "target", text).hex(),
        "form_id": forms.form_id(NUMBER),
    }


def _listing(product_id: str, skus: Sequence[str], price: int, *, topup: bool) -> Listing:
    offers = tuple(
        Offer(
            sku=sku, name=sku, face_value=price, price=price, member_price=price,
            quantity_max=QUANTITY_MAX,
        )
        for sku in skus
    )  # fmt: skip
    return Listing(
        name=product_id, category=("压测",), kind="topup" if topup else "card", currency="CNY",
        guide="-", offers=offers, form=NUMBER if topup else None,
    )  # fmt: skip
