"""A SKU's waitlist: a unit that comes tells the one who has waited longest, once (A10)."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, assert_never

from msgspec import Struct

from shared.contracts.message import Fact
from shared.contracts.waitlist import (
    JoinWaitlist,
    LeaveWaitlist,
    WaitersTold,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistRefused,
)
from shared.kernel.decider import States

WAITING_MAX: Final = 1_000
"""Of one SKU."""


class Restocked(NamedTuple):
    """Inventory has so many units more of a SKU."""

    sku: str
    restock_id: str
    units: int


class Waiting(Struct, frozen=True, array_like=True, gc=False):
    """One who waits."""

    subscription_id: str
    account_id: str


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
            told = tuple(each.subscription_id for each in waiting[: command.units])
            found = WaitersTold(
                sku=command.sku, restock_id=command.restock_id, subscriptions=told
            )  # fmt: skip
            return [found] if told else []
        case JoinWaitlist():
            return [_joined(waiting, command)]
        case LeaveWaitlist():
            mine = Waiting(command.subscription_id, command.account_id)
            left = WaitlistLeft(**command.model_dump())
            return [left if mine in waiting else _refused(command, "NOT_WAITING")]
        case _ as never:
            assert_never(never)


def evolve(key: str, state: object, fact: Event) -> Waitlist | None:
    """The list after the fact; None where nobody waits."""
    waiting = _waiting(state)
    match fact:
        case WaitlistJoined():
            waiting = (*waiting, Waiting(fact.subscription_id, fact.account_id))
        case WaitlistLeft():
            waiting = _without(waiting, (fact.subscription_id,))
        case WaitersTold():
            waiting = _without(waiting, fact.subscriptions)
        case WaitlistRefused():
            pass
        case _ as never:
            assert_never(never)
    return Waitlist(waiting)


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
