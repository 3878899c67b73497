"""Messages to the catalogue, as its rules take them."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.catalog import ChangePrice, DelistProduct, ListProduct
from shared.contracts.inventory import QuotaGranted, StockReceived
from shared.contracts.message import Message
from shared.contracts.promotions import EndCoupon, EndPromotion, IssueCoupon, SchedulePromotion
from shared.contracts.reviews import JudgeReview, PostReview
from shared.contracts.waitlist import JoinWaitlist, LeaveWaitlist
from shared.shards.service import Arrival, Handler

from .domain import Command, Restocked


def as_asked(message: Command, arrival: Arrival) -> Command:
    """Every command to the catalogue has the shape in which its rules take it."""
    return message


def card_came(message: StockReceived, arrival: Arrival) -> Restocked:
    """One more card of a SKU."""
    return Restocked(message.sku, message.card_id, 1)


def units_came(message: QuotaGranted, arrival: Arrival) -> Restocked:
    """More units of what is sold without cards."""
    return Restocked(message.sku, message.request_id, message.units)


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Handler]]] = {
    "catalog.commands": {
        ListProduct: as_asked,
        ChangePrice: as_asked,
        DelistProduct: as_asked,
        SchedulePromotion: as_asked,
        EndPromotion: as_asked,
        IssueCoupon: as_asked,
        EndCoupon: as_asked,
        PostReview: as_asked,
        JudgeReview: as_asked,
        JoinWaitlist: as_asked,
        LeaveWaitlist: as_asked,
    },
    "inventory.events": {StockReceived: card_came, QuotaGranted: units_came},
}
