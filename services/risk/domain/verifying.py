"""Step-up: a code by SMS, bound to one order and its amount; few codes, few tries, used once."""

import hmac
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from shared.contracts.message import Fact
from shared.contracts.verification import (
    ResendRefusal,
    ResendVerification,
    TryVerification,
    VerificationCodeIssued,
    VerificationCodeRequested,
    VerificationCodeSent,
    VerificationExpired,
    VerificationFailed,
    VerificationPassed,
    VerificationRefusal,
    VerificationRefused,
    VerificationResendRefused,
)
from shared.kernel import ids

from .cases import blocked, cleared
from .limits import Limits
from .state import OpenCode, Order, Verifying

TRIES_MAX: Final = 5
"""Wrong tries of one order, over all its codes; the last of them ends it."""
CODES_MAX: Final = 3
"""Codes for one order."""


@dataclass(frozen=True, slots=True)
class CodeMade:
    """A fresh code, for this order and amount: the answer of who makes them."""

    order_id: str
    code_id: str
    code_mac: str
    sealed: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class CodeSent:
    """The SMS sender has taken the message: the effect's answer."""

    order_id: str
    sms_id: str


@dataclass(frozen=True, slots=True)
class Resend:
    """The buyer wants another code."""

    asked: ResendVerification
    limits: Limits


def decide_made(order: Order | None, command: CodeMade) -> list[Fact]:
    """The newest code is on its way; a second one of the same name is thrown away."""
    if not isinstance(order, Verifying) or needs_code(order) != command.code_id:
        return []
    issued = VerificationCodeIssued(
        order_id=command.order_id,
        account_id=order.case.account_id,
        code_id=command.code_id,
        sms_id=ids.derive("verification sms", command.code_id),
        code_mac=command.code_mac,
        sealed=command.sealed,
        expires_ms=min(command.expires_ms, order.deadline_ms),
    )
    return [issued]


def decide_sent(order: Order | None, command: CodeSent) -> list[Fact]:
    """The newest code was sent; word of an older one is of no use."""
    if not isinstance(order, Verifying) or unsent(order, command.sms_id) is None:
        return []
    sent = VerificationCodeSent(
        order_id=command.order_id, account_id=order.case.account_id, sms_id=command.sms_id
    )
    return [sent]


def decide_try(order: Order | None, tried: TryVerification) -> list[Fact]:
    """Passed and cleared; wrong, and how often; or not to be tried at all."""
    if not isinstance(order, Verifying) or order.case.account_id != tried.account_id:
        return [_refused(tried, "NOT_ASKED")]
    code, case = order.code, order.case
    if code is None:
        return [_refused(tried, "NO_CODE")]
    if tried.received_ms >= code.expires_ms:
        return [_refused(tried, "CODE_EXPIRED")]
    who = {"order_id": tried.order_id, "account_id": tried.account_id}
    if hmac.compare_digest(code.code_mac.encode(), tried.code_mac.encode()):
        passed = VerificationPassed(**who, attempt_id=tried.attempt_id)
        return [passed, cleared(tried.order_id, case, "verification")]
    if order.tries + 1 < TRIES_MAX:
        return [_refused(tried, "WRONG_CODE")]
    failed = VerificationFailed(**who, attempt_id=tried.attempt_id)
    return [failed, *blocked(tried.order_id, case, "verification", "VERIFICATION_FAILED")]


def decide_resend(order: Order | None, command: Resend) -> list[Fact]:
    """Another code in place of the last one, unless it is too soon or there were too many."""
    asked = command.asked
    if not isinstance(order, Verifying) or order.case.account_id != asked.account_id:
        return [_unsent(asked, "NOT_ASKED")]
    if order.codes >= CODES_MAX:
        return [_unsent(asked, "TOO_MANY_CODES")]
    if asked.received_ms < order.resend_ms:
        return [_unsent(asked, "TOO_SOON")]
    fact = VerificationCodeRequested(
        order_id=asked.order_id,
        account_id=asked.account_id,
        request_id=asked.request_id,
        code_id=ids.derive("verification", asked.order_id, str(order.codes + 1)),
        resend_ms=asked.received_ms + command.limits.resend_ms,
    )
    return [fact]


def expired(order_id: str, order: Verifying) -> list[Fact]:
    """Nobody typed the code in time."""
    fact = VerificationExpired(order_id=order_id, account_id=order.case.account_id)
    return [fact, *blocked(order_id, order.case, "verification", "VERIFICATION_EXPIRED")]


def needs_code(order: Verifying) -> str:
    """The code that is still to be made; empty where it is."""
    return "" if order.code else order.code_id


def unsent(order: Verifying, sms_id: str = "") -> OpenCode | None:
    """The code that is still to be sent; this one, where it is asked for by name."""
    code = order.code
    if code is None or code.sent or sms_id not in {"", code.sms_id}:
        return None
    return code


def requested(order: Order | None, fact: VerificationCodeRequested) -> Order | None:
    """The last code can be used no more."""
    if not isinstance(order, Verifying):
        return order
    return replace(
        order,
        code=None,
        code_id=fact.code_id,
        resend_ms=fact.resend_ms,
        codes=order.codes + 1,
    )


def issued(order: Order | None, fact: VerificationCodeIssued) -> Order | None:
    """The code can be used, and is to be sent."""
    if not isinstance(order, Verifying):
        return order
    code = OpenCode(fact.sms_id, fact.code_mac, fact.sealed, fact.expires_ms)
    return replace(order, code=code)


def sent(order: Order | None, fact: VerificationCodeSent) -> Order | None:
    """The code needs no sending any more."""
    if not isinstance(order, Verifying) or (code := unsent(order, fact.sms_id)) is None:
        return order
    return replace(order, code=replace(code, sent=True, sealed=""))


def refused(order: Order | None, fact: VerificationRefused) -> Order | None:
    """A wrong try is counted; the others cost nothing."""
    if not isinstance(order, Verifying) or fact.code != "WRONG_CODE":
        return order
    return replace(order, tries=order.tries + 1)


def _refused(tried: TryVerification, code: VerificationRefusal) -> VerificationRefused:
    return VerificationRefused(
        order_id=tried.order_id,
        account_id=tried.account_id,
        attempt_id=tried.attempt_id,
        code=code,
    )


def _unsent(asked: ResendVerification, code: ResendRefusal) -> VerificationResendRefused:
    return VerificationResendRefused(
        order_id=asked.order_id,
        account_id=asked.account_id,
        request_id=asked.request_id,
        code=code,
    )
