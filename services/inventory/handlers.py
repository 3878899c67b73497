"""Messages to inventory, as its rules take them."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.inventory import (
    ClaimCard,
    CommitStock,
    ReceiveStock,
    ReleaseStock,
    ReserveStock,
)
from shared.contracts.message import Message
from shared.shards.service import Arrival, Handler

from .domain import Command


def as_asked(message: Command, arrival: Arrival) -> Command:
    """Every command to inventory has the shape in which its rules take it."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Handler]]] = {
    "inventory.commands": {
        ClaimCard: as_asked,
        ReceiveStock: as_asked,
        ReserveStock: as_asked,
        ReleaseStock: as_asked,
        CommitStock: as_asked,
    },
}
