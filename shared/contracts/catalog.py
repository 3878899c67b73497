"""catalog: a product, its SKUs and their prices. Partition key: product id."""

from typing import Literal

from .message import Command, Fact, Part

Kind = Literal["card", "topup"]
Shape = Literal[
    "code", "number_secret", "account_password", "url_extract", "lines", "image", "account_seat",
]  # fmt: skip
"""What one card is made of; a top-up delivers a receipt."""


class Field(Part):
    """One thing that a buyer must say for a top-up, and what it has to look like."""

    name: str
    """Its key in a target, e.g. `number`."""
    label: str
    """What a buyer reads, Chinese first."""
    letters: Literal["digits", "plain", "any"]
    """digits: 0–9 · plain: letters and digits of ASCII · any: whatever can be printed."""
    length_min: int
    """Characters."""
    length_max: int
    """Characters."""
    prefixes: tuple[str, ...] = ()
    """One of these it begins with, where there are any: a carrier's numbers."""
    options: tuple[str, ...] = ()
    """One of these it is, where there are any: a game's servers."""


class Form(Part):
    """What a buyer must say to order a top-up: a rule as data."""

    fields: tuple[Field, ...]


class Tier(Part):
    """A lower price from a quantity on."""

    quantity_min: int
    """Units in one order line from which this price holds."""
    price: int
    """Minor units of the product's currency, each."""


class Offer(Part):
    """A SKU as it is offered: what it costs whom."""

    sku: str
    name: str
    """What a buyer reads, Chinese first, e.g. `100元`."""
    face_value: int
    """Minor units: what the card is worth; 0 where the product has no face value."""
    price: int
    """Minor units: retail, each."""
    member_price: int
    """Minor units: for members, each; equal to `price` where there is no such price."""
    tiers: tuple[Tier, ...] = ()
    """Wholesale prices, by rising quantity."""
    quantity_max: int
    """Units in one order line."""
    low_stock: int = 0
    """Available units at or under which stock has run low."""
    cost: int | None = None
    """Minor units: what one costs the shop; no buyer is told."""
    below_cost: str | None = None
    """Why it may be sold for less than it costs the shop, where somebody has said so."""


class Listing(Part):
    """Everything a listing says of a product."""

    name: str
    category: tuple[str, ...]
    """From the root to the leaf, e.g. ("游戏点卡", "骏网一卡通")."""
    kind: Kind
    currency: str
    guide: str
    """How to use what is delivered, Markdown."""
    search: tuple[str, ...] = ()
    """Other ways to write the name: pinyin, initials, aliases."""
    offers: tuple[Offer, ...]
    form: Form | None = None
    """What a top-up's buyer must say; a top-up without one cannot be ordered."""
    shape: Shape | None = None
    """What its cards are made of; none: a single code."""
    refund_window_h: int | None = None
    """Hours after delivery for which a line may be disputed; none: as long as orders has it."""


class ListProduct(Command, owner="catalog", key="product_id", subject="product_id"):
    """List a product, or list it anew with other words and offers."""

    product_id: str
    request_id: str
    by: str
    listing: Listing


class ChangePrice(Command, owner="catalog", key="product_id", subject="product_id"):
    """Change what one SKU costs."""

    product_id: str
    request_id: str
    by: str
    sku: str
    price: int
    """Minor units."""
    member_price: int
    """Minor units."""
    tiers: tuple[Tier, ...] = ()
    cost: int | None = None
    """Minor units: what one costs the shop from here on; none: what it did."""
    below_cost: str | None = None
    """Why it may be sold for less than it costs the shop, where somebody has said so."""
    reason: str | None = None
    """Why the price changes."""


class DelistProduct(Command, owner="catalog", key="product_id", subject="product_id"):
    """Take a product off the shelf."""

    product_id: str
    request_id: str
    by: str
    reason: str


class ProductListed(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A product is on the shelf as described."""

    product_id: str
    request_id: str
    by: str
    revision: int
    """Counts the facts about this product, from 1; an order keeps the one it was placed under."""
    listing: Listing


class PriceChanged(Fact, owner="catalog", key="product_id", subject="product_id"):
    """One SKU costs something else from here on."""

    product_id: str
    request_id: str
    by: str
    revision: int
    sku: str
    price: int
    """Minor units."""
    member_price: int
    """Minor units."""
    tiers: tuple[Tier, ...] = ()
    cost: int | None = None
    """Minor units: what one costs the shop from here on; none: what it did."""
    below_cost: str | None = None
    """Why it may be sold for less than it costs the shop, where somebody has said so."""
    reason: str | None = None
    """Why the price changes."""


class ProductDelisted(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A product is off the shelf."""

    product_id: str
    request_id: str
    by: str
    revision: int
    reason: str


class ListingRefused(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A command about a product was refused; nothing changed."""

    product_id: str
    request_id: str
    by: str
    code: str
    """UNKNOWN_PRODUCT, OFF_SHELF, UNKNOWN_SKU; of a listing EMPTY, BAD_CURRENCY, TOO_MANY_OFFERS,
    DUPLICATE_SKU, BAD_OFFER, BAD_FORM, BAD_WINDOW; of prices BAD_PRICE, BAD_TIERS, BELOW_COST;
    of promotions BELOW_COST, UNKNOWN_PROMOTION, PROMOTION_EXISTS, TOO_MANY_PROMOTIONS,
    BAD_PROMOTION."""
