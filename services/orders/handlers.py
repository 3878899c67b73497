"""Messages to orders, as its rules take them. The limits are handed in by app.py."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.contracts.bespoke import CloseRequest, GiveQuote, RequestQuote
from shared.contracts.charges import PaymentOffered
from shared.contracts.delivery import CardDelivered, DeliveryFailed, TopUpConfirmed
from shared.contracts.disputes import (
    AddEvidence,
    AskBuyer,
    ChooseRemedy,
    DecideDispute,
    OpenDispute,
    ReplacementDelivered,
)
from shared.contracts.inventory import CardRecalled, StockRefused, StockReserved
from shared.contracts.invoices import DecideInvoice, RequestInvoice
from shared.contracts.message import Message
from shared.contracts.orders import CancelOrder, ConfirmOrder, PlaceOrder
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
)
from shared.contracts.refunds import RefundIssued, RefundOrder
from shared.contracts.reviews import ReviewLine
from shared.contracts.risk import OrderBlocked, OrderCleared, OrderHeld
from shared.contracts.verification import VerificationRequired
from shared.shards.service import Arrival

from .domain import AsideWord, Claim, Command, Heard, Limits, Place, Word
from .projections import coupon, shelf

DisputeWord = OpenDispute | AddEvidence | ChooseRemedy | AskBuyer | DecideDispute


def place(limits: Limits, message: PlaceOrder, arrival: Arrival) -> Place:
    """A buyer's order, beside the offers that it names."""
    offered = shelf(arrival.table, [line.sku for line in message.lines])
    return Place(message, offered, limits, coupon(arrival.table, message.coupon))


def cancel(limits: Limits, message: CancelOrder, arrival: Arrival) -> CancelOrder:
    """The buyer no longer wants it."""
    return message


def confirm(limits: Limits, message: ConfirmOrder, arrival: Arrival) -> ConfirmOrder:
    """The buyer has what they paid for."""
    return message


def refund(limits: Limits, message: RefundOrder, arrival: Arrival) -> RefundOrder:
    """A person decides that money goes back."""
    return message


def claim(limits: Limits, message: DisputeWord, arrival: Arrival) -> Claim:
    """The buyer or the shop speaks of a dispute."""
    return Claim(message, arrival.now_ms, limits)


def aside(limits: Limits, message: AsideWord, arrival: Arrival) -> AsideWord:
    """A word about an invoice, a review, or about what is on no shelf."""
    return message


def heard(limits: Limits, message: Word, arrival: Arrival) -> Heard:
    """Risk, inventory, payments or delivery has decided something about an order."""
    return Heard(message, arrival.now_ms, limits)


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Callable[..., Command]]]] = {
    "orders.commands": {
        PlaceOrder: place,
        CancelOrder: cancel,
        ConfirmOrder: confirm,
        RefundOrder: refund,
        OpenDispute: claim,
        AddEvidence: claim,
        ChooseRemedy: claim,
        AskBuyer: claim,
        DecideDispute: claim,
        RequestInvoice: aside,
        DecideInvoice: aside,
        RequestQuote: aside,
        GiveQuote: aside,
        CloseRequest: aside,
        ReviewLine: aside,
    },
    "risk.events": {
        OrderCleared: heard,
        OrderBlocked: heard,
        VerificationRequired: heard,
        OrderHeld: heard,
    },
    "inventory.answers": {StockReserved: heard, StockRefused: heard, CardRecalled: heard},
    "payments.events": {
        PaymentConfirmed: heard,
        PaymentDeclined: heard,
        PaymentExpired: heard,
        PaymentCancelled: heard,
        PaymentOffered: heard,
        RefundIssued: heard,
    },
    "delivery.events": {
        CardDelivered: heard,
        TopUpConfirmed: heard,
        DeliveryFailed: heard,
        ReplacementDelivered: heard,
    },
}
