"""The channel 云付: forms signed with RSA-SHA256 over all parameters, sorted by name.

`POST /gateway` with `method` create, close or refund. We sign with our key and it with its own;
`sign_type` is signed along and is RSA2, nothing else. Amounts are yuan with two decimals.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from services.payments.domain.state import Bill, Return
from shared.shards.ports import Clock

from .channels import SKEW_S_MAX, TIMEOUT_S, Forged, Notice, Returned, Said, answered

NAME: Final = "yunfu"
MERCHANT: Final = "kameng-yunfu"
SIGN_TYPE: Final = "RSA2"
KEY_BITS_MIN: Final = 2048
FEN: Final = 100
AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,11})\.([0-9]{2})")
DONE: Final = "10000"
UNSURE: Final = "20000"
REFUSED: Final = "40004"
"""`code`: it has looked at it · it does not know · it says no; all else is about the call itself,
such as its signature or its rate, and says nothing of what became of one before it."""
NOT_NOW: Final = "SYSTEM_ERROR"
"""Of REFUSED: it is to be asked again."""
PAID: Final = "TRADE_SUCCESS"
CLOSED: Final = frozenset({"TRADE_CLOSED"})
NOT_THERE: Final = "TRADE_NOT_EXIST"


def signed_text(parameters: Mapping[str, str]) -> bytes:
    """What is signed of these parameters; empty ones and `sign` are left out."""
    named = sorted((k, v) for k, v in parameters.items() if v and k != "sign")
    return "&".join(f"{name}={value}" for name, value in named).encode()


def yuan(fen: int) -> str:
    """An amount as the channel writes it."""
    return f"{fen // FEN}.{fen % FEN:02}"


def fen(text: str) -> int:
    """An amount in minor units, above zero; raises ValueError."""
    found = AMOUNT.fullmatch(text)
    amount = int(found[1]) * FEN + int(found[2]) if found else 0
    if not amount:
        raise ValueError(text)
    return amount


class Yunfu:
    """Calls 云付, and reads its notices."""

    thanks = b"success"

    def __init__(
        self, url: str, own_key: bytes, their_key: bytes, client: httpx.AsyncClient, clock: Clock
    ) -> None:
        """``own_key`` and ``their_key`` are PEM; raises ValueError where one signs nothing."""
        own, theirs = load_pem_private_key(own_key, None), load_pem_public_key(their_key)
        if not isinstance(own, RSAPrivateKey) or not isinstance(theirs, RSAPublicKey):
            raise ValueError("云付 signs with RSA")  # noqa: TRY004  # what is wrong is the file, not a type
        if min(own.key_size, theirs.key_size) < KEY_BITS_MIN:
            raise ValueError(f"a key of fewer than {KEY_BITS_MIN} bits signs nothing")
        self._url, self._own, self._theirs = url, own, theirs
        self._client, self._clock = client, clock

    async def create(self, bill: Bill, notify_url: str) -> Said:
        """Make the charge known."""
        more = {
            "total_amount": yuan(bill.amount),
            "currency": bill.currency,
            "notify_url": notify_url,
            "passback": bill.account_id,
        }
        return said(await self._call("create", bill.charge_id, bill.merchant, more))

    async def close(self, bill: Bill) -> Said:
        """What became of it."""
        return said(await self._call("close", bill.charge_id, bill.merchant, {}))

    async def refund(self, job: Return) -> Returned:
        """Give money back."""
        more = {
            "out_request_no": job.refund_id,
            "refund_amount": yuan(job.amount),
            "currency": job.currency,
        }
        found = await self._call("refund", job.charge_id, MERCHANT, more)
        code = str(found.get("code"))
        if code == DONE and found.get("fund_change") == "Y":
            return Returned("DONE")
        reason = str(found.get("sub_code"))
        refused = code == REFUSED and reason != NOT_NOW
        return Returned("REFUSED", reason) if refused else Returned("UNKNOWN")

    def read(self, headers: Mapping[str, str], body: bytes, now_s: int) -> Notice | None:  # noqa: ARG002  # the port's: other channels sign there
        """A notice; ``headers`` say nothing here."""
        try:
            found = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError:
            raise Forged("MALFORMED") from None
        self._verify(found)
        try:
            if abs(now_s - int(found["notify_time"])) > SKEW_S_MAX:
                raise Forged("STALE")
            if found["trade_status"] != PAID:
                return None
            return Notice(
                found["app_id"], found["passback"], found["out_trade_no"], found["trade_no"],
                fen(found["total_amount"]), found["currency"],
            )  # fmt: skip
        except (KeyError, ValueError):
            raise Forged("MALFORMED") from None

    def _verify(self, found: Mapping[str, str]) -> None:
        if found.get("sign_type") != SIGN_TYPE:
            raise Forged("WRONG_ALGORITHM")
        try:
            sign = base64.b64decode(found.get("sign", ""), validate=True)
            self._theirs.verify(sign, signed_text(found), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise Forged("WRONG_SIGNATURE") from None

    async def _call(
        self, method: str, charge_id: str, merchant: str, more: Mapping[str, str]
    ) -> Mapping[str, Any]:
        parameters = {
            "app_id": merchant,
            "method": method,
            "out_trade_no": charge_id,
            "timestamp": str(self._clock.now_ms() // 1000),
            "sign_type": SIGN_TYPE,
            **more,
        }
        sign = self._own.sign(signed_text(parameters), PKCS1v15(), SHA256())
        parameters["sign"] = base64.b64encode(sign).decode()
        url = f"{self._url}/gateway"
        answer = answered(await self._client.post(url, data=parameters, timeout=TIMEOUT_S))
        try:
            found = answer.json()
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def said(found: Mapping[str, Any]) -> Said:
    """Its answer about a charge in our words; paid only where it also says how much."""
    code, status = str(found.get("code")), str(found.get("trade_status"))
    their_id = str(found.get("trade_no", ""))
    if code == DONE and status == "WAIT_BUYER_PAY" and their_id:
        return Said("CREATED", their_id, str(found.get("pay_url", "")))
    if code == DONE and status == PAID:
        try:
            amount, currency = fen(str(found.get("total_amount"))), str(found["currency"])
        except (KeyError, ValueError):
            return Said("UNKNOWN")
        return Said("PAID", their_id, amount=amount, currency=currency)
    reason = str(found.get("sub_code", code))
    if (code == DONE and status in CLOSED) or reason == NOT_THERE:
        return Said("CLOSED")
    unsure = code in {DONE, UNSURE, "None"} or reason == NOT_NOW
    return Said("UNKNOWN") if unsure else Said("REFUSED", reason=reason)
