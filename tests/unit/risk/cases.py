"""Codes, holds and subjects: the words for what is not cleared at once."""

from typing import Any, Final

from services.risk.domain import CodeMade, CodeSent, Heed, Over, Resend, Weigh
from services.risk.domain.verifying import CODES_MAX
from services.risk.scoring import Quota, Rule, Velocity
from shared.contracts.orders import OrderPlaced, Origin
from shared.contracts.risk import (
    HearSubject,
    HoldRefused,
    HoldReleased,
    JudgeSubject,
    OrderBlocked,
    OrderCleared,
    OrderHeld,
    RefuseHold,
    ReleaseHold,
    Subject,
    SubjectJudged,
    SubjectsAsked,
    UnitsReturned,
)
from shared.contracts.verification import (
    ResendVerification,
    TryVerification,
    VerificationCodeIssued,
    VerificationCodeRequested,
    VerificationCodeSent,
    VerificationFailed,
    VerificationPassed,
    VerificationRefused,
    VerificationRequired,
)
from shared.kernel import ids
from shared.kernel.decider import Elapsed
from tests.unit.risk.examples import ACCOUNT, LIMITS, NOON_MS, NOW_MS, order, rules

ORDER: Final = "ord-1"
KEY: Final = f"order/{ORDER}"
WHOSE: Final[Any] = {"order_id": ORDER, "account_id": ACCOUNT}
CONTACT: Final = "b1.sealed-number"
RIGHT, WRONG = "mac-right", "mac-wrong"
EXPIRES_MS: Final = NOW_MS + LIMITS.code_ms
CASE: Final[Any] = {
    **WHOSE, "ruleset": "7", "rules": ("amount",), "received_ms": NOON_MS, "amount": 985,
    "currency": "CNY",
}  # fmt: skip
HOME: Final = Subject(kind="address", fingerprint="a" * 64, amount=985, units=1)
PHONE: Final = Subject(kind="device", fingerprint="d" * 64, amount=985, units=1)


def reachable(**changes: Any) -> OrderPlaced:
    """An order of somebody who can be sent a code."""
    return order(origin=Origin(contact=CONTACT), **changes)


def code_id(number: int = 1) -> str:
    return ids.derive("verification", ORDER, str(number))


def sms_id(number: int = 1) -> str:
    return ids.derive("verification sms", code_id(number))


def required(**changes: Any) -> VerificationRequired:
    words: Any = {"contact": CONTACT, "code_id": code_id(), **changes}
    times: Any = {
        "resend_ms": NOW_MS + LIMITS.resend_ms,
        "deadline_ms": NOW_MS + LIMITS.verification_ms,
    }
    return VerificationRequired(**{**CASE, **times, **words})


def made(number: int = 1, code_mac: str = RIGHT) -> CodeMade:
    return CodeMade(ORDER, code_id(number), code_mac, "b1.sealed-text", EXPIRES_MS)


def issued(number: int = 1, code_mac: str = RIGHT) -> VerificationCodeIssued:
    return VerificationCodeIssued(
        **WHOSE, code_id=code_id(number), sms_id=sms_id(number), code_mac=code_mac,
        sealed="b1.sealed-text", expires_ms=EXPIRES_MS,
    )  # fmt: skip


def was_sent(number: int = 1) -> CodeSent:
    return CodeSent(ORDER, sms_id(number))


def sent(number: int = 1) -> VerificationCodeSent:
    return VerificationCodeSent(**WHOSE, sms_id=sms_id(number))


def attempt(number: int = 1, code_mac: str = RIGHT, at_ms: int = NOW_MS) -> TryVerification:
    return TryVerification(
        **WHOSE, attempt_id=f"try-{number}", code_mac=code_mac, received_ms=at_ms
    )


def refused(number: int, code: Any = "WRONG_CODE") -> VerificationRefused:
    return VerificationRefused(**WHOSE, attempt_id=f"try-{number}", code=code)


def passed(number: int = 1) -> tuple[Any, ...]:
    first = VerificationPassed(**WHOSE, attempt_id=f"try-{number}")
    return first, cleared_after("verification")


def failed(number: int) -> tuple[Any, ...]:
    first = VerificationFailed(**WHOSE, attempt_id=f"try-{number}")
    return first, blocked_after("verification", "VERIFICATION_FAILED")


def resend(number: int = 1, at_ms: int = NOW_MS + LIMITS.resend_ms) -> Resend:
    asked = ResendVerification(**WHOSE, request_id=f"again-{number}", received_ms=at_ms)
    return Resend(asked, LIMITS)


def requested(number: int = 1, at_ms: int = NOW_MS + LIMITS.resend_ms) -> VerificationCodeRequested:
    """``number``: of the request; the code is the one after it."""
    return VerificationCodeRequested(
        **WHOSE, request_id=f"again-{number}", code_id=code_id(number + 1),
        resend_ms=at_ms + LIMITS.resend_ms,
    )  # fmt: skip


def all_codes() -> list[Any]:
    """As many codes as one order may have."""
    return [required(), issued(), *(f(n) for n in range(1, CODES_MAX) for f in (requested,))]


def cleared_after(after: Any, **changes: Any) -> OrderCleared:
    words: Any = {**WHOSE, "ruleset": "7", "received_ms": NOON_MS, "amount": 985}
    return OrderCleared(**{**words, "after": after, **changes})


def blocked_after(after: Any, code: str | None = None, **changes: Any) -> OrderBlocked:
    words: Any = {**WHOSE, "ruleset": "7", "received_ms": NOON_MS, "amount": 985}
    return OrderBlocked(**{**words, "rules": ("amount",), "code": code, "after": after, **changes})


def held(**changes: Any) -> OrderHeld:
    return OrderHeld(**{**CASE, "deadline_ms": NOW_MS + LIMITS.hold_ms, **changes})


def release(request: str = "req-1") -> ReleaseHold:
    return ReleaseHold(**WHOSE, request_id=request, by="li", reason="known buyer")


def refuse(request: str = "req-1") -> RefuseHold:
    return RefuseHold(**WHOSE, request_id=request, by="li", reason="stolen phone")


def released(request: str = "req-1") -> HoldReleased:
    return HoldReleased(**release(request).model_dump())


def refused_hold(request: str = "req-1") -> HoldRefused:
    return HoldRefused(**refuse(request).model_dump())


def elapsed(at_ms: int, key: str = KEY) -> Elapsed:
    return Elapsed(key, at_ms)


def over() -> Over:
    return Over(ORDER, ACCOUNT)


def asked(*subjects: Subject, **changes: Any) -> SubjectsAsked:
    times: Any = {"deadline_ms": NOW_MS + LIMITS.subjects_ms, "hold_ms": LIMITS.hold_ms}
    words: Any = {"rules": (), "subjects": subjects or (HOME,), "level": "retail"}
    return SubjectsAsked(**{**CASE, **times, **words, "action": "allow", **changes})


def heed(subject: Subject = HOME, action: Any = "allow", *by: str, dry: Any = ()) -> Heed:
    word = HearSubject(
        **WHOSE, kind=subject.kind, fingerprint=subject.fingerprint, action=action, rules=by,
        dry=dry,
    )  # fmt: skip
    return Heed(word, NOW_MS, LIMITS)


def weigh(*some: Rule, subject: Subject = HOME, **changes: Any) -> Weigh:
    words: Any = {**WHOSE, "level": "retail", "received_ms": NOON_MS, **subject.model_dump()}
    return Weigh(JudgeSubject(**{**words, **changes}), rules(*some))


def judged(subject: Subject = HOME, action: Any = "allow", **changes: Any) -> SubjectJudged:
    words: Any = {**WHOSE, "ruleset": "7", "received_ms": NOON_MS, **subject.model_dump()}
    return SubjectJudged(**{**words, "action": action, **changes})


def returned(units: int = 1, *subjects: Subject) -> UnitsReturned:
    return UnitsReturned(**WHOSE, units=units, subjects=subjects)


def crowded(orders_max: int = 2, of: Any = "address", **changes: Any) -> Velocity:
    words: Any = {"id": f"velocity.{of}", "action": "block", "window_s": 60, **changes}
    return Velocity(of=of, orders_max=orders_max, **words)


def quota(units_max: int = 3, of: Any = "account", **changes: Any) -> Quota:
    words: Any = {"id": f"quota.{of}", "action": "block", **changes}
    return Quota(of=of, units_max=units_max, **words)
