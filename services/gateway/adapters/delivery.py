"""Delivery's internal door: asked for the codes of a reveal that is on the log."""

import json
import secrets
import time
from typing import Final

import httpx

from services.gateway.door.revealing import NotRevealed, OpenedCard
from shared.security.signatures import sign

TIMEOUT_S: Final = 8.0
PATH: Final = "/reveals"
NONCE_BYTES: Final = 16


class DeliveryDoor:
    """Signs with the secret that gateway and delivery share."""

    def __init__(self, url: str, secret: bytes, client: httpx.AsyncClient) -> None:
        self._url, self._secret, self._client = url, secret.hex(), client

    async def reveal(
        self, order_id: str, account_id: str, line: int, request_id: str, shape: str
    ) -> list[OpenedCard]:
        """The cards of a line. Raises NotRevealed with delivery's code, or UNAVAILABLE."""
        asked = {
            "order_id": order_id,
            "account_id": account_id,
            "line": line,
            "request_id": request_id,
            "shape": shape,
        }
        body = json.dumps(asked).encode()
        timestamp, nonce = str(int(time.time())), secrets.token_urlsafe(NONCE_BYTES)
        headers = {
            "Content-Type": "application/json",
            "X-Kameng-Timestamp": timestamp,
            "X-Kameng-Nonce": nonce,
            "X-Kameng-Signature": sign(self._secret, timestamp, nonce, "POST", PATH, body),
        }
        try:
            answer = await self._client.post(
                self._url + PATH, content=body, headers=headers, timeout=TIMEOUT_S
            )
            found = answer.json()
        except (httpx.HTTPError, ValueError):
            raise NotRevealed("UNAVAILABLE") from None
        if not answer.is_success:
            raise NotRevealed(str(found.get("code", "UNAVAILABLE")))
        return [
            OpenedCard(c["card_id"], c["code"], c["masked"], c["parts"], c["file"])
            for c in found["cards"]
        ]
