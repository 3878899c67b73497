"""The sample shop as the demo reseller and the demo operator use it, over real HTTP."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from deploy.load.people import CONTEXT, People, signed
from deploy.load.running import Running

WAIT_S_MAX: Final = 120.0
LOOK_S: Final = 0.1
_TOKENS: Final[dict[str, str]] = {}
"""The operator's session at each system: a second factor's code opens only one."""


def until(holds: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WAIT_S_MAX
    while not (found := holds()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(LOOK_S)
    return found


def door(system: Running) -> int:
    """The door's process, as the supervisor tells it; 0 while there is none."""
    listed = system.description["processes"]
    return next(int(each["pid"] or 0) for each in listed if each["name"] == "gateway-api-1")


def send(
    run: dict[str, Any], method: str, path: str, body: Any = None, **extra: str
) -> httpx.Response:
    """As the demo reseller, signed; ``body`` may be the bytes of a file."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    content = b"" if body is None else content
    headers = {
        "Content-Type": "application/json",
        **signed(run, method, path, content),
        "Idempotency-Key": secrets.token_hex(8),
        **{name.replace("_", "-"): value for name, value in extra.items()},
    }
    url = run["gateway"] + path
    return httpx.request(
        method, url, content=content, headers=headers, timeout=WAIT_S_MAX, verify=CONTEXT
    )


@dataclass
class Shop:
    """A running system, and the operator's session there."""

    system: Running

    @property
    def run(self) -> dict[str, Any]:
        return self.system.description

    def send(self, method: str, path: str, body: Any = None, **extra: str) -> httpx.Response:
        """As the reseller, signed."""
        return send(self.run, method, path, body, **extra)

    def operator(self, method: str, path: str, body: Any = None, **extra: str) -> httpx.Response:
        """As the operator, in a session; ``body`` may be text, one card a line, or a file."""
        headers = {"Idempotency-Key": secrets.token_hex(8), "Authorization": f"Bearer {self.token}"}
        said: dict[str, Any] = {"json": body}
        if isinstance(body, str | bytes):
            headers["Content-Type"] = "text/plain"
            said = {"content": body.encode() if isinstance(body, str) else body}
        headers |= {name.replace("_", "-"): value for name, value in extra.items()}
        url = self.run["gateway"] + path
        return httpx.request(
            method, url, headers=headers, timeout=WAIT_S_MAX, verify=CONTEXT, **said
        )

    @property
    def token(self) -> str:
        run = self.run
        at = str(run["control"]["token"])  # of this system alone
        if at not in _TOKENS:
            _TOKENS[at] = People(run).sign_in()
        return _TOKENS[at]

    def get(self, path: str) -> Any:
        """What the reseller reads there."""
        return self.send("GET", path).json()

    def order(self, *wanted: tuple[str, int], pay_with: str = "wallet") -> dict[str, Any]:
        """(SKU, quantity) of each line; the order once it rests."""
        found = self.get("/v1/products?limit=100")["items"]
        prices = {sku["sku"]: sku["price"] for product in found for sku in product["skus"]}
        lines = [{"sku": sku, "quantity": n, "unit_price": prices[sku]} for sku, n in wanted]
        body = {"lines": lines, "pay_with": pay_with}
        placed: dict[str, Any] = until(lambda: self._placed(body))
        return placed

    def _placed(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """None while a busy machine's door turns orders away."""
        answer = self.send("POST", "/v1/orders", body, Prefer="wait=25")
        found: dict[str, Any] = answer.json()
        return None if answer.status_code == 503 else found

    def look(self, placed: dict[str, Any]) -> dict[str, Any]:
        """The order as it is now."""
        found: dict[str, Any] = self.get(f"/v1/orders/{placed['order_id']}")
        return found

    def cards(self, placed: dict[str, Any], line: int = 1) -> list[dict[str, Any]]:
        """The codes of a line."""
        path = f"/v1/orders/{placed['order_id']}/lines/{line}/reveal"
        shown = self.send("POST", path).json()
        found: list[dict[str, Any]] = shown["cards"]
        return found

    @property
    def balance(self) -> int:
        return int(self.wallet["balance"]["amount"])

    @property
    def wallet(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/v1/wallet")
        return found

    @property
    def account(self) -> str:
        return str(self.wallet["account_id"])

    def log(self) -> bytes:
        """Every byte of every topic."""
        return b"".join(each.read_bytes() for each in self.system.folder.data.rglob("*.log"))
