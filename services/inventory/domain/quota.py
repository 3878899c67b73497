"""What is sold without cards: units are granted, and come back from an order that failed whole."""

from typing import Final, assert_never

from shared.contracts.inventory import GrantQuota, QuotaGranted, QuotaRefused
from shared.contracts.message import Fact
from shared.contracts.returning import QuotaRestored, RestoreQuota, RestoreRefused
from shared.kernel.decider import States

from .queue import sku_key
from .state import Ended, Granted, Returned

UNITS_MAX: Final = 10_000_000
"""Units granted in one go."""

Command = GrantQuota | RestoreQuota
Event = QuotaGranted | QuotaRefused | QuotaRestored | RestoreRefused


def keys(message: Command | Event) -> tuple[str, ...]:
    """The answer, the SKU that counts its units, and the reservation under which they were sold."""
    match message:
        case GrantQuota() | QuotaGranted():
            return (_answer(message), sku_key(message.sku))
        case RestoreQuota():
            return (_answer(message), sku_key(message.sku), _reservation(message))
        case QuotaRestored():
            return (_answer(message), sku_key(message.sku))
        case QuotaRefused() | RestoreRefused():
            return (_answer(message),)
        case _ as never:
            assert_never(never)


def decide(states: States, command: Command) -> list[Fact]:
    """Each request is answered once."""
    if _answer(command) in states:
        return []
    if isinstance(command, GrantQuota):
        return [_grant(command)]
    sold, own = states.get(_reservation(command)), command.model_dump()
    if isinstance(sold, Ended) and sold.units:
        return [QuotaRestored(**own, units=sold.units)]
    return [RestoreRefused(**own, code="NOT_SOLD")]


def answered(fact: Event) -> Granted | Returned:
    """The answer is remembered."""
    return Granted() if isinstance(fact, QuotaGranted | QuotaRefused) else Returned()


def _grant(command: GrantQuota) -> QuotaGranted | QuotaRefused:
    sku, request_id = command.sku, command.request_id
    if not 1 <= command.units <= UNITS_MAX:
        return QuotaRefused(sku=sku, request_id=request_id, code="BAD_QUANTITY")
    return QuotaGranted(
        sku=sku, request_id=request_id, units=command.units, by=command.by, reason=command.reason
    )


def _answer(message: Command | Event) -> str:
    if isinstance(message, GrantQuota | QuotaGranted | QuotaRefused):
        return f"granted/{message.request_id}"
    return f"returned/{message.reservation_id}"


def _reservation(command: RestoreQuota) -> str:
    return f"reservation/{command.reservation_id}"
