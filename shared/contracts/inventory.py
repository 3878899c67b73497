"""inventory: which card goes to which order line. Partition key: SKU; a claim's is the card id."""

from typing import Literal

from .message import Command, Fact, Part


class Card(Part):
    """A card that nobody but delivery can open."""

    card_id: str
    sealed: str
    """`v1.` and base64: the code under a fresh data key, wrapped to delivery's public key."""


class ClaimCard(Command, owner="inventory", key="card_id", subject="card_id"):
    """One line of an import: take this card, unless it was ever taken before."""

    card_id: str
    sku: str
    sealed: str
    import_id: str
    line: int
    """The line of the import it stood on, from 1."""


class ReceiveStock(Command, owner="inventory", key="sku", subject="card_id"):
    """A claimed card joins its SKU's stock."""

    card_id: str
    sku: str
    sealed: str
    import_id: str
    line: int


class ReserveStock(Command, owner="inventory", key="sku", subject="reservation_id"):
    """Hold so many cards for an order's line: all of them or none."""

    reservation_id: str
    sku: str
    quantity: int
    order_id: str
    line: int
    account_id: str


class ReleaseStock(Command, owner="inventory", key="sku", subject="reservation_id"):
    """The order will not be paid: give back what is held."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str


class CommitStock(Command, owner="inventory", key="sku", subject="reservation_id"):
    """The order is paid: what is held is sold."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str


class GrantQuota(Command, owner="inventory", key="sku", subject="sku"):
    """Let a SKU without cards be sold so many times more: top-ups, coupons, promotion totals."""

    sku: str
    request_id: str
    units: int
    """Units to be added, above 0."""
    by: str
    reason: str


class RecallCard(Command, owner="inventory", key="sku", subject="card_id"):
    """A card is bad: nobody else may get it."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str


class CardClaimed(Fact, owner="inventory", key="card_id", subject="card_id"):
    """This card is new here, and belongs to this import's line for ever."""

    card_id: str
    sku: str
    sealed: str
    import_id: str
    line: int


class CardRefused(Fact, owner="inventory", key="card_id", subject="card_id"):
    """This card was taken before: the import's line adds nothing."""

    card_id: str
    sku: str
    import_id: str
    line: int
    code: Literal["DUPLICATE_CARD"]


class StockReceived(Fact, owner="inventory", key="sku", subject="card_id"):
    """A card stands in its SKU's queue."""

    card_id: str
    sku: str
    sealed: str
    import_id: str
    line: int
    index: int
    """Its place in the SKU's queue, from 0."""


class StockReserved(Fact, owner="inventory", key="sku", subject="reservation_id"):
    """These cards are held for this order's line, and for nothing else."""

    reservation_id: str
    sku: str
    order_id: str
    line: int
    account_id: str
    cards: tuple[Card, ...]
    index: int
    """The first card's place in the SKU's queue; the others follow it."""
    units: int | None = None
    """Units of the SKU's quota that are held in place of cards; then there are no cards."""


class StockRefused(Fact, owner="inventory", key="sku", subject="reservation_id"):
    """There is not enough; nothing is held."""

    reservation_id: str
    sku: str
    order_id: str
    line: int
    account_id: str
    code: Literal["INSUFFICIENT_STOCK", "BAD_QUANTITY"]
    available: int


class StockReleased(Fact, owner="inventory", key="sku", subject="reservation_id"):
    """The reservation has ended unsold; its cards stand at the end of the queue again."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str
    cards: tuple[Card, ...]
    index: int
    """The first returned card's new place in the SKU's queue."""
    units: int | None = None
    """Units that are the quota's again."""
    withdrawn: tuple[Card, ...] | None = None
    """Cards that were recalled while they were held: they do not come back."""


class StockCommitted(Fact, owner="inventory", key="sku", subject="reservation_id"):
    """The reservation has ended sold."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str
    quantity: int


class CommitRefused(Fact, owner="inventory", key="sku", subject="reservation_id"):
    """Paid, and nothing is held to be sold: never to be seen, and then never to be silent."""

    reservation_id: str
    sku: str
    order_id: str
    account_id: str
    code: Literal["RESERVATION_UNKNOWN", "RESERVATION_ENDED"]


class CardWithdrawn(Fact, owner="inventory", key="sku", subject="card_id"):
    """A recalled card has left its SKU's queue, for good; the card at the head takes its place."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str
    index: int
    """Its place in the SKU's queue."""
    head: int
    """The place that is handed out next no more: the head's."""
    moved: Card | None = None
    """The card from the head, at `index` from here on; none where it was the head itself."""


class CardRecalled(Fact, owner="inventory", key="sku", subject="card_id"):
    """A recalled card is held or sold: whoever has it is to be offered another one."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str
    order_id: str | None = None
    """Whose order it went to; they are told on inventory.answers."""
    account_id: str | None = None
    line: int | None = None


class RecallRefused(Fact, owner="inventory", key="sku", subject="card_id"):
    """There is no such card under this SKU."""

    card_id: str
    sku: str
    request_id: str
    code: Literal["UNKNOWN_CARD"]


class QuotaGranted(Fact, owner="inventory", key="sku", subject="sku"):
    """So many units more can be sold of this SKU."""

    sku: str
    request_id: str
    units: int
    """Units added."""
    by: str
    reason: str


class QuotaRefused(Fact, owner="inventory", key="sku", subject="sku"):
    """Nothing was added."""

    sku: str
    request_id: str
    code: Literal["BAD_QUANTITY"]


class StockRanLow(Fact, owner="inventory", key="sku", subject="sku"):
    """Available stock has fallen to the threshold; said once until it has recovered."""

    sku: str
    available: int
    threshold: int


class SoldOut(Fact, owner="inventory", key="sku", subject="sku"):
    """Nothing is available; said once until something is."""

    sku: str
