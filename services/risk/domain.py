"""risk: may this order go on. Each order gets one verdict; each account has a window of its orders.

Aggregates: `account/<account id>`, and `order/<order id>`, which remembers that it was judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, assert_never

import msgspec

from shared.contracts.message import Fact
from shared.contracts.orders import OrderPlaced
from shared.contracts.risk import OrderBlocked, OrderCleared
from shared.kernel.decider import States

MINUTE_MS: Final = 60_000
MINUTES_MAX: Final = 61
"""Counts that an account keeps: an hour, and the minute in which that hour began."""

Action = Literal["allow", "block"]
"""What a rule may ask for, by rising severity; each has its fact below."""


class Minute(msgspec.Struct, frozen=True, array_like=True):
    """What an account ordered in one minute, cleared or not."""

    number: int
    """Minutes since 1970."""
    orders: int
    amount: int
    """Minor units."""


class Account(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """The recent minutes in which something was ordered, oldest first; MINUTES_MAX at most."""

    minutes: tuple[Minute, ...] = ()


class Judged(msgspec.Struct, frozen=True, array_like=True, tag="j"):
    """This order has had its verdict."""


State = Account | Judged
Event = OrderCleared | OrderBlocked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules ask for, and the ids of those that do; none for `allow`."""

    action: Action
    rules: tuple[str, ...] = ()


class Rules(Protocol):
    """A set of rules, pure: the same account and order have the same verdict."""

    @property
    def version(self) -> str:
        """Names the set in every verdict."""

    def judge(self, account: Account, order: OrderPlaced) -> Verdict:
        """``account``: what was ordered before this order."""


@dataclass(frozen=True, slots=True)
class Judge:
    """An order was placed: judge it by these rules."""

    order: OrderPlaced
    rules: Rules


def keys(message: Judge | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    about = message.order if isinstance(message, Judge) else message
    return (_order(about), _account(about))


def decide(states: States, command: Judge) -> list[Fact]:
    """The order's one verdict; [] where it has had it."""
    order, rules = command.order, command.rules
    if _order(order) in states:
        return []
    verdict = rules.judge(states.get(_account(order)) or Account(), order)
    match verdict.action:
        case "allow":
            return [
                OrderCleared(
                    order_id=order.order_id,
                    account_id=order.account_id,
                    ruleset=rules.version,
                    received_ms=order.received_ms,
                    amount=order.total,
                )
            ]
        case "block":
            return [
                OrderBlocked(
                    order_id=order.order_id,
                    account_id=order.account_id,
                    ruleset=rules.version,
                    rules=verdict.rules,
                    received_ms=order.received_ms,
                    amount=order.total,
                )
            ]
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact. A blocked order counts too: hammering does not help."""
    match fact:
        case OrderCleared() | OrderBlocked():
            if key == _order(fact):
                return Judged()
            account = state if isinstance(state, Account) else Account()
            return Account(_counted(account.minutes, fact.received_ms // MINUTE_MS, fact.amount))
        case _ as never:
            assert_never(never)


def _counted(minutes: tuple[Minute, ...], number: int, amount: int) -> tuple[Minute, ...]:
    """One order more in this minute; minutes too old to be asked for are forgotten."""
    if minutes and minutes[-1].number == number:
        last = minutes[-1]
        return (*minutes[:-1], Minute(number, last.orders + 1, last.amount + amount))
    newest = max(number, minutes[-1].number if minutes else number)
    by_number = {minute.number: minute for minute in minutes}
    same = by_number.get(number, Minute(number, 0, 0))
    by_number[number] = Minute(number, same.orders + 1, same.amount + amount)
    recent = [n for n in sorted(by_number) if n > newest - MINUTES_MAX]
    return tuple([by_number[n] for n in recent])


def _order(message: OrderPlaced | Event) -> str:
    return f"order/{message.order_id}"


def _account(message: OrderPlaced | Event) -> str:
    return f"account/{message.account_id}"
