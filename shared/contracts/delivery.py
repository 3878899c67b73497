"""delivery: has this line been delivered. Partition key: account id."""

from typing import Literal

from .inventory import Card
from .message import Command, Fact
from .orders import Hold


class RevealCard(Command, owner="delivery", key="account_id", subject="order_id"):
    """The owner wants to read the codes of one line."""

    order_id: str
    account_id: str
    line: int
    request_id: str
    """The same request is the same reveal."""


class DeliveryPrepared(Fact, owner="delivery", key="account_id", subject="order_id"):
    """These cards wait for the payment of this line."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    cards: tuple[Card, ...]


class DeliveryAwaited(Fact, owner="delivery", key="account_id", subject="order_id"):
    """Paid, and not all of what was paid is prepared yet: the lines that are missing."""

    order_id: str
    account_id: str
    lines: tuple[Hold, ...]


class CardDelivered(Fact, owner="delivery", key="account_id", subject="order_id"):
    """One paid line's cards are the buyer's."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    card_ids: tuple[str, ...]


class DeliveryForgotten(Fact, owner="delivery", key="account_id", subject="order_id"):
    """The order has ended unpaid: what was prepared for it is not its any more."""

    order_id: str
    account_id: str
    reservation_ids: tuple[str, ...]
    """What was prepared and is dropped; whatever comes later is dropped as well."""


class DeliveryFailed(Fact, owner="delivery", key="account_id", subject="order_id"):
    """Paid, and it cannot be delivered: the buyer's money is to be given back."""

    order_id: str
    account_id: str
    lines: tuple[Hold, ...]
    code: Literal["ORDER_ENDED"]
    """ORDER_ENDED: orders had ended it as unpaid before."""


class CardRevealed(Fact, owner="delivery", key="account_id", subject="order_id"):
    """The owner was shown one line's codes."""

    order_id: str
    account_id: str
    line: int
    request_id: str
    card_ids: tuple[str, ...]
    revealed_ms: int
    """Unix milliseconds."""


class RevealRefused(Fact, owner="delivery", key="account_id", subject="order_id"):
    """Nothing was shown."""

    order_id: str
    account_id: str
    line: int
    request_id: str
    code: Literal["NOT_DELIVERED", "REVEAL_LIMIT"]
