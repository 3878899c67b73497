"""The shop's people as they hand in files: a reseller with orders, a clerk with cards."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.shop import Shop, until


class Buyer(Shop):
    """The demo reseller, who orders by files."""

    def post(self, path: str, body: Any, **more: str) -> httpx.Response:
        return self.send("POST", path, body, **more)

    def upload(self, path: str, body: bytes, kind: str = "text/csv", key: str = "") -> Any:
        key = key or secrets.token_hex(8)
        return self.send("POST", path, body, Content_Type=kind, Idempotency_Key=key)

    def price(self, sku: str) -> int:
        found = self.get("/v1/products?limit=100")["items"]
        offers = (offer for product in found for offer in product["skus"])
        return next(int(each["price"]["amount"]) for each in offers if each["sku"] == sku)

    def done(self, batch_id: str) -> dict[str, Any]:
        at = f"/v1/batches/{batch_id}"
        found: dict[str, Any] = until(lambda: _done(lambda: self.send("GET", at)))
        return found


@dataclass
class Clerk(Shop):
    """The demo operator, who takes cards of one SKU in."""

    sku: str = ""

    def upload(
        self, body: bytes, key: str, query: str = "", kind: str = "text/plain", accept: str = "*/*"
    ) -> httpx.Response:
        path = f"/v1/admin/stock/{self.sku}/imports{query}"
        said = {"Content-Type": kind, "Accept": accept, "Idempotency-Key": key}
        return self.operator("POST", path, body, **said)

    def done(self, at: str) -> dict[str, Any]:
        found: dict[str, Any] = until(lambda: _done(lambda: self.operator("GET", at)))
        return found

    @property
    def received(self) -> int:
        return int(self.operator("GET", f"/v1/admin/stock/{self.sku}").json()["received"])


def _done(ask: Callable[[], httpx.Response]) -> dict[str, Any] | None:
    """What is done when it is; the door may have been killed a moment ago."""
    try:
        found: dict[str, Any] = ask().json()
    except httpx.HTTPError:
        return None
    return found if found["state"] == "done" else None
