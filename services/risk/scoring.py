"""Rules are data: each one says what it asks for, of whom, and when.

A set is one JSON object: `version`, and `rules`, each with `id`, `kind`, `action`, the limits of
its kind, `of` where it counts something else than accounts, `levels` where it is not about every
buyer, and `dry_run` where it is only tried out.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Literal, assert_never, get_args

import msgspec

from shared.contracts.orders import Level, OrderPlaced
from shared.contracts.risk import Action, JudgeSubject, Kind

from .domain import MINUTES_MAX, Account, Around, Verdict
from .domain.state import SEVERITY, About, Window
from .domain.windows import held, recent

WINDOW_S_MIN: Final = 60
WINDOW_S_MAX: Final = (MINUTES_MAX - 1) * 60
"""What an account remembers."""
RULES_MAX: Final = 100
"""Rules in one set."""
LISTED_MAX: Final = 100_000
"""Names in one list."""
Of = Literal["account", "address", "device", "target"]


class _Rule(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True
):
    id: str
    action: Action
    levels: tuple[Level, ...] = get_args(Level)
    """Whose orders it is about."""
    dry_run: bool = False
    """Recorded where it is broken, and nothing else."""


class _Counting(_Rule, frozen=True, kw_only=True):
    of: Of = "account"
    """Whose orders are counted."""


class Velocity(_Counting, frozen=True, tag="velocity"):
    """More orders in a window than this."""

    orders_max: int
    window_s: int

    def __post_init__(self) -> None:
        _check_window(self.window_s)


class Spend(_Counting, frozen=True, tag="spend"):
    """Orders in a window, together over this amount."""

    amount_max: int
    """Minor units."""
    window_s: int

    def __post_init__(self) -> None:
        _check_window(self.window_s)


class Quota(_Counting, frozen=True, tag="quota"):
    """More units of stock held at once, unpaid, than this."""

    units_max: int


class Amount(_Rule, frozen=True, tag="amount"):
    """One order over this amount."""

    amount_max: int
    """Minor units."""


class NewAccount(_Rule, frozen=True, tag="new_account"):
    """One order over this amount of an account whose first order is not so long ago."""

    amount_max: int
    """Minor units."""
    age_s: int


class Listed(_Rule, frozen=True, tag="list"):
    """Those named: a white list where it allows, a black one where it does anything else."""

    of: Of
    names: frozenset[str]
    """Account ids, or keyed fingerprints, hex."""

    def __post_init__(self) -> None:
        if len(self.names) > LISTED_MAX:
            raise ValueError(f"{len(self.names)} names: {LISTED_MAX} at most")


Rule = Velocity | Amount | Spend | Quota | NewAccount | Listed
Counting = Velocity | Spend | Quota


class RuleSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Every rule is asked; the most severe action of those that are broken is the verdict.

    Who is on a white list is let through, unless a black list names them too.
    """

    version: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        if len(self.rules) > RULES_MAX:
            raise ValueError(f"{len(self.rules)} rules: {RULES_MAX} at most")
        if len({rule.id for rule in self.rules}) < len(self.rules):
            raise ValueError("two rules have the same id")

    @cached_property
    def _own(self) -> dict[Level, tuple[Rule, ...]]:
        """By level, the rules that the account's own shard can ask."""
        return {
            level: tuple([r for r in self.rules if level in r.levels and _is_own(r)])
            for level in get_args(Level)
        }

    @cached_property
    def _counting(self) -> dict[tuple[Level, Of], tuple[Counting, ...]]:
        """By level and what is counted, those that count."""
        counting = [rule for rule in self.rules if isinstance(rule, Counting)]
        return {
            (level, of): tuple([r for r in counting if level in r.levels and r.of == of])
            for level in get_args(Level)
            for of in get_args(Of)
        }

    @cached_property
    def _elsewhere(self) -> frozenset[Level]:
        """Whose orders are counted by more than their account."""
        others = [rule for rule in self.rules if not _is_own(rule)]
        return frozenset([level for rule in others for level in rule.levels])

    @cached_property
    def _with_quota(self) -> frozenset[Level]:
        """Whose units are counted."""
        quotas = [rule for rule in self.rules if isinstance(rule, Quota)]
        return frozenset([level for rule in quotas for level in rule.levels])

    def judge(self, account: Account, order: OrderPlaced) -> Verdict:
        """``account``: what was ordered before this order."""
        past = Past(account, order.received_ms)
        broken = [rule for rule in self._own[order.level] if _is_broken(rule, past, order)]
        if not broken:
            return ALLOWED
        lists = [r.action for r in broken if isinstance(r, Listed) and not r.dry_run]
        if lists and set(lists) == {"allow"}:
            return Verdict("allow", dry=_dry(broken), listed=True)
        return _verdict(broken)

    def judge_subject(self, around: Around, asked: JudgeSubject) -> Verdict:
        """``around``: what was ordered before, by whomever."""
        rules = self._counting[asked.level, asked.kind]
        past = Past(around, asked.received_ms)
        broken = [rule for rule in rules if _is_over(rule, past, asked.amount, asked.units)]
        return _verdict(broken)

    def asks(self, order: OrderPlaced) -> tuple[About, ...]:
        """The subjects that a rule counts, each once, with its part of the order."""
        if order.level not in self._elsewhere:
            return ()
        found = [
            subject for subject in _subjects(order) if self._counting[order.level, subject.kind]
        ]
        return tuple(found)

    def counts(self, order: OrderPlaced) -> bool:
        """Whether a quota is about its units."""
        return order.level in self._with_quota

    def tracks(self, account: Account, order: OrderPlaced) -> bool:
        """Whether they are so many that the order is to be followed to its end.

        Half a quota goes untracked: it counts as held for as long as stock can be held.
        """
        quotas = [r for r in self._counting[order.level, "account"] if isinstance(r, Quota)]
        if not quotas:
            return False
        units = held(account, order.received_ms) + sum([line.quantity for line in order.lines])
        return 2 * units > min([rule.units_max for rule in quotas])


ALLOWED: Final = Verdict("allow")


def read(text: bytes) -> RuleSet:
    """The set in this JSON; raises ValueError, saying where and why it is none."""
    return msgspec.json.decode(text, type=RuleSet)


def _verdict(broken: Sequence[Rule]) -> Verdict:
    """The most severe action of those that are not only tried out."""
    earnest = [rule for rule in broken if not rule.dry_run]
    if not earnest:
        return Verdict("allow", dry=_dry(broken)) if broken else ALLOWED
    action = max((rule.action for rule in earnest), key=SEVERITY.__getitem__)
    if action == "allow":
        return Verdict("allow", dry=_dry(broken))
    ids = tuple([rule.id for rule in earnest if rule.action == action])
    return Verdict(action, ids, _dry(broken))


def _dry(broken: Sequence[Rule]) -> tuple[str, ...]:
    return tuple([rule.id for rule in broken if rule.dry_run])


class Past:
    """What was ordered before, each sum of it made once however many rules ask."""

    __slots__ = ("_sums", "at_ms", "window")

    def __init__(self, window: Window, at_ms: int) -> None:
        self.window, self.at_ms = window, at_ms
        self._sums: dict[int, tuple[int, int]] = {}

    def recent(self, window_s: int) -> tuple[int, int]:
        """Orders and amount of the last ``window_s``."""
        found = self._sums.get(window_s)
        if found is None:
            found = self._sums[window_s] = recent(self.window, self.at_ms, window_s)
        return found


def _is_broken(rule: Rule, past: Past, order: OrderPlaced) -> bool:
    match rule:
        case Velocity() | Spend():
            return _is_over(rule, past, order.total, 0)
        case Quota():
            return _is_over(rule, past, 0, sum([line.quantity for line in order.lines]))
        case Amount():
            return order.total > rule.amount_max
        case NewAccount():
            first_ms = past.window.first_ms or order.received_ms
            young = order.received_ms - first_ms < rule.age_s * 1000
            return young and order.total > rule.amount_max
        case Listed():
            return not rule.names.isdisjoint(_names(order, rule.of))
        case _ as never:
            assert_never(never)


def _is_over(rule: Counting, past: Past, amount: int, units: int) -> bool:
    """Whether one order more would be too much."""
    match rule:
        case Velocity():
            return past.recent(rule.window_s)[0] + 1 > rule.orders_max
        case Spend():
            return past.recent(rule.window_s)[1] + amount > rule.amount_max
        case Quota():
            return held(past.window, past.at_ms) + units > rule.units_max
        case _ as never:
            assert_never(never)


def _names(order: OrderPlaced, of: Of) -> tuple[str, ...]:
    if of == "account":
        return (order.account_id,)
    return tuple([s.fingerprint for s in _subjects(order) if s.kind == of])


def _subjects(order: OrderPlaced) -> list[About]:
    """Where an order comes from and goes to; an address and a device are about all of it."""
    found: list[About] = []
    if (origin := order.origin) is not None:
        units = sum([line.quantity for line in order.lines])
        known: tuple[tuple[Kind, str | None], ...] = (
            ("address", origin.address),
            ("device", origin.device),
        )
        found = [About(kind, name, order.total, units) for kind, name in known if name]
    targets: dict[str, tuple[int, int]] = {}
    for line in order.lines:
        if line.target_print:
            amount, units = targets.get(line.target_print, (0, 0))
            more = line.quantity * line.unit_price
            targets[line.target_print] = (amount + more, units + line.quantity)
    return [*found, *(About("target", name, *size) for name, size in targets.items())]


def _is_own(rule: Rule) -> bool:
    """Whether the account's own shard can ask it: it counts no subject's orders."""
    return not isinstance(rule, Velocity | Spend | Quota) or rule.of == "account"


def _check_window(window_s: int) -> None:
    if not WINDOW_S_MIN <= window_s <= WINDOW_S_MAX:
        raise ValueError(f"window_s {window_s}: from {WINDOW_S_MIN} to {WINDOW_S_MAX}")
