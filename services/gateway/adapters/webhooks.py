"""Calls to webhook endpoints: signed as Standard Webhooks has it, to public addresses only.

Each call resolves the name anew, refuses every address that is not public, and connects to the very
address it has looked at: a name that points elsewhere a moment later changes nothing. Redirects
are not followed; what is read of an answer, and how long it may take, is bounded.
"""

import asyncio
import json
import time
from typing import Final, NamedTuple

import httpx
import structlog

from services.gateway.domain import WebhookAnswered
from services.gateway.door.addresses import AddressRefused, Guard
from services.gateway.process import Call
from shared.contracts.envelope import rfc3339
from shared.kernel.decider import Effect
from shared.kernel.ids import derive
from shared.security.box import Box
from shared.security.webhooks import purpose, signature
from shared.shards.ports import Clock

TIMEOUT_S: Final = 10.0
"""For one call, its answer included."""
ANSWER_BYTES_MAX: Final = 65_536
GONE_AWAY: Final = 300
"""The first HTTP status that is a redirect."""
BAD: Final = 400
"""The first HTTP status that is a refusal."""
CHALLENGE: Final = "webhook.challenge"

log = structlog.get_logger()


class Said(NamedTuple):
    """What a call came to."""

    code: str
    status: int = 0


class Webhooks:
    """Performs the effect `webhook`; whatever comes of a call is an answer."""

    def __init__(
        self, box: Box, guard: Guard, client: httpx.AsyncClient, clock: Clock,
        timeout_s: float = TIMEOUT_S,
    ) -> None:  # fmt: skip
        self._box, self._guard, self._client, self._clock = box, guard, client, clock
        self._timeout_s = timeout_s

    async def __call__(self, effect: Effect) -> WebhookAnswered:
        """Call once."""
        call: Call = effect.payload
        began_s = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout_s):
                said = await self._call(call)
        except AddressRefused:
            said = Said("ADDRESS_REFUSED")
        except (TimeoutError, httpx.TimeoutException):
            said = Said("TIMED_OUT")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            log.info("webhook silent", endpoint=call.endpoint_id, why=type(error).__name__)
            said = Said("UNREACHABLE")
        took_ms = int((time.perf_counter() - began_s) * 1000)
        return WebhookAnswered(
            call.account_id, call.endpoint_id, effect.id, said.code, said.status, took_ms,
            self._clock.now_ms(),
        )  # fmt: skip

    async def _call(self, call: Call) -> Said:
        now_ms = self._clock.now_ms()
        challenge = "" if call.body else derive("webhook proof", call.message_id)
        body = (call.body or _challenge(challenge, now_ms)).encode()
        pinned = await self._guard.pin(call.url)
        headers = {
            "Host": pinned.host,
            "Content-Type": "application/json",
            "User-Agent": "Kameng-Webhooks/1",
            "Accept-Encoding": "identity",
            "webhook-id": call.message_id,
            "webhook-timestamp": str(now_ms // 1000),
            "webhook-signature": self._signatures(call, now_ms, body),
        }
        request = self._client.build_request(
            "POST", pinned.url, content=body, headers=headers,
            extensions={"sni_hostname": pinned.name},
        )  # fmt: skip
        answer = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            return await _judge(answer, challenge)
        finally:
            await answer.aclose()

    def _signatures(self, call: Call, now_ms: int, body: bytes) -> str:
        """One for each secret that is in force, the newest first."""
        secrets = [call.secret]
        if call.old_secret and now_ms < call.old_until_ms:
            secrets.append(call.old_secret)
        bound = purpose(call.endpoint_id)
        return " ".join(
            signature(self._box.open(each, bound), call.message_id, now_ms // 1000, body)
            for each in secrets
        )


def _challenge(challenge: str, now_ms: int) -> str:
    data = {"challenge": challenge}
    return json.dumps({"type": CHALLENGE, "timestamp": rfc3339(now_ms), "data": data})


async def _judge(answer: httpx.Response, challenge: str) -> Said:
    status, read = answer.status_code, b""
    if GONE_AWAY <= status < BAD:
        return Said("REDIRECTED", status)
    if not answer.is_success:
        return Said("REFUSED", status)
    async for part in answer.aiter_raw():
        read += part
        if len(read) > ANSWER_BYTES_MAX:
            return Said("TOO_LARGE", status)
    if challenge and challenge.encode() not in read:
        return Said("NO_PROOF", status)
    return Said("OK", status)
