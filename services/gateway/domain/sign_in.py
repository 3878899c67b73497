"""Sign-in by SMS code: few codes an hour, few tries a code, each used once."""

import hmac
from dataclasses import dataclass
from typing import Final

import msgspec

from shared.contracts.gateway import (
    AccountOpened,
    RequestSignIn,
    SignedIn,
    SignInCodeLapsed,
    SignInCodeSent,
    SignInRefusal,
    SignInRefused,
    SignInRequested,
    SignInThrottled,
    TrySignIn,
)
from shared.contracts.message import Fact

from .states import OpenCode, SignIn

TRIES_MAX: Final = 5
"""Wrong tries of one code; after them even the right one is refused."""
CODES_MAX: Final = 5
"""Codes to one phone in a window."""
WINDOW_MS: Final = 3_600_000
"""A code counts until this long after it has expired."""


@dataclass(frozen=True, slots=True)
class AskCode:
    """Somebody asks for a code."""

    asked: RequestSignIn
    now_ms: int


@dataclass(frozen=True, slots=True)
class TryCode:
    """Somebody types one."""

    tried: TrySignIn
    now_ms: int


@dataclass(frozen=True, slots=True)
class CodeSent:
    """The SMS sender has taken the message: the effect's answer."""

    sign_in_id: str
    request_id: str


def decide_ask(phone: SignIn, command: AskCode) -> SignInRequested | SignInThrottled:
    """A new code in place of the last one, unless there were too many of late."""
    asked = command.asked
    counting = [expiry for expiry in phone.recent if expiry + WINDOW_MS > command.now_ms]
    if len(counting) >= CODES_MAX:
        return SignInThrottled(sign_in_id=asked.sign_in_id, request_id=asked.request_id)
    return SignInRequested(
        sign_in_id=asked.sign_in_id,
        request_id=asked.request_id,
        code_mac=asked.code_mac,
        sealed=asked.sealed,
        expires_ms=asked.expires_ms,
    )


def decide_try(phone: SignIn, command: TryCode) -> list[Fact]:
    """In, with the account that this phone has or now gets; or refused, and why."""
    tried, code = command.tried, phone.code
    if code is None:
        return [_refused(tried, "NO_CODE")]
    if command.now_ms >= code.expires_ms:
        return [_refused(tried, "CODE_EXPIRED")]
    if code.tries >= TRIES_MAX:
        return [_refused(tried, "TOO_MANY_TRIES")]
    if not hmac.compare_digest(code.code_mac.encode(), tried.code_mac.encode()):
        return [_refused(tried, "WRONG_CODE")]
    account_id = phone.account_id or tried.account_id
    entered = SignedIn(
        sign_in_id=tried.sign_in_id, attempt_id=tried.attempt_id, account_id=account_id
    )
    if phone.account_id:
        return [entered]
    return [AccountOpened(sign_in_id=tried.sign_in_id, account_id=account_id), entered]


def decide_sent(phone: SignIn, command: CodeSent) -> list[Fact]:
    """The newest code is on its way; word of an older one is of no use."""
    if not is_waiting(phone, command.request_id):
        return []
    return [SignInCodeSent(sign_in_id=command.sign_in_id, request_id=command.request_id)]


def decide_lapse(sign_in_id: str, phone: SignIn, now_ms: int) -> list[Fact]:
    """Give up sending a code that nobody could use any more."""
    code = phone.code
    if code is None or code.sent or now_ms < code.expires_ms:
        return []
    return [SignInCodeLapsed(sign_in_id=sign_in_id, request_id=code.request_id)]


def is_waiting(phone: SignIn, request_id: str) -> bool:
    """Whether this code is still to be sent."""
    return phone.code is not None and phone.code.request_id == request_id and not phone.code.sent


def requested(phone: SignIn, fact: SignInRequested) -> SignIn:
    """The newest code replaces the one before it."""
    code = OpenCode(fact.request_id, fact.code_mac, fact.sealed, fact.expires_ms)
    recent = (*phone.recent, fact.expires_ms)[-CODES_MAX:]
    return SignIn(phone.account_id, code, recent)


def sent(phone: SignIn, fact: SignInCodeSent) -> SignIn:
    """This code needs no sending any more."""
    if phone.code is None or phone.code.request_id != fact.request_id:
        return phone
    return msgspec.structs.replace(phone, code=msgspec.structs.replace(phone.code, sent=True))


def refused(phone: SignIn, fact: SignInRefused) -> SignIn:
    """A wrong try is counted; the others cost nothing."""
    if phone.code is None or fact.code != "WRONG_CODE":
        return phone
    tried = msgspec.structs.replace(phone.code, tries=phone.code.tries + 1)
    return msgspec.structs.replace(phone, code=tried)


def _refused(tried: TrySignIn, code: SignInRefusal) -> SignInRefused:
    return SignInRefused(sign_in_id=tried.sign_in_id, attempt_id=tried.attempt_id, code=code)
