"""A SKU's waitlist: a unit that comes tells the one who has waited longest, once (A10)."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, assert_never

from msgspec import Struct

from shared.contracts.message import Fact
from shared.contracts.waitlist import (
    JoinWaitlist,
    LeaveWaitlist,
    Waiter,
    WaitersTold,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistRefused,
)
from shared.kernel.decider import States

WAITING_MAX: Final = 1_000
"""Of one SKU."""

SMS_MAX: Final = 500
"""Messages of one restock: who waited longest; everybody else is told by the page."""


class Restocked(NamedTuple):
    """Inventory has so many units more of a SKU."""

    sku: str
    restock_id: str
    units: int


class Waiting(Struct, frozen=True, array_like=True, gc=False):
    """One who waits."""

    subscription_id: str
    account_id: str
    sealed: str = ""
    """What is sent by SMS, sealed; empty: the page tells."""


class Waitlist(Struct, frozen=True, array_like=True, tag="w"):
    """`waitlist/<sku>`: who waits, the longest first."""

    waiting: tuple[Waiting, ...] = ()


Command = JoinWaitlist | LeaveWaitlist | Restocked
Event = WaitlistJoined | WaitlistLeft | WaitersTold | WaitlistRefused
Refusal = Literal["WAITING", "FULL", "NOT_WAITING"]


def keys(message: Command | Event) -> Iterable[str]:
    """The list, and where it is remembered that this was heard."""
    said = f"request/{message.sku}/{_named(message)}"
    return (said,) if isinstance(message, WaitlistRefused) else (f"waitlist/{message.sku}", said)


def decide(states: States, command: Command) -> list[Fact]:
    """What it comes to; [] where it was heard before, or nobody waits."""
    if f"request/{command.sku}/{_named(command)}" in states:
        return []
    waiting = _waiting(states.get(f"waitlist/{command.sku}"))
    match command:
        case Restocked():
            return _told(waiting[: command.units], command)
        case JoinWaitlist():
            return [_joined(waiting, command)]
        case LeaveWaitlist():
            mine = (command.subscription_id, command.account_id)
            known = any((each.subscription_id, each.account_id) == mine for each in waiting)
            left = WaitlistLeft(**command.model_dump())
            return [left if known else _refused(command, "NOT_WAITING")]
        case _ as never:
            assert_never(never)


def evolve(key: str, state: object, fact: Event) -> Waitlist | None:
    """The list after the fact; None where nobody waits."""
    waiting = _waiting(state)
    match fact:
        case WaitlistJoined():
            waiting = (*waiting, Waiting(fact.subscription_id, fact.account_id, fact.sealed or ""))
        case WaitlistLeft():
            waiting = _without(waiting, (fact.subscription_id,))
        case WaitersTold():
            waiting = _without(waiting, fact.subscriptions)
        case WaitlistRefused():
            pass
        case _ as never:
            assert_never(never)
    return Waitlist(waiting)


def _told(waiting: tuple[Waiting, ...], restocked: Restocked) -> list[Fact]:
    if not waiting:
        return []
    by_sms = tuple(
        Waiter(subscription_id=each.subscription_id, account_id=each.account_id, sealed=each.sealed)
        for each in waiting
        if each.sealed
    )[:SMS_MAX]
    told = tuple(each.subscription_id for each in waiting)
    return [
        WaitersTold(
            sku=restocked.sku, restock_id=restocked.restock_id, subscriptions=told,
            by_sms=by_sms or None,
        )
    ]  # fmt: skip


def _joined(waiting: tuple[Waiting, ...], said: JoinWaitlist) -> Fact:
    if any(each.account_id == said.account_id for each in waiting):
        return _refused(said, "WAITING")
    if len(waiting) >= WAITING_MAX:
        return _refused(said, "FULL")
    return WaitlistJoined(**said.model_dump())


def _without(waiting: tuple[Waiting, ...], gone: Iterable[str]) -> tuple[Waiting, ...]:
    told = set(gone)
    return tuple(each for each in waiting if each.subscription_id not in told)


def _waiting(state: object) -> tuple[Waiting, ...]:
    return state.waiting if isinstance(state, Waitlist) else ()


def _named(message: Command | Event) -> str:
    match message:
        case JoinWaitlist() | WaitlistJoined():
            return message.subscription_id
        case Restocked() | WaitersTold():
            return message.restock_id
        case LeaveWaitlist() | WaitlistLeft() | WaitlistRefused():
            return message.request_id
        case _ as never:
            assert_never(never)


def _refused(said: JoinWaitlist | LeaveWaitlist, code: Refusal) -> WaitlistRefused:
    return WaitlistRefused(
        sku=said.sku, account_id=said.account_id, request_id=_named(said), code=code
    )  # fmt: skip
