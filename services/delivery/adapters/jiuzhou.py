"""The supplier 九州: forms, signed with HMAC-SHA256 over all parameters, sorted by name.

`POST /api` with `method` recharge or query, `merchant`, `serial`, `time` and `sign`; of a recharge
also `goods`, `count` and `account`. Empty parameters are left out of what is signed. An answer:
`{"ret", "state", "proof"}`, `ret` a number, `state` of an order that it took: 0 · 1 · 2.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

import httpx

from services.delivery.domain.outcomes import Code
from shared.shards.ports import Clock

from .supplying import TIMEOUT_S, Said, Wanted

NAME: Final = "jiuzhou"
MERCHANT: Final = "kameng"
TAKEN: Final = "0"
"""`ret` of an order that it has looked at; its state says what became of it."""
STATES: Final[dict[str, Code]] = {"0": "PROCESSING", "2": "FAILED"}
DONE: Final = "1"
CODES: Final[dict[str, Code]] = {
    "1001": "MISSING_PARAMETER",
    "1002": "BAD_SIGNATURE",
    "1003": "NO_SUCH_ORDER",
    "1004": "DUPLICATE_ORDER",
    "1005": "WRONG_QUANTITY",
    "2001": "OUT_OF_STOCK",
    "2002": "PRODUCT_MAINTENANCE",
    "2003": "WRONG_ACCOUNT",
    "2004": "CARRIER_MAINTENANCE",
    "2005": "FAILED",
    "9001": "TIMED_OUT",
}
"""A number that is not here tells nothing."""


def signature(secret: bytes, parameters: Mapping[str, str]) -> str:
    """The `sign` of these parameters, itself and empty ones left out."""
    named = sorted((k, v) for k, v in parameters.items() if v and k != "sign")
    text = "&".join(f"{name}={value}" for name, value in named)
    return hmac.digest(secret, text.encode(), "sha256").hex()


class Jiuzhou:
    """Calls 九州."""

    def __init__(self, url: str, secret: bytes, client: httpx.AsyncClient, clock: Clock) -> None:
        self._url, self._secret, self._client, self._clock = url, secret, client, clock

    async def submit(self, wanted: Wanted) -> Said:
        """Send the request."""
        account = json.dumps(dict(wanted.target), ensure_ascii=False, sort_keys=True)
        more = {"goods": wanted.sku, "count": str(wanted.quantity), "account": account}
        return await self._call("recharge", wanted.request_id, more)

    async def ask(self, request_id: str) -> Said:
        """What became of it."""
        return await self._call("query", request_id, {})

    async def _call(self, method: str, serial: str, more: Mapping[str, str]) -> Said:
        parameters = {
            "method": method,
            "merchant": MERCHANT,
            "serial": serial,
            "time": str(self._clock.now_ms() // 1000),
            **more,
        }
        parameters["sign"] = signature(self._secret, parameters)
        answer = await self._client.post(f"{self._url}/api", data=parameters, timeout=TIMEOUT_S)
        return said(answer)


def said(answer: httpx.Response) -> Said:
    """Its answer in our words; done only where it also shows a proof."""
    try:
        found: Any = answer.json()
    except ValueError:
        return Said("UNKNOWN")
    if not isinstance(found, dict):
        return Said("UNKNOWN")
    ret, state, proof = str(found.get("ret")), str(found.get("state")), found.get("proof")
    if ret != TAKEN:
        return Said(CODES.get(ret, "UNKNOWN"))
    if state == DONE:
        return Said("DONE", str(proof)) if proof else Said("UNKNOWN")
    return Said(STATES.get(state, "UNKNOWN"))
