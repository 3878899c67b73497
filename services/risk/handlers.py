"""Messages to risk, as its rules take them. What they are judged by is handed in by app.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts.message import Message
from shared.contracts.orders import OrderCancelled, OrderExpired, OrderPlaced, OrderRejected
from shared.contracts.risk import (
    EndHolding,
    HearSubject,
    JudgeSubject,
    RefuseHold,
    ReleaseHold,
    ReturnUnits,
)
from shared.contracts.verification import ResendVerification, TryVerification
from shared.shards.service import Arrival

from .domain import Command, Heed, Judge, Limits, Over, Resend, Rules, Weigh

AsAsked = ReturnUnits | TryVerification | ReleaseHold | RefuseHold


@dataclass(frozen=True)
class Bench:
    """What orders are judged by, and how long everybody may take."""

    rules: Rules
    limits: Limits


def judge(bench: Bench, message: OrderPlaced, arrival: Arrival) -> Judge:
    """An order passed orders' own check."""
    return Judge(message, bench.rules, arrival.now_ms, bench.limits)


def ended(
    bench: Bench, message: OrderCancelled | OrderExpired | OrderRejected | EndHolding,
    arrival: Arrival,
) -> Over:  # fmt: skip
    """An order holds nothing any more, and needs no verdict."""
    return Over(message.order_id, message.account_id)


def weigh(bench: Bench, message: JudgeSubject, arrival: Arrival) -> Weigh:
    """An account's shard asks about one of an order's subjects."""
    return Weigh(message, bench.rules)


def heed(bench: Bench, message: HearSubject, arrival: Arrival) -> Heed:
    """A subject's shard answers."""
    return Heed(message, arrival.now_ms, bench.limits)


def resend(bench: Bench, message: ResendVerification, arrival: Arrival) -> Resend:
    """A buyer wants another code."""
    return Resend(message, bench.limits)


def as_asked(bench: Bench, message: AsAsked, arrival: Arrival) -> AsAsked:
    """Every other command to risk has the shape in which its rules take it."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Callable[..., Command]]]] = {
    "orders.events": {
        OrderPlaced: judge,
        OrderRejected: ended,
        OrderCancelled: ended,
        OrderExpired: ended,
    },
    "risk.commands": {
        EndHolding: ended,
        JudgeSubject: weigh,
        HearSubject: heed,
        ReturnUnits: as_asked,
        TryVerification: as_asked,
        ResendVerification: resend,
        ReleaseHold: as_asked,
        RefuseHold: as_asked,
    },
}
