"""An order that risk wants a code for, or a person's eye: the words for it."""

from typing import Any, Final

from services.orders.domain import Heard
from shared.contracts.orders import OrderAwaitingVerification, OrderInReview
from shared.contracts.risk import OrderBlocked, OrderCleared, OrderHeld
from shared.contracts.verification import VerificationRequired
from tests.unit.orders.examples import NOW_MS, WHOSE, heard

DEADLINE_MS: Final = NOW_MS + 900_000
RULES: Final = ("amount.verified",)
CASE: Final[Any] = {
    **WHOSE, "ruleset": "1", "rules": RULES, "received_ms": NOW_MS, "amount": 985,
    "currency": "CNY", "deadline_ms": DEADLINE_MS,
}  # fmt: skip


def code_wanted() -> Heard:
    return heard(VerificationRequired(**CASE, code_id="code-1", resend_ms=NOW_MS + 60_000))


def held() -> Heard:
    return heard(OrderHeld(**CASE))


def awaiting() -> OrderAwaitingVerification:
    return OrderAwaitingVerification(**WHOSE, rules=RULES, deadline_ms=DEADLINE_MS)


def in_review() -> OrderInReview:
    return OrderInReview(**WHOSE, rules=RULES, deadline_ms=DEADLINE_MS)


def cleared_after(**changes: Any) -> Heard:
    words: Any = {**WHOSE, "ruleset": "1", "received_ms": NOW_MS, "amount": 985, **changes}
    return heard(OrderCleared(**words))


def blocked_after(code: str) -> Heard:
    words: Any = {**WHOSE, "ruleset": "1", "rules": RULES, "received_ms": NOW_MS, "amount": 985}
    return heard(OrderBlocked(**words, code=code, after="verification"))
