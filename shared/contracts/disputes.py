"""Disputes: a delivered line is not what was paid for. Orders decides; partition key: account id.

One line has at most one open dispute; it ends with exactly one of replacement, refund, rejection.
"""

from typing import Literal

from .inventory import Card
from .message import Command, Fact, Part
from .refunds import RefundTo

Wish = Literal["replacement", "refund"]
Outcome = Literal["replacement", "refund", "rejection"]


class Attachment(Part):
    """A file that the buyer keeps and can show: what was said of it cannot be changed later."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    """Of its content, hex."""


class Evidence(Part):
    """What somebody says of the case, and what proves it."""

    sealed_text: str
    """Sealed to the gateway: it may name a code or a person."""
    attachments: tuple[Attachment, ...] = ()


class OpenDispute(Command, owner="orders", key="account_id", subject="order_id"):
    """The buyer has something against a delivered line."""

    order_id: str
    account_id: str
    request_id: str
    """The same request is the same dispute: its id."""
    line: int
    quantity: int | None = None
    """Units that are wrong; none: all of the line."""
    wants: Wish
    evidence: Evidence
    received_ms: int
    """When our door received it, Unix milliseconds: what the refund window is held against."""


class AddEvidence(Command, owner="orders", key="account_id", subject="order_id"):
    """The buyer says more, mostly because the shop has asked."""

    order_id: str
    account_id: str
    request_id: str
    line: int
    dispute_id: str
    evidence: Evidence


class ChooseRemedy(Command, owner="orders", key="account_id", subject="order_id"):
    """The buyer takes what is offered for a card that was recalled."""

    order_id: str
    account_id: str
    request_id: str
    line: int
    dispute_id: str
    wants: Wish


class AskBuyer(Command, owner="orders", key="account_id", subject="order_id"):
    """An operator wants to know more before deciding."""

    order_id: str
    account_id: str
    request_id: str
    line: int
    dispute_id: str
    sealed_text: str
    """The question, sealed to the gateway."""
    by: str


class DecideDispute(Command, owner="orders", key="account_id", subject="order_id"):
    """An operator ends it, and says why."""

    order_id: str
    account_id: str
    request_id: str
    line: int
    dispute_id: str
    outcome: Outcome
    amount: int | None = None
    """Minor units, with `refund`; none: the share of the units that are wrong."""
    to: RefundTo = "wallet"
    by: str
    reason: str


class DeliverReplacement(Command, owner="delivery", key="account_id", subject="order_id"):
    """These cards are the buyer's too, for a line that was delivered before."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    cards: tuple[Card, ...]


class DisputeOpened(Fact, owner="orders", key="account_id", subject="order_id"):
    """A delivered line is disputed (售后处理中), or another card is offered for a recalled one."""

    order_id: str
    account_id: str
    dispute_id: str
    line: int
    quantity: int
    wants: Wish
    by: Literal["buyer", "recall"]
    evidence: Evidence | None = None
    """The buyer's."""
    cards: tuple[str, ...] = ()
    """Ids of the cards that were recalled."""
    reason: str = ""
    """Why they were."""
    deadline_ms: int
    """Unix milliseconds by which the shop must have decided; of an offer, the buyer chosen."""
    answer_ms: int
    """Milliseconds for each further word: the shop's after the buyer's, the buyer's when asked."""
    stock_ms: int
    """Milliseconds that inventory has, once a replacement is asked for."""


class CardAdded(Fact, owner="orders", key="account_id", subject="order_id"):
    """One more card of a line under dispute was recalled."""

    order_id: str
    account_id: str
    dispute_id: str
    line: int
    card_id: str


class EvidenceAdded(Fact, owner="orders", key="account_id", subject="order_id"):
    """The buyer has said more: the shop has the word."""

    order_id: str
    account_id: str
    dispute_id: str
    request_id: str
    line: int
    evidence: Evidence
    deadline_ms: int


class BuyerAsked(Fact, owner="orders", key="account_id", subject="order_id"):
    """The shop wants to know more: the buyer has the word, and silence ends it."""

    order_id: str
    account_id: str
    dispute_id: str
    request_id: str
    line: int
    sealed_text: str
    by: str
    deadline_ms: int


class DisputeDecided(Fact, owner="orders", key="account_id", subject="order_id"):
    """What it is to come to; a replacement is asked of inventory."""

    order_id: str
    account_id: str
    dispute_id: str
    request_id: str
    line: int
    sku: str
    quantity: int
    outcome: Outcome
    by: str
    """An operator, the buyer who chose, or `deadline`: nobody decided in time."""
    reason: str
    reservation_id: str | None = None
    """Of the replacement."""
    deadline_ms: int | None = None
    """Unix milliseconds by which inventory must have answered; else the money goes back."""


class ReplacementReserved(Fact, owner="orders", key="account_id", subject="order_id"):
    """Other cards are there: they are sold to this line, and delivery is told."""

    order_id: str
    account_id: str
    dispute_id: str
    line: int
    reservation_id: str
    sku: str
    cards: tuple[Card, ...]


class ReplacementMissed(Fact, owner="orders", key="account_id", subject="order_id"):
    """There is no other card: the money goes back instead."""

    order_id: str
    account_id: str
    dispute_id: str
    line: int
    reservation_id: str
    sku: str
    code: Literal["INSUFFICIENT_STOCK", "NO_ANSWER", "NO_CARDS"]
    """After NO_ANSWER and NO_CARDS what may be held is released."""


class DisputeClosed(Fact, owner="orders", key="account_id", subject="order_id"):
    """It has come to its end, one of three."""

    order_id: str
    account_id: str
    dispute_id: str
    line: int
    outcome: Literal["replaced", "refunded", "rejected"]
    code: Literal["DECIDED", "BUYER_SILENT", "OFFER_LAPSED", "NOTHING_LEFT"]


class DisputeRefused(Fact, owner="orders", key="account_id", subject="order_id"):
    """A word about a dispute, the buyer's or the shop's, that cannot be."""

    order_id: str
    account_id: str
    request_id: str
    line: int
    code: Literal[
        "UNKNOWN_ORDER", "NOT_DELIVERED", "WINDOW_CLOSED", "ALREADY_DISPUTED", "BAD_QUANTITY",
        "NO_REPLACEMENT", "NOTHING_LEFT", "UNKNOWN_DISPUTE", "NOT_OPEN", "REASON_REQUIRED",
        "BAD_AMOUNT", "MORE_THAN_PAID",
    ]  # fmt: skip


class ReplacementDelivered(Fact, owner="delivery", key="account_id", subject="order_id"):
    """Other cards are the buyer's, for a line that was delivered before."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    cards: tuple[Card, ...]
