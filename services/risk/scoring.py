"""Rules are data: each one says what it asks for, of whom, and when.

A set is one JSON object: `version`, and `rules`, each with `id`, `kind`, `action`, the limits of
its kind, and `levels` where it is not about every buyer.
"""

from typing import Final, assert_never, get_args

import msgspec

from shared.contracts.orders import Level, OrderPlaced

from .domain import MINUTE_MS, MINUTES_MAX, Account, Action, Verdict

WINDOW_S_MIN: Final = 60
WINDOW_S_MAX: Final = (MINUTES_MAX - 1) * 60
"""What an account remembers."""
RULES_MAX: Final = 100
"""Rules in one set."""
SEVERITY: Final[tuple[Action, ...]] = get_args(Action)


class _Rule(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True
):
    id: str
    action: Action
    levels: tuple[Level, ...] = get_args(Level)
    """Whose orders it is about."""


class Velocity(_Rule, frozen=True, tag="velocity"):
    """More orders of one account in a window than this."""

    orders_max: int
    window_s: int

    def __post_init__(self) -> None:
        _check_window(self.window_s)


class Amount(_Rule, frozen=True, tag="amount"):
    """One order over this amount."""

    amount_max: int
    """Minor units."""


class Spend(_Rule, frozen=True, tag="spend"):
    """One account's orders in a window, together over this amount."""

    amount_max: int
    """Minor units."""
    window_s: int

    def __post_init__(self) -> None:
        _check_window(self.window_s)


Rule = Velocity | Amount | Spend


class RuleSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every rule is asked; the most severe action of those that are broken is the verdict."""

    version: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        if len(self.rules) > RULES_MAX:
            raise ValueError(f"{len(self.rules)} rules: {RULES_MAX} at most")
        if len({rule.id for rule in self.rules}) < len(self.rules):
            raise ValueError("two rules have the same id")

    def judge(self, account: Account, order: OrderPlaced) -> Verdict:
        """``account``: what was ordered before this order."""
        broken = [rule for rule in self.rules if _is_broken(rule, account, order)]
        if not broken:
            return Verdict("allow")
        action = max((rule.action for rule in broken), key=SEVERITY.index)
        return Verdict(action, tuple([rule.id for rule in broken if rule.action == action]))


def read(text: bytes) -> RuleSet:
    """The set in this JSON; raises ValueError, saying where and why it is none."""
    return msgspec.json.decode(text, type=RuleSet)


def _is_broken(rule: Rule, account: Account, order: OrderPlaced) -> bool:
    if order.level not in rule.levels:
        return False
    match rule:
        case Velocity():
            orders, _ = recent(account, order.received_ms, rule.window_s)
            return orders + 1 > rule.orders_max
        case Amount():
            return order.total > rule.amount_max
        case Spend():
            _, amount = recent(account, order.received_ms, rule.window_s)
            return amount + order.total > rule.amount_max
        case _ as never:
            assert_never(never)


def recent(account: Account, at_ms: int, window_s: int) -> tuple[int, int]:
    """Orders and amount (minor units) of the window that ends at ``at_ms``.

    Of the minute in which the window begins the share that lies in it is counted, as if its
    orders had come evenly.
    """
    first, before_ms = divmod(at_ms - window_s * 1000, MINUTE_MS)
    inside_ms = MINUTE_MS - before_ms
    orders = amount = 0
    for minute in reversed(account.minutes):
        if minute.number < first:
            break
        share_ms = MINUTE_MS if minute.number > first else inside_ms
        orders += minute.orders * share_ms // MINUTE_MS
        amount += minute.amount * share_ms // MINUTE_MS
    return orders, amount


def _check_window(window_s: int) -> None:
    if not WINDOW_S_MIN <= window_s <= WINDOW_S_MAX:
        raise ValueError(f"window_s {window_s}: from {WINDOW_S_MIN} to {WINDOW_S_MAX}")
