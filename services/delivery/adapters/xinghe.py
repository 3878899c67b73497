"""The supplier 星河: JSON, signed with HMAC-SHA256 over time, path and the body's hash.

`POST /orders {"out_trade_no", "product", "quantity", "account"}` · `GET /orders/<out_trade_no>`.
Headers `X-Xh-Time` (Unix seconds) and `X-Xh-Sign`. An answer: `{"status", "code", "voucher"}`.
"""

import hashlib
import hmac
import json
from typing import Any, Final

import httpx

from services.delivery.domain.outcomes import Code
from shared.shards.ports import Clock

from .supplying import TIMEOUT_S, Said, Wanted

NAME: Final = "xinghe"
STATUSES: Final[dict[str, Code]] = {"success": "DONE", "processing": "PROCESSING"}
CODES: Final[dict[str, Code]] = {
    "PARAM_MISSING": "MISSING_PARAMETER",
    "SIGN_ERROR": "BAD_SIGNATURE",
    "ORDER_NOT_FOUND": "NO_SUCH_ORDER",
    "ORDER_EXISTS": "DUPLICATE_ORDER",
    "QUANTITY_ERROR": "WRONG_QUANTITY",
    "STOCK_OUT": "OUT_OF_STOCK",
    "PRODUCT_MAINTAIN": "PRODUCT_MAINTENANCE",
    "ACCOUNT_ERROR": "WRONG_ACCOUNT",
    "CARRIER_MAINTAIN": "CARRIER_MAINTENANCE",
    "RECHARGE_FAIL": "FAILED",
    "TIMEOUT": "TIMED_OUT",
}
"""What it calls a status or code that is not here, nobody knows."""


def signature(secret: bytes, time_s: str, path: str, body: bytes) -> str:
    """X-Xh-Sign of a request."""
    text = f"{time_s}\n{path}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.digest(secret, text.encode(), "sha256").hex()


class Xinghe:
    """Calls 星河."""

    def __init__(self, url: str, secret: bytes, client: httpx.AsyncClient, clock: Clock) -> None:
        self._url, self._secret, self._client, self._clock = url, secret, client, clock

    async def submit(self, wanted: Wanted) -> Said:
        """Send the request."""
        body = {
            "out_trade_no": wanted.request_id,
            "product": wanted.sku,
            "quantity": wanted.quantity,
            "account": dict(wanted.target),
        }
        return await self._call("POST", "/orders", json.dumps(body, ensure_ascii=False).encode())

    async def ask(self, request_id: str) -> Said:
        """What became of it."""
        return await self._call("GET", f"/orders/{request_id}", b"")

    async def _call(self, method: str, path: str, body: bytes) -> Said:
        time_s = str(self._clock.now_ms() // 1000)
        headers = {
            "Content-Type": "application/json",
            "X-Xh-Time": time_s,
            "X-Xh-Sign": signature(self._secret, time_s, path, body),
        }
        answer = await self._client.request(
            method, self._url + path, content=body, headers=headers, timeout=TIMEOUT_S
        )
        return said(answer)


def said(answer: httpx.Response) -> Said:
    """Its answer in our words; done only where it also shows a proof."""
    try:
        found: Any = answer.json()
    except ValueError:
        return Said("UNKNOWN")
    if not isinstance(found, dict):
        return Said("UNKNOWN")
    status, voucher = str(found.get("status")), found.get("voucher")
    if status == "success":
        return Said("DONE", str(voucher)) if voucher else Said("UNKNOWN")
    if status in STATUSES:
        return Said(STATUSES[status])
    known = CODES.get(str(found.get("code")), "UNKNOWN")
    return Said(known if status in {"failed", "rejected"} else "UNKNOWN")
