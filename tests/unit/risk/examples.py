"""A few rules, one account: the words that the risk tests are written in."""

from typing import Any, Final

from services.risk.domain import MINUTE_MS, Account, Judge, Limits, Minute
from services.risk.scoring import Amount, Rule, RuleSet, Spend, Velocity
from shared.contracts.orders import Line, OrderPlaced
from shared.contracts.risk import OrderBlocked, OrderCleared

ACCOUNT: Final = "acc-1"
HOUR_S: Final = 3_600
NOON: Final = 20_000_000
"""A minute, counted from 1970."""
NOON_MS: Final = NOON * MINUTE_MS
NOW_MS: Final = NOON_MS + 5
LIMITS: Final = Limits(
    subjects_ms=1_000, verification_ms=900_000, code_ms=300_000, resend_ms=60_000, hold_ms=10**7
)


def order(number: int = 1, total: int = 985, at_ms: int = NOON_MS, **changes: Any) -> OrderPlaced:
    line: Any = {"line": 1, "sku": "jw-10", "product_id": "jw", "product_name": "骏网一卡通"}
    more: Any = {"sku_name": "10元", "kind": "card", "revision": 1, "quantity": 1}
    lines = (Line(**line, **more, unit_price=total, base_price=total),)
    words: Any = {"order_id": f"ord-{number}", "account_id": ACCOUNT, "key": "k", "body_hash": "h"}
    terms: Any = {"currency": "CNY", "pay_with": "wallet", "allow_partial": False}
    told: Any = {"on_decline": "wait", "level": "retail", "received_ms": at_ms}
    return OrderPlaced(**{**words, **terms, **told, "lines": lines, "total": total, **changes})


def rules(*some: Rule) -> RuleSet:
    return RuleSet("7", some)


def velocity(orders_max: int = 2, window_s: int = 60, **changes: Any) -> Velocity:
    words: Any = {"id": "velocity", "action": "block", **changes}
    return Velocity(orders_max=orders_max, window_s=window_s, **words)


def amount(amount_max: int = 1_000, **changes: Any) -> Amount:
    words: Any = {"id": "amount", "action": "block", **changes}
    return Amount(amount_max=amount_max, **words)


def spend(amount_max: int = 1_000, window_s: int = HOUR_S, **changes: Any) -> Spend:
    words: Any = {"id": "spend", "action": "block", **changes}
    return Spend(amount_max=amount_max, window_s=window_s, **words)


def judge(*some: Rule, **changes: Any) -> Judge:
    return Judge(order(**changes), rules(*some), NOW_MS, LIMITS)


def cleared(number: int = 1, total: int = 985, at_ms: int = NOON_MS) -> OrderCleared:
    words: Any = {"order_id": f"ord-{number}", "account_id": ACCOUNT, "ruleset": "7"}
    return OrderCleared(**words, received_ms=at_ms, amount=total)


def blocked(*by: str, number: int = 1, total: int = 985, at_ms: int = NOON_MS) -> OrderBlocked:
    words: Any = {"order_id": f"ord-{number}", "account_id": ACCOUNT, "ruleset": "7"}
    return OrderBlocked(**words, rules=by, received_ms=at_ms, amount=total)


def account(*minutes: tuple[int, int, int], **more: int) -> Account:
    """(minutes after NOON, orders, amount)."""
    counts = tuple(Minute(NOON + after, orders, total) for after, orders, total in minutes)
    return Account(counts, **more)
