"""Who is at the door: nobody, two buyers, the reseller, an operator of every role."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final, get_args

import httpx
import pyotp

from deploy.load.people import People, signed
from deploy.load.running import Running
from shared.contracts.gateway import Role
from tests.e2e.shop import WAIT_S_MAX, Shop, until

ROLES: Final[tuple[str, ...]] = get_args(Role)
PASSWORD: Final = "correct-horse-battery"
MONEY: Final = {"amount": 1_000_000, "currency": "CNY"}
WATCHED: Final = "text/event-stream"


class Cast:
    """Everybody, signed in once; they ask over connections that are kept open."""

    def __init__(self, system: Running) -> None:
        self.shop, self.run = Shop(system), system.description
        self.client = httpx.Client(base_url=self.run["gateway"], timeout=WAIT_S_MAX)
        self.hired = 0

    @cached_property
    def sessions(self) -> dict[str, str]:
        """Tokens by who has them."""
        return {"ann": self.sign_up(), "bob": self.sign_up(), **{r: self.hire(r) for r in ROLES}}

    def sign_up(self) -> str:
        """A buyer who was never here, with money; their token."""
        session = People(self.run).sign_up()
        path = f"/v1/admin/wallets/{session['account_id']}/deposits"
        body = {"amount": MONEY, "reason": "to try it"}
        assert self.shop.operator("POST", path, body, Prefer="wait=20").is_success
        return str(session["token"])

    def hire(self, role: str) -> str:
        """Somebody new in this role; their token."""
        self.hired += 1
        new = {"user": f"{role}-{self.hired}", "role": role, "password": PASSWORD}
        made = self.shop.operator("POST", "/v1/admin/operators", new).json()
        proof = {"user": new["user"], "password": PASSWORD}

        def session() -> str:
            """Empty while the door does not know them yet."""
            body = {**proof, "totp": pyotp.TOTP(made["totp_secret"]).now()}
            return str(self.client.post("/v1/admin/sessions", json=body).json().get("token", ""))

        return str(until(session))

    def headers(self, who: str, method: str, path: str, body: bytes = b"") -> dict[str, str]:
        """By which the door knows them, for one request."""
        key = {"Idempotency-Key": secrets.token_hex(8)}
        if who == "nobody":
            return key
        if who == "reseller":
            return {**key, **signed(self.run, method, path, body)}
        return {**key, "Authorization": f"Bearer {self.sessions[who]}"}

    @contextmanager
    def asking(
        self, who: str, method: str, path: str, body: Any = None
    ) -> Iterator[httpx.Response]:
        """The answer as it begins: one that is pushed for ever has no end."""
        made = self.client.build_request(method, path, json=body)
        if body is None:
            made.headers.pop("Content-Type", "")
        made.headers.update(self.headers(who, method, path, made.content))
        answer = self.client.send(made, stream=True)
        try:
            if not answer.headers.get("content-type", "").startswith(WATCHED):
                answer.read()
            yield answer
        finally:
            answer.close()

    def ask(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """The status of the answer, and what it says; of one that is pushed for ever nothing."""
        with self.asking(who, method, path, body) as answer:
            return answer.status_code, "" if not answer.is_closed else answer.text

    def told(self, who: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """What they are answered, which is no refusal."""
        status, text = self.ask(who, method, path, body)
        assert status < 300, (who, method, path, text)
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    def price(self, sku: str) -> dict[str, Any]:
        """Of one unit, as buyers see it."""
        found = self.told("ann", "GET", "/v1/products?limit=100")["items"]
        offers = (offer for product in found for offer in product["skus"])
        return next(dict(each["price"]) for each in offers if each["sku"] == sku)
