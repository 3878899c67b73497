"""delivery: has this line been delivered. Partition key: account id."""

from typing import Literal

from .inventory import Card
from .message import Command, Fact
from .orders import Hold

Resolution = Literal["delivered", "failed", "ask"]
"""delivered: there is proof of it · failed: it is certain that nothing was topped up · ask: the
supplier is to be asked once more, now."""


class RevealCard(Command, owner="delivery", key="account_id", subject="order_id"):
    """The owner wants to read the codes of one line."""

    order_id: str
    account_id: str
    line: int
    request_id: str
    """The same request is the same reveal."""


class ResolveTopUp(Command, owner="delivery", key="account_id", subject="order_id"):
    """A person takes a top-up whose outcome nobody knows, and says what became of it."""

    order_id: str
    account_id: str
    reservation_id: str
    request_id: str
    """The same request is the same resolution."""
    outcome: Resolution
    receipt: str | None = None
    """The supplier's proof, with `delivered`."""
    by: str
    reason: str
    supplier: str | None = None
    """Whom the person has asked; none: whoever has it now. Another one's top-up is left alone."""


class DeliveryPrepared(Fact, owner="delivery", key="account_id", subject="order_id"):
    """These cards wait for the payment of this line."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    cards: tuple[Card, ...]
    units: int | None = None
    """Units of a quota, in place of cards: a top-up."""


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
    code: Literal[
        "ORDER_ENDED", "NO_SUPPLIER", "NOTHING_HELD", "SUPPLIERS_REFUSED", "WRONG_ACCOUNT",
        "RESOLVED_FAILED",
    ]  # fmt: skip
    """ORDER_ENDED: orders had ended it as unpaid before · NO_SUPPLIER: nobody sells this top-up ·
    NOTHING_HELD: neither cards nor a target · SUPPLIERS_REFUSED: each one that sells it, for
    certain · WRONG_ACCOUNT: the target cannot be topped up by anybody · RESOLVED_FAILED: a person
    has said so."""


class TopUpSubmitted(Fact, owner="delivery", key="account_id", subject="order_id"):
    """A paid line goes to a supplier, under a request id that it recognises again."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    quantity: int
    target: str
    """Sealed to delivery."""
    supplier: str
    others: tuple[str, ...]
    """Suppliers that come next, each after a certain refusal by the one before it."""
    request_id: str
    """Ours, for this line at this supplier: the same request is one top-up, however often sent."""
    call_id: str
    """This one call: another one each time the same request is sent."""
    calls: int
    """How often this request has been sent, with this time."""
    since_ms: int
    """When it was first sent to anybody, Unix milliseconds."""


class DeliveryUncertain(Fact, owner="delivery", key="account_id", subject="order_id"):
    """Nobody knows whether the supplier has topped up: no refund and no second try until we do."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    supplier: str
    request_id: str
    code: str
    """What the supplier said, or that it said nothing."""
    asks: int
    """How often the supplier has been asked since the request was sent."""
    ask_ms: int | None = None
    """When it is asked again, Unix milliseconds; none: a person has to take it."""
    again: Literal["ask", "submit"]
    """How: by the request's id; or, as it knows no such request, by sending the same one again."""


class TopUpQueried(Fact, owner="delivery", key="account_id", subject="order_id"):
    """The supplier is asked, by our request id, what became of it."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    supplier: str
    request_id: str
    call_id: str
    asks: int
    """How often it has been asked, with this time."""


class TopUpRefused(Fact, owner="delivery", key="account_id", subject="order_id"):
    """One supplier has refused for certain: nothing was topped up by it, and nothing will be."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    supplier: str
    request_id: str
    code: str
    """The supplier's reason."""


class TopUpConfirmed(Fact, owner="delivery", key="account_id", subject="order_id"):
    """The target has been topped up: the line is delivered."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    quantity: int
    supplier: str
    request_id: str
    receipt: str
    """The supplier's proof."""


class TopUpResolved(Fact, owner="delivery", key="account_id", subject="order_id"):
    """A person has taken it; what follows from that stands beside this fact."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    request_id: str
    """Of the resolution."""
    outcome: Resolution
    by: str
    reason: str


class ResolutionRefused(Fact, owner="delivery", key="account_id", subject="order_id"):
    """There is nothing to resolve."""

    order_id: str
    account_id: str
    reservation_id: str
    request_id: str
    code: Literal["UNKNOWN_TOPUP", "NOT_OPEN", "RECEIPT_REQUIRED"]
    """NOT_OPEN: it has ended, or is another supplier's by now."""


class TopUpContradicted(Fact, owner="delivery", key="account_id", subject="order_id"):
    """The supplier says that it has topped up what was given up: a person has to look."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    request_id: str
    receipt: str


class CardRevealed(Fact, owner="delivery", key="account_id", subject="order_id"):
    """The owner was shown one line's codes."""

    order_id: str
    account_id: str
    line: int
    request_id: str
    card_ids: tuple[str, ...]
    revealed_ms: int
    """Unix milliseconds."""


class HarvestSuspected(Fact, owner="delivery", key="account_id", subject="account_id"):
    """One account reads codes faster than people do: somebody should look."""

    account_id: str
    order_id: str
    """The order whose reveal passed the threshold."""
    reveals: int
    """Lines shown to the account in this hour."""
    hour: int
    """Hours since 1970; said once in each."""


class RevealRefused(Fact, owner="delivery", key="account_id", subject="order_id"):
    """Nothing was shown."""

    order_id: str
    account_id: str
    line: int
    request_id: str
    code: Literal["NOT_DELIVERED", "REVEAL_LIMIT"]
