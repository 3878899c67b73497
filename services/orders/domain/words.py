"""What another service says of an order, phase by phase: the order's life in one table."""

from dataclasses import dataclass
from typing import assert_never

from shared.contracts.charges import PaymentOffered
from shared.contracts.delivery import CardDelivered, DeliveryFailed, TopUpConfirmed
from shared.contracts.disputes import ReplacementDelivered
from shared.contracts.inventory import CardRecalled, StockRefused, StockReserved
from shared.contracts.message import Fact
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
)
from shared.contracts.refunds import RefundIssued
from shared.contracts.risk import OrderBlocked, OrderCleared, OrderHeld
from shared.contracts.verification import VerificationRequired

from . import delivering, failing, paying, reserving, screening
from .limits import Limits
from .state import Accepted, AwaitingPayment, Delivered, Ended, Order, Paid, Placed, Refunding

RiskWord = OrderCleared | OrderBlocked | VerificationRequired | OrderHeld
StockWord = StockReserved | StockRefused
PaymentWord = (
    PaymentConfirmed | PaymentDeclined | PaymentExpired | PaymentCancelled | PaymentOffered
)  # fmt: skip
DeliveryWord = CardDelivered | TopUpConfirmed | DeliveryFailed
DisputeWord = CardRecalled | ReplacementDelivered
"""These have their own way: disputed.py."""
Word = RiskWord | StockWord | PaymentWord | DeliveryWord | RefundIssued | DisputeWord


@dataclass(frozen=True, slots=True)
class Heard:
    """Another service's word, the turn's time, and how long the order may then wait."""

    word: Word
    now_ms: int
    limits: Limits

    def complete_ms(self, order: AwaitingPayment | Paid) -> int:
        """When this order, delivered now, completes by itself: Unix milliseconds.

        Until then its lines may be disputed, so it is the longest refund window of its products.
        """
        return self.now_ms + (order.open_ms or self.limits.complete_ms)


class TooEarly(Exception):
    """An answer to what this order has never asked: a bug, or something of the log is missing."""


def decide_word(order: Order | None, heard: Heard) -> list[Fact]:
    """What the word makes of the order; [] where it comes again, or after the order has moved on.

    Others speak of an order only after it has asked them, so a word may be late, never early.
    """
    match order:
        case None:
            raise TooEarly(heard.word)
        case Placed():
            return _placed(order, heard)
        case Accepted():
            return _accepted(order, heard)
        case AwaitingPayment():
            return _awaiting_payment(order, heard)
        case Paid():
            word = heard.word
            if isinstance(word, CardDelivered | TopUpConfirmed):
                return delivering.decide_card(order, word, heard.complete_ms(order))
            if isinstance(word, DeliveryFailed):
                return failing.decide_failed(order, word, heard.complete_ms(order))
            return []
        case Delivered() | Refunding() | Ended():
            return []
        case _ as never:
            assert_never(never)


def _placed(order: Placed, heard: Heard) -> list[Fact]:
    match heard.word:
        case OrderCleared() as word:
            return [reserving.decide_cleared(order, word, heard.now_ms, heard.limits)]
        case OrderBlocked() as word:
            return [reserving.decide_blocked(order, word)]
        case VerificationRequired() | OrderHeld() as word:
            return screening.decide_screened(order, word)
        case _:
            raise TooEarly(heard.word)


def _accepted(order: Accepted, heard: Heard) -> list[Fact]:
    match heard.word:
        case StockReserved() | StockRefused() as word:
            return reserving.decide_answer(order, word, heard.now_ms)
        case OrderCleared() | OrderBlocked() | VerificationRequired() | OrderHeld():
            return []
        case _:
            raise TooEarly(heard.word)


def _awaiting_payment(order: AwaitingPayment, heard: Heard) -> list[Fact]:
    match heard.word:
        case PaymentConfirmed() as word:
            return paying.decide_confirmed(order, word, heard.complete_ms(order))
        case PaymentDeclined() as word:
            return paying.decide_declined(order, word)
        case PaymentExpired() as word:
            return [paying.decide_expired(order, word)]
        case PaymentCancelled() as word:
            return [paying.decide_cancelled(order, word)]
        case CardDelivered() | TopUpConfirmed() as word:
            return delivering.decide_early(order, word)
        case DeliveryFailed() as word:
            return failing.decide_early(order, word)
        case PaymentOffered() as word:
            return paying.decide_offered(order, word)
        case RefundIssued() | CardRecalled() | ReplacementDelivered() as word:
            raise TooEarly(word)
        case OrderCleared() | OrderBlocked() | VerificationRequired() | OrderHeld():
            return []
        case StockReserved() | StockRefused():
            return []
        case _ as never:
            assert_never(never)
