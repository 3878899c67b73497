"""The channel 卡付 (Kapay): JSON under a bearer key; notices signed with HMAC-SHA256.

`POST /v1/payments` · `POST /v1/payments/<reference>/cancel` · `POST /v1/refunds`. A notice has the
header `Kapay-Signature: t=<unix seconds>,v1=<hex HMAC of "t.body">`; no other scheme counts.
"""

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import httpx

from services.payments.domain.state import Bill, Return
from shared.shards.ports import Clock

from .channels import SKEW_S_MAX, TIMEOUT_S, Forged, Notice, Returned, Said, answered

NAME: Final = "kapay"
MERCHANT: Final = "kameng-kapay"
HEADER: Final = "kapay-signature"
SCHEME: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
SECRET_BYTES_MIN: Final = 32
PAID: Final = "payment.succeeded"


def signature(secret: bytes, time_s: str, body: bytes) -> str:
    """The header of a notice."""
    digest = hmac.digest(secret, time_s.encode() + b"." + body, "sha256").hex()
    return f"t={time_s},v1={digest}"


class Kapay:
    """Calls 卡付, and reads its notices."""

    thanks = b'{"received":true}'

    def __init__(
        self, url: str, api_key: bytes, secret: bytes, client: httpx.AsyncClient, clock: Clock
    ) -> None:
        """Raises ValueError where a key is too short to sign anything."""
        if min(len(api_key), len(secret)) < SECRET_BYTES_MIN:
            raise ValueError(f"a key of fewer than {SECRET_BYTES_MIN} bytes signs nothing")
        self._url, self._key, self._secret = url, api_key.hex(), secret
        self._client, self._clock = client, clock

    async def create(self, bill: Bill, notify_url: str) -> Said:
        """Make the charge known."""
        body = {
            "merchant": bill.merchant,
            "reference": bill.charge_id,
            "amount": bill.amount,
            "currency": bill.currency,
            "notify_url": notify_url,
            "metadata": {"account": bill.account_id},
        }
        return said(*await self._call("/v1/payments", bill.charge_id, body))

    async def close(self, bill: Bill) -> Said:
        """What became of it."""
        path = f"/v1/payments/{bill.charge_id}/cancel"
        return said(*await self._call(path, f"cancel-{bill.charge_id}", {}))

    async def refund(self, job: Return) -> Returned:
        """Give money back."""
        body = {
            "payment": job.their_id,
            "reference": job.refund_id,
            "amount": job.amount,
            "currency": job.currency,
        }
        status, found = await self._call("/v1/refunds", job.refund_id, body)
        if found.get("status") == "succeeded":
            return Returned("DONE")
        refused = found.get("status") == "failed" or status == httpx.codes.BAD_REQUEST
        return Returned("REFUSED", str(found.get("reason"))) if refused else Returned("UNKNOWN")

    def read(self, headers: Mapping[str, str], body: bytes, now_s: int) -> Notice | None:
        """A notice, by its header and every byte of its body."""
        found = SCHEME.fullmatch(headers.get(HEADER, ""))
        if not found:
            raise Forged("WRONG_ALGORITHM")
        wanted = signature(self._secret, found[1], body)
        if not hmac.compare_digest(wanted.encode(), headers[HEADER].encode()):
            raise Forged("WRONG_SIGNATURE")
        if abs(now_s - int(found[1])) > SKEW_S_MAX:
            raise Forged("STALE")
        try:
            event = json.loads(body)
            if event["type"] != PAID:
                return None
            data = event["data"]
            amount = data["amount"]
            if type(amount) is not int or amount <= 0:
                raise Forged("MALFORMED")
            return Notice(
                str(data["merchant"]), str(data["metadata"]["account"]), str(data["reference"]),
                str(data["id"]), amount, str(data["currency"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            raise Forged("MALFORMED") from None

    async def _call(self, path: str, key: str, body: Any) -> tuple[int, Mapping[str, Any]]:
        headers = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": key}
        url = self._url + path
        answer = answered(
            await self._client.post(url, json=body, headers=headers, timeout=TIMEOUT_S)
        )
        try:
            found = answer.json()
        except ValueError:
            return answer.status_code, {}
        return answer.status_code, found if isinstance(found, dict) else {}


def said(status: int, found: Mapping[str, Any]) -> Said:
    """Its answer about a charge in our words; paid only where it also says how much."""
    state, their_id, amount = found.get("status"), str(found.get("id", "")), found.get("amount")
    if state == "open" and their_id:
        return Said("CREATED", their_id, str(found.get("url", "")))
    if state == "succeeded" and type(amount) is int and their_id:
        return Said("PAID", their_id, amount=amount, currency=str(found.get("currency")))
    if state == "canceled" or status == httpx.codes.NOT_FOUND:
        return Said("CLOSED")
    if status == httpx.codes.BAD_REQUEST:
        return Said("REFUSED", reason=str(found.get("reason")))
    return Said("UNKNOWN")
