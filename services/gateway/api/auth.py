"""Signing in: buyers by SMS code, operators by password and a code from their phone."""

import asyncio
import hmac
import secrets
import time
from functools import cache
from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import BLOCKED, Kind
from services.gateway.door.door import Door
from services.gateway.projections.queries import ATTEMPT
from shared.contracts.envelope import rfc3339
from shared.contracts.gateway import RequestSignIn, TrySignIn
from shared.security.fingerprints import fingerprint
from shared.security.operators import hash_password, is_password, totp_step
from shared.security.sms_text import seal_number, seal_text

from .asking import address, door_of, spend
from .bodies import json_answer, read_body
from .cookies import set_session
from .messages import messages
from .once import ask
from .origin import remember_device
from .outcomes import outcome
from .problems import Problem, speaks
from .routes import Route
from .shapes import Shape

CODE_DIGITS: Final = 6
CODE_MS: Final = 300_000
SESSION_MS: Final = 30 * 86_400_000
OPERATOR_SESSION_MS: Final = 12 * 3_600_000
ANSWER_S_MAX: Final = 10.0
TOTP_KEPT_S: Final = 120

Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{5,19}$")]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class AskCode(Shape):
    """Where to send the code."""

    phone: Phone


class Expiry(Shape):
    """Until when a code can be used; said whether or not one was sent."""

    expires_at: str


class TryCode(Shape):
    """The code that was sent."""

    phone: Phone
    code: Code
    cookie: bool = False
    """For a browser: the token goes into a cookie that no script can read."""


class Session(Shape):
    """A session; the token is told once."""

    token: str
    """Empty where it is in the cookie."""
    account_id: str
    expires_at: str


class OperatorSignIn(Shape):
    """Both factors."""

    user: Annotated[str, Field(min_length=1, max_length=100)]
    password: Annotated[str, Field(min_length=1, max_length=256)]
    totp: Code
    cookie: bool = False
    """For a browser: the token goes into a cookie that no script can read."""


class OperatorSession(Shape):
    """An operator's session."""

    token: str
    """Empty where it is in the cookie."""
    role: str
    expires_at: str


async def send_code(request: Request) -> Response:
    """Send a code by SMS. The answer is the same whether this phone has an account or not."""
    door, now_ms = door_of(request), time.time_ns() // 1_000_000
    spend(door.limits.strangers, address(request))
    phone = plain((await read_body(AskCode, request)).phone)
    phone_id = sign_in_id(door, phone)
    spend(door.limits.phones, phone_id)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    text = messages().texts["sms"].told(speaks(request)).format(code=code)
    command = RequestSignIn(
        sign_in_id=phone_id,
        request_id=secrets.token_hex(16),
        code_mac=_code_mac(door, phone_id, code),
        sealed=seal_text(door.secrets.sms, phone, text),
        expires_ms=now_ms + CODE_MS,
    )
    await ask(request, command)
    return json_answer({"expires_at": rfc3339(command.expires_ms)}, 202)


async def sign_in(request: Request) -> Response:
    """A session for the account of this phone; its first sign-in opens the account."""
    door, now_ms = door_of(request), time.time_ns() // 1_000_000
    spend(door.limits.strangers, address(request))
    tried = await read_body(TryCode, request)
    phone_id = sign_in_id(door, plain(tried.phone))
    command = TrySignIn(
        sign_in_id=phone_id,
        attempt_id=secrets.token_hex(16),
        code_mac=_code_mac(door, phone_id, tried.code),
        account_id=f"acc-{secrets.token_hex(12)}",
    )
    await ask(request, command)
    found = await outcome(request, ATTEMPT, command.attempt_id, ANSWER_S_MAX)
    if found is None:
        raise Problem("UNAVAILABLE")
    account_id, refused = found
    if refused:
        raise Problem(refused)
    if await door.access.is_blocked(account_id):
        raise Problem(BLOCKED)
    await door.accounts.note_phone(account_id, plain(tried.phone))
    expires_ms = now_ms + SESSION_MS
    contact = seal_number(door.secrets.contact, plain(tried.phone))
    token = await door.access.open("buyer", account_id, "", expires_ms, contact)
    body = {"account_id": account_id, "expires_at": rfc3339(expires_ms)}
    answer = _opened(request, "buyer", token, body, SESSION_MS if tried.cookie else 0)
    return remember_device(request, answer)


async def sign_in_operator(request: Request) -> Response:
    """An operator's session. Whatever is wrong, the answer and the time it takes are the same."""
    door, now_ms = door_of(request), time.time_ns() // 1_000_000
    spend(door.limits.strangers, address(request))
    tried = await read_body(OperatorSignIn, request)
    found = await door.access.operator(tried.user)
    kept = found.password_hash if found else _nobody()
    right = await asyncio.to_thread(is_password, kept, tried.password)
    if found is None or not right:
        raise Problem("CREDENTIALS_INVALID")
    step = totp_step(found.totp_secret, tried.totp, now_ms // 1000)
    fresh = step is not None and await door.nonces.take(
        f"totp:{tried.user}", str(step), now_ms // 1000 + TOTP_KEPT_S
    )
    if not fresh:
        raise Problem("CREDENTIALS_INVALID")
    expires_ms = now_ms + OPERATOR_SESSION_MS
    token = await door.access.open("operator", tried.user, found.role, expires_ms)
    body = {"role": found.role, "expires_at": rfc3339(expires_ms)}
    return _opened(request, "operator", token, body, OPERATOR_SESSION_MS if tried.cookie else 0)


def _opened(
    request: Request, kind: Kind, token: str, body: dict[str, str], cookie_ms: int
) -> Response:
    """The token in the answer, or, for so long, in the browser's cookie."""
    answer = json_answer({"token": "" if cookie_ms else token, **body}, 201)
    if cookie_ms:
        set_session(request, answer, kind, token, cookie_ms // 1000)
    return answer


@cache
def _nobody() -> str:
    """A password that nobody has, so that an unknown name costs as much as a known one."""
    return hash_password(secrets.token_hex(16))


def plain(phone: str) -> str:
    """The number without what people put between its digits; mainland China is the default."""
    digits = phone.replace(" ", "").replace("-", "")
    return digits.removeprefix("+86")


def sign_in_id(door: Door, phone: str) -> str:
    """What stands for a phone number, which nothing of ours keeps in clear."""
    return fingerprint(door.secrets.sign_in_key, "phone", phone).hex()


def _code_mac(door: Door, phone_id: str, code: str) -> str:
    """A code's HMAC, bound to its phone."""
    said = f"code\x1f{phone_id}\x1f{code}".encode()
    return hmac.digest(door.secrets.sign_in_key, said, "sha256").hex()


ROUTES: Final = (
    Route("POST", "/v1/auth/codes", send_code, "获取验证码 · Send a code", "anyone",
          AskCode, Expiry, 202),
    Route("POST", "/v1/auth/sessions", sign_in, "登录 · Sign in", "anyone", TryCode, Session, 201),
    Route("POST", "/v1/admin/sessions", sign_in_operator, "运营登录 · Sign in as an operator",
          "anyone", OperatorSignIn, OperatorSession, 201),
)  # fmt: skip
