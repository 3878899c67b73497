"""What an order is made of: the parts that several messages share."""

from typing import Literal

from .message import Part

OnDecline = Literal["wait", "cancel"]
Level = Literal["retail", "member"]


class WantedLine(Part):
    """A line as the buyer asked for it."""

    sku: str
    product_id: str
    quantity: int
    unit_price: int
    """Minor units: what the buyer saw, each."""
    target: str | None = None
    """Where a top-up goes, sealed; none for cards."""
    target_print: str | None = None
    """Keyed fingerprint of the target, hex: the same for the same target, whoever orders."""
    form_id: str | None = None
    """The form that the door found the target to fit; none: it fits none."""


class Line(Part):
    """A line as it was placed: what was used of the catalogue is copied here."""

    line: int
    """From 1."""
    sku: str
    product_id: str
    product_name: str
    sku_name: str
    kind: str
    revision: int
    """The product's revision: names the guide as it stood."""
    quantity: int
    unit_price: int
    """Minor units, each."""
    base_price: int
    """Minor units, each, before member price and tiers."""
    target: str | None = None
    """Where a top-up goes, sealed to delivery."""
    target_print: str | None = None
    """Keyed fingerprint of the target, hex."""
    shape: str | None = None
    """What its cards are made of, where that is more than a single code."""
    promotion: str | None = None
    """The promotion under which its unit price stands."""
    discount: int | None = None
    """Minor units, the whole line: the coupon's share."""
    refund_window_h: int | None = None
    """Hours after delivery for which it may be disputed, where its product says so."""
    floor: int | None = None
    """Minor units, the whole line: it comes to no less, where its cost is known and held to."""


class Quota(Part):
    """What an order uses up of a promotion or a coupon: held, sold and given back like a line."""

    number: int
    """Beyond all lines: `shared/kernel/quotas.py`."""
    sku: str
    units: int


class Hold(Part):
    """One line's claim on stock."""

    line: int
    sku: str
    quantity: int
    reservation_id: str
    target: str | None = None
    """Where a top-up goes, sealed to delivery; none for cards."""
    counted: bool | None = None
    """Risk counts its units while they are held: it is told when they are sold."""


class LineError(Part):
    """Why one line was refused."""

    line: int
    code: str
    unit_price: int | None = None
    """Minor units: the price now, with PRICE_CHANGED."""
    limit: int | None = None
    """Units: the limit, with LIMIT_EXCEEDED; what is left, with INSUFFICIENT_STOCK."""


class Seen(Part):
    """How far the sender had read one shard of the catalogue."""

    shard: int
    position: int


class Origin(Part):
    """Where an order comes from, of a person who has signed in; nothing of it can be read back."""

    address: str | None = None
    """Keyed fingerprint of the address it came from, hex; of IPv6 its first 64 bits."""
    device: str | None = None
    """Keyed fingerprint of the device, hex; none where it does not say which it is."""
    contact: str | None = None
    """The buyer's phone number, sealed to risk's SMS sender."""
