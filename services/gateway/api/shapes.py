"""The shapes of bodies, in and out: what OpenAPI says of them is what is checked."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

LINES_MAX = 100
BATCH_LINES_MAX = 10_000
QUANTITY_MAX = 10_000
AMOUNT_MAX = 10_000_000_000
TEXT_LENGTH_MAX = 20_000
NAME_LENGTH_MAX = 200
OFFERS_MAX = 1_000

Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")]
Amount = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]


Said = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
Kept = Annotated[str, Field(max_length=NAME_LENGTH_MAX, pattern=r"^[^\x00]*$")]
"""What the database is to hold as it is: no text there can have a NUL in it."""


class Shape(BaseModel):
    """Exactly these fields, of exactly these types."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


class Money(Shape):
    """An amount in minor units (分)."""

    amount: Amount
    currency: Currency = "CNY"


class Sum(Shape):
    """What units or lines come to: it may be more than any one amount."""

    amount: Annotated[int, Field(ge=0)]
    currency: Currency = "CNY"


class SignedMoney(Shape):
    """As Money; negative where money leaves the wallet."""

    amount: int
    currency: Currency = "CNY"


class NewLine(Shape):
    """What is ordered, at the price that was seen."""

    sku: Id
    quantity: Quantity
    unit_price: Money
    target: Said | dict[Said, Said] | None = None
    """Where a top-up goes: by the names of its form's fields, or all of them in one text."""


class NewOrder(Shape):
    """An order."""

    lines: Annotated[list[NewLine], Field(min_length=1, max_length=LINES_MAX)]
    pay_with: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,31}$")] = "wallet"
    """`wallet`, or a payment channel's name."""
    coupon: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{2,31}$")] | None = None
    """A coupon's code; upper and lower case are the same."""
    allow_partial: bool = False
    """Go on without a line that has no stock."""
    on_decline: Literal["wait", "cancel"] = "wait"


class BatchLine(NewLine):
    """A line of a batch: an order of its own."""

    reference: Kept = ""
    """The buyer's own word for it; it comes back with the result."""


class NewBatch(Shape):
    """What holds for every line of a batch."""

    batch_key: Kept = ""
    """A line that was ordered under the same key is not ordered again, in whichever file. Without
    one a file is its content: the same lines again are the same batch."""
    pay_with: Literal["wallet"] = "wallet"
    on_decline: Literal["wait", "cancel"] = "cancel"


class NewBatchBody(NewBatch):
    """A batch as JSON: a line that is wrong harms no other."""

    lines: Annotated[list[BatchLine], Field(min_length=1, max_length=BATCH_LINES_MAX)]


class PayAgain(Shape):
    """A further try; without a body in the way that the order named."""

    pay_with: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,31}$")] | None = None
    """`wallet`, or a payment channel's name."""


class FieldError(Shape):
    """What is wrong, and where."""

    pointer: str = ""
    """JSON pointer into the body."""
    code: str
    detail: str = ""
    unit_price: Money | None = None
    """The price now, with PRICE_CHANGED."""
    limit: int | None = None
    """With LIMIT_EXCEEDED the limit; with INSUFFICIENT_STOCK what is left."""


class ProblemShape(Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    trace_id: str
    errors: list[FieldError] = []


class LineDispute(Shape):
    """The last dispute of a line."""

    dispute_id: str
    state: str
    label: str
    opened_by: str
    wants: str
    quantity: int
    deadline_at: str | None = None


class OrderLine(Shape):
    """A line of an order."""

    line: int
    sku: str
    product_id: str
    name: str
    kind: str
    shape: str
    """What each of its cards is made of; of a top-up `receipt`."""
    quantity: int
    unit_price: Money
    base_price: Money
    """Before member price, tiers and promotions."""
    promotion: str | None = None
    """Under which its unit price stands."""
    discount: Sum | None = None
    """The coupon's share of the whole line."""
    state: str
    label: str
    code: str | None = None
    guide: str | None = None
    """How to use it, Markdown, as it stood when it was ordered; of a delivered line."""
    dispute: LineDispute | None = None


class Order(Shape):
    """An order as it stands."""

    order_id: str
    state: str
    label: str
    code: str | None = None
    """Why it was refused."""
    declined: str | None = None
    """Why the last payment was declined."""
    missing: Sum | None = None
    """What the wallet lacks."""
    pay_url: str | None = None
    """The channel's page, while it can be paid there."""
    refunded: Sum | None = None
    """What went back."""
    coupon: str | None = None
    discount: Sum | None = None
    """What the coupon takes off; the total is without it."""
    lines: list[OrderLine]
    total: Sum
    pay_with: str
    placed_at: str
    deadline_at: str | None = None
    """Until when it can be paid, or completes by itself."""
    errors: list[FieldError] = []
    detail: str | None = None
    """The code as a sentence."""


class Orders(Shape):
    """A page of orders, the newest first."""

    items: list[Order]
    next_cursor: str | None


class TimelineEntry(Shape):
    """A fact about an order."""

    time: str
    type: str
    source: str
    position: int
    state: str | None = None
    label: str | None = None
    detail: str | None = None


class Timeline(Shape):
    """Every fact about an order, in order."""

    items: list[TimelineEntry]
    next_cursor: None = None


class Charged(Shape):
    """What one unit of a line comes to, and why it is less than its base price."""

    base_price: Money
    """Retail, before member price, tiers and promotions."""
    unit_price: Money
    """What each is charged, before a coupon."""
    by: Literal["base", "member", "tier", "promotion"]
    """What makes it so; an order keeps the same."""


class Verdict(Shape):
    """What would become of an order."""

    ok: bool
    total: Sum
    """What would be charged."""
    discount: Sum
    """What the coupon takes off."""
    lines: list[Charged]
    """One for each line of what is on the shelf, in their order; empty where one is not."""
    errors: list[FieldError]


class RevealedPart(Shape):
    """One thing of a card that means something by itself."""

    name: str
    label: str
    text: str
    masked: str
    copied: bool
    """Whether it has a button of its own to copy it."""


class Revealed(Shape):
    """One card, opened."""

    card_id: str
    code: str
    masked: str
    parts: list[RevealedPart]
    file: str
    """The card as it stands in a downloaded text file."""


class Reveal(Shape):
    """The codes of one line."""

    order_id: str
    line: int
    shape: str
    guide: str | None = None
    cards: list[Revealed]
