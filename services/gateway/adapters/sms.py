"""Texts by SMS: opened here, posted to the sender, repeated by the engine until it has taken them.

The sender recognises a repeat by its request id and sends one message for it.
"""

from typing import Final

import httpx

from services.gateway.domain import CodeSent, SmsTaken
from shared.kernel.decider import Effect
from shared.security.box import Box
from shared.security.sms_text import open_text

TIMEOUT_S: Final = 5.0


class NoAnswer(OSError):
    """The sender did not take the message; it is to be asked again."""


class SmsSender:
    """Performs the effects `sms` and `tell`."""

    def __init__(self, url: str, box: Box, client: httpx.AsyncClient) -> None:
        self._url, self._box, self._client = url, box, client

    async def code(self, effect: Effect) -> CodeSent:
        """Send a code once more, under the same request id. Raises NoAnswer."""
        sign_in_id, sealed = effect.payload
        await self._send(effect.id, sealed)
        return CodeSent(sign_in_id, effect.id)

    async def tell(self, effect: Effect) -> SmsTaken:
        """Send what is told once more, under the same request id. Raises NoAnswer."""
        account_id, sms_id, sealed = effect.payload
        await self._send(effect.id, sealed)
        return SmsTaken(account_id, sms_id)

    async def _send(self, request_id: str, sealed: str) -> None:
        message = open_text(self._box, sealed)
        body = {"request_id": request_id, "phone": message.phone, "text": message.text}
        try:
            answer = await self._client.post(f"{self._url}/send", json=body, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__) from None
        if not answer.is_success:
            raise NoAnswer(f"HTTP {answer.status_code}")
