"""Messages to the catalogue, as its rules take them."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.catalog import ChangePrice, DelistProduct, ListProduct
from shared.contracts.message import Message
from shared.contracts.promotions import EndCoupon, EndPromotion, IssueCoupon, SchedulePromotion
from shared.contracts.reviews import JudgeReview, PostReview
from shared.shards.service import Arrival, Handler

from .domain import Command


def as_asked(message: Command, arrival: Arrival) -> Command:
    """Every command to the catalogue has the shape in which its rules take it."""
    return message


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
    },
}
