"""Messages to inventory, as its rules take them. The limits are handed in by app.py."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.contracts.inventory import (
    ClaimCard,
    CommitStock,
    GrantQuota,
    RecallCard,
    ReceiveStock,
    ReleaseStock,
    ReserveStock,
)
from shared.contracts.message import Message
from shared.contracts.quarantine import LiftQuarantine, QuarantineCard
from shared.contracts.returning import RestoreQuota
from shared.contracts.thresholds import SetThreshold
from shared.shards.service import Arrival

from .domain import Command, Limits, Reserve

AsAsked = (
    ClaimCard | ReceiveStock | ReleaseStock | CommitStock | RestoreQuota | GrantQuota | RecallCard
    | QuarantineCard | LiftQuarantine | SetThreshold
)  # fmt: skip


def reserve(limits: Limits, message: ReserveStock, arrival: Arrival) -> Reserve:
    """An order asks for its cards."""
    return Reserve(message, limits)


def as_asked(limits: Limits, message: AsAsked, arrival: Arrival) -> AsAsked:
    """Every other command to inventory has the shape in which its rules take it."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Callable[..., Command]]]] = {
    "inventory.commands": {
        ClaimCard: as_asked,
        ReceiveStock: as_asked,
        ReserveStock: reserve,
        ReleaseStock: as_asked,
        CommitStock: as_asked,
        RestoreQuota: as_asked,
        GrantQuota: as_asked,
        RecallCard: as_asked,
        QuarantineCard: as_asked,
        LiftQuarantine: as_asked,
        SetThreshold: as_asked,
    },
}
