"""A hold: a person of the shop lets the order go on, or refuses it, with a reason; or time does."""

from shared.contracts.message import Fact
from shared.contracts.risk import (
    CaseClosed,
    HoldDecisionRefused,
    HoldExpired,
    HoldRefused,
    HoldReleased,
    RefuseHold,
    ReleaseHold,
    UnitsReturned,
)

from .cases import blocked, cleared, given_back
from .state import Asking, Held, Holding, Order, Verifying, told


def decide_review(order: Order | None, command: ReleaseHold | RefuseHold) -> list[Fact]:
    """The order goes on or ends; who decides about one that is not held is told so."""
    order_id, account_id = command.order_id, command.account_id
    if not isinstance(order, Held) or order.case.account_id != account_id:
        refused = HoldDecisionRefused(
            order_id=order_id,
            account_id=account_id,
            request_id=command.request_id,
            by=command.by,
            code="NOT_HELD",
        )
        return [refused]
    who = {"order_id": order_id, "account_id": account_id, "request_id": command.request_id}
    if isinstance(command, ReleaseHold):
        released = HoldReleased(**who, by=command.by, reason=command.reason)
        return [released, cleared(order_id, order.case, "hold")]
    refusal = HoldRefused(**who, by=command.by, reason=command.reason)
    return [refusal, *blocked(order_id, order.case, "hold", "HOLD_REFUSED")]


def expired(order_id: str, order: Held) -> list[Fact]:
    """Nobody decided in time: what nobody has looked at does not go on."""
    fact = HoldExpired(order_id=order_id, account_id=order.case.account_id)
    return [fact, *blocked(order_id, order.case, "hold", "HOLD_EXPIRED")]


def decide_ended(order_id: str, order: Order | None) -> list[Fact]:
    """The order has ended, or is paid: what was counted for it counts no more."""
    match order:
        case Asking(case=case) | Verifying(case=case) | Held(case=case):
            closed = CaseClosed(order_id=order_id, account_id=case.account_id)
            return [closed, *given_back(order_id, case)]
        case Holding():
            fact = UnitsReturned(
                order_id=order_id,
                account_id=order.account_id,
                units=order.units,
                subjects=told(order.subjects),
            )
            return [fact]
        case _:
            return []
