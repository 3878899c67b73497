"""Orders that risk wants a word about: holds with their decisions, and how tries were answered."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.message import Fact
from shared.contracts.risk import (
    CaseClosed,
    HoldDecisionRefused,
    HoldExpired,
    HoldRefused,
    HoldReleased,
    OrderHeld,
)
from shared.contracts.verification import (
    VerificationCodeRequested,
    VerificationFailed,
    VerificationPassed,
    VerificationRefused,
    VerificationResendRefused,
)
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

OfHold = OrderHeld | HoldReleased | HoldRefused | HoldExpired | CaseClosed
OfRequest = (
    HoldReleased | HoldRefused | HoldDecisionRefused
    | VerificationPassed | VerificationFailed | VerificationRefused
    | VerificationCodeRequested | VerificationResendRefused
)  # fmt: skip
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    OrderHeld, HoldReleased, HoldRefused, HoldExpired, CaseClosed, HoldDecisionRefused,
    VerificationPassed, VerificationFailed, VerificationRefused, VerificationCodeRequested,
    VerificationResendRefused,
})  # fmt: skip

HELD: Final = "held"
HOLD: Final = """
insert into hold_view
values (%s, %s, 'held', %s::text[], %s, %s, %s, %s, %s, '', '', null)
on conflict (order_id) do nothing
"""
DECIDE: Final = """
update hold_view set state = %s, decided_by = %s, reason = %s, decided_ms = %s
where order_id = %s and state = 'held'
"""


class HoldRow(NamedTuple):
    """One order that was held."""

    order_id: str
    account_id: str
    state: str
    """held, released, refused, expired, closed."""
    rules: list[str]
    ruleset: str
    amount: int
    """Minor units."""
    currency: str
    held_ms: int
    deadline_ms: int
    """Unix milliseconds: undecided by then, it is refused."""
    decided_by: str
    reason: str
    decided_ms: int | None


def statement(fact: OfHold, time_ms: int) -> tuple[str, tuple[object, ...]]:
    """What the fact writes."""
    match fact:
        case OrderHeld():
            rules = list(fact.rules)
            sums = (fact.ruleset, fact.amount, fact.currency, time_ms, fact.deadline_ms)
            return HOLD, (fact.order_id, fact.account_id, rules, *sums)
        case HoldReleased():
            return DECIDE, ("released", fact.by, fact.reason, time_ms, fact.order_id)
        case HoldRefused():
            return DECIDE, ("refused", fact.by, fact.reason, time_ms, fact.order_id)
        case HoldExpired():
            return DECIDE, ("expired", "", "", time_ms, fact.order_id)
        case CaseClosed():
            return DECIDE, ("closed", "", "", time_ms, fact.order_id)
        case _ as never:
            assert_never(never)


def outcome(fact: OfRequest) -> tuple[str, str, str]:
    """(request, account, code); an empty code says that it was done."""
    match fact:
        case HoldReleased() | HoldRefused() | VerificationCodeRequested():
            return fact.request_id, fact.account_id, ""
        case HoldDecisionRefused() | VerificationResendRefused():
            return fact.request_id, fact.account_id, fact.code
        case VerificationPassed():
            return fact.attempt_id, fact.account_id, ""
        case VerificationRefused():
            return fact.attempt_id, fact.account_id, fact.code
        case VerificationFailed():
            return fact.attempt_id, fact.account_id, "FAILED"
        case _ as never:
            assert_never(never)


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of risk's facts: few orders have any of these."""
    for fact, envelope, _ in landed:
        if isinstance(fact, OfHold):
            text, row = statement(fact, time_of(envelope.time))
            await connection.execute(text.encode(), row)
        if isinstance(fact, OfRequest):
            answered = outcome(fact)
            await connection.execute(ATTEMPT, answered)
            changed[signals.request(answered[0])] = None
