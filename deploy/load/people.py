"""The demo's people at a system's door: a reseller who signs, an operator and buyers signed in."""

import json
import re
import secrets
import ssl
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pyotp

from deploy.local.refusal import Refusal
from shared.security.signatures import sign

SESSIONS: Final = "/v1/admin/sessions"
ANSWER_S_MAX: Final = 60.0
NONCE_BYTES: Final = 12
OK_MAX: Final = 299
CONTEXT: Final = ssl.create_default_context()
"""Of all calls: one that makes its own spends 22 ms of CPU on that."""
WAIT_S_MAX: Final = 60.0
LOOK_S: Final = 0.1


@dataclass
class People:
    """Who they are is in ``run``, the description of the system (.local/run.json)."""

    run: dict[str, Any]
    _token: str = field(default="", repr=False)

    def reseller(
        self, method: str, path: str, body: Any = None, *, wait_s: int = 0
    ) -> dict[str, Any]:
        """What the door answers the reseller. Raises Refusal where it does not do it."""
        content = _bytes(body)
        return self._ask(method, path, content, signed(self.run, method, path, content), wait_s)

    def operator(
        self, method: str, path: str, body: Any = None, *, wait_s: int = 0
    ) -> dict[str, Any]:
        """What the door answers the operator; signs in first. Raises Refusal."""
        if not self._token:
            self._token = self.sign_in()
        who = {"Authorization": f"Bearer {self._token}"}
        return self._ask(method, path, _bytes(body), who, wait_s)

    def sign_in(self) -> str:
        """The token of a fresh session of the operator, by password and TOTP. Raises Refusal.

        A code opens only one: where it was used a moment ago, the next is waited for, once.
        """
        known = self.run["demo"]["operator"]
        proof = {"user": known["user"], "password": known["password"]}
        totp = pyotp.TOTP(known["totp_secret"])
        try:
            session = self._ask("POST", SESSIONS, _bytes({**proof, "totp": totp.now()}), {}, 0)
        except Refusal:
            time.sleep(totp.interval - time.time() % totp.interval)
            session = self._ask("POST", SESSIONS, _bytes({**proof, "totp": totp.now()}), {}, 0)
        return str(session["token"])

    def sign_up(self) -> dict[str, Any]:
        """A buyer who was never here, by phone and the code out of the SMS; a session."""
        phone = "139" + "".join(secrets.choice(string.digits) for _ in range(8))
        self._ask("POST", "/v1/auth/codes", _bytes({"phone": phone}), {}, 0)
        url = f"{self.run['twins']['sms']}/sms?phone={phone}"
        sent = until(
            lambda: httpx.get(url, timeout=ANSWER_S_MAX, verify=CONTEXT).json()["items"],
            "a code is sent",
        )
        (code,) = re.findall(r"\b\d{6}\b", sent[-1]["text"])
        proof = {"phone": phone, "code": code}
        return self._ask("POST", "/v1/auth/sessions", _bytes(proof), {}, 0)

    def buyer(
        self, session: dict[str, Any], method: str, path: str, body: Any = None, *, wait_s: int = 0
    ) -> dict[str, Any]:
        """What the door answers the buyer of that session. Raises Refusal."""
        who = {"Authorization": f"Bearer {session['token']}"}
        return self._ask(method, path, _bytes(body), who, wait_s)

    def _ask(
        self, method: str, path: str, content: bytes, who: dict[str, str], wait_s: int
    ) -> dict[str, Any]:
        headers = {**who, "Content-Type": "application/json"}
        headers["Idempotency-Key"] = secrets.token_urlsafe(NONCE_BYTES)
        if wait_s:
            headers["Prefer"] = f"wait={wait_s}"
        url = self.run["gateway"] + path
        answer = httpx.request(
            method, url, content=content, headers=headers, timeout=ANSWER_S_MAX, verify=CONTEXT
        )
        if answer.status_code > OK_MAX:
            raise Refusal(f"The door answers {answer.status_code} to {path}: {answer.text}")
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def script(self, twin: str, *steps: dict[str, Any]) -> None:
        """How the outside is to behave from now on."""
        url = f"{self.run['twins'][twin]}/script"
        httpx.post(url, json={"steps": steps}, timeout=ANSWER_S_MAX).raise_for_status()


def signed(run: dict[str, Any], method: str, path: str, content: bytes) -> dict[str, str]:
    """The headers by which the door knows the demo reseller, for one request."""
    who = run["demo"]["reseller"]
    return signed_by(who["key"], who["secret"], method, path, content)


def signed_by(
    key_id: str, secret: str, method: str, path: str, content: bytes
) -> dict[str, str]:  # fmt: skip
    """The headers by which the door knows whose API key this is, for one request."""
    at, nonce = str(int(time.time())), secrets.token_urlsafe(NONCE_BYTES)
    return {
        "X-Kameng-Key": key_id,
        "X-Kameng-Timestamp": at,
        "X-Kameng-Nonce": nonce,
        "X-Kameng-Signature": sign(secret, at, nonce, method, path, content),
    }


def _bytes(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def until(holds: Callable[[], Any], what: str) -> Any:
    """Look until it does. Raises Refusal when it never does."""
    deadline_s = time.monotonic() + WAIT_S_MAX
    while not (found := holds()):
        if time.monotonic() > deadline_s:
            raise Refusal(f"This did not come about in {WAIT_S_MAX:.0f} s: {what}.")
        time.sleep(LOOK_S)
    return found
