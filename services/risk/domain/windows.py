"""Windows in whole minutes: what was ordered of late, and what is held."""

from typing import Final, TypeVar

from msgspec.structs import replace

from .state import Account, Around, Minute, Window

MINUTE_MS: Final = 60_000
MINUTES_MAX: Final = 61
"""Counts that are kept: an hour, and the minute in which that hour began."""

HELD_MS_MAX: Final = 20 * MINUTE_MS
"""Stock is held no longer than this: for inventory's answers and the payment, and some more."""

W = TypeVar("W", Account, Around)


def counted(window: W, at_ms: int, amount: int, units: int = 0, *, tracked: bool = True) -> W:
    """One order more, received ``at_ms``, of this amount (minor units), holding these units."""
    untracked = 0 if tracked else units
    return replace(
        window,
        minutes=_with(window.minutes, Minute(at_ms // MINUTE_MS, 1, amount, untracked)),
        first_ms=window.first_ms or at_ms,
        holding=window.holding + units - untracked,
    )


def returned(window: W, units: int) -> W:
    """These units are held no more."""
    return replace(window, holding=max(0, window.holding - units))


def recent(window: Window, at_ms: int, window_s: int) -> tuple[int, int]:
    """Orders and amount (minor units) of the window that ends at ``at_ms``.

    Of the minute in which the window begins the share that lies in it is counted, as if its
    orders had come evenly.
    """
    first, before_ms = divmod(at_ms - window_s * 1000, MINUTE_MS)
    inside_ms = MINUTE_MS - before_ms
    orders = amount = 0
    for minute in reversed(window.minutes):
        if minute.number < first:
            break
        share_ms = MINUTE_MS if minute.number > first else inside_ms
        orders += minute.orders * share_ms // MINUTE_MS
        amount += minute.amount * share_ms // MINUTE_MS
    return orders, amount


def held(window: Window, at_ms: int) -> int:
    """Units that are held, at most: those that are tracked, and those that may be held still."""
    first, units = (at_ms - HELD_MS_MAX) // MINUTE_MS, window.holding
    for minute in reversed(window.minutes):
        if minute.number < first:
            break
        units += minute.units
    return units


def _with(minutes: tuple[Minute, ...], more: Minute) -> tuple[Minute, ...]:
    """So much more in this minute; minutes too old to be asked for are forgotten."""
    if minutes and minutes[-1].number == more.number:
        return (*minutes[:-1], _sum(minutes[-1], more))
    newest = max(more.number, minutes[-1].number if minutes else more.number)
    by_number = {minute.number: minute for minute in minutes}
    same = by_number.get(more.number)
    by_number[more.number] = _sum(same, more) if same else more
    recent_ones = [n for n in sorted(by_number) if n > newest - MINUTES_MAX]
    return tuple([by_number[n] for n in recent_ones])


def _sum(one: Minute, more: Minute) -> Minute:
    return Minute(
        one.number, one.orders + more.orders, one.amount + more.amount, one.units + more.units
    )
