"""The wires of both channels, written from their manuals; shares no line with the adapters."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from deploy.local.twins.payment_books import Payment, Step

CENTS = 100


class TurnedAway(Exception):
    """A call that is not signed as it should be; the text says what is wrong."""


class Letter(NamedTuple):
    """A notice on its way to the shop."""

    headers: dict[str, str]
    body: bytes


def text_of(parameters: dict[str, str]) -> bytes:
    """What 云付 signs."""
    names = [name for name in sorted(parameters) if name != "sign" and parameters[name]]
    return "&".join(f"{name}={parameters[name]}" for name in names).encode()


def read_yunfu(merchant_key: bytes, body: bytes) -> dict[str, str]:
    """A call to 云付; raises TurnedAway."""
    said = dict(parse_qsl(body.decode(), keep_blank_values=True))
    key = serialization.load_pem_public_key(merchant_key)
    if said.get("sign_type") != "RSA2" or not isinstance(key, rsa.RSAPublicKey):
        raise TurnedAway("INVALID_SIGN_TYPE")
    try:
        sign = base64.b64decode(said.get("sign", ""))
        key.verify(sign, text_of(said), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        raise TurnedAway("INVALID_SIGNATURE") from None
    return said


def cents(text: str) -> int:
    """98.50 → 9850."""
    whole, _, part = text.partition(".")
    return int(whole) * CENTS + int(part)


def dotted(amount: int) -> str:
    """9850 → 98.50."""
    return f"{amount // CENTS}.{amount % CENTS:02d}"


def told(payment: Payment, step: Step) -> Payment:
    """The payment as the notice tells it."""
    match step.do:
        case "wrong_amount":
            return replace(payment, amount=step.amount or payment.amount - 1)
        case "wrong_currency":
            return replace(payment, currency="USD")
        case "other_order":
            return replace(payment, their_id=f"{payment.their_id}-other")
        case _:
            return payment


def letter_yunfu(key: bytes, payment: Payment, step: Step, now_s: int) -> Letter:
    """云付's notice."""
    said = told(payment, step)
    parameters = {
        "app_id": said.merchant, "out_trade_no": said.reference, "trade_no": said.their_id,
        "total_amount": dotted(said.amount), "currency": said.currency,
        "passback": said.account, "trade_status": "TRADE_SUCCESS", "notify_time": str(now_s),
        "sign_type": "none" if step.do == "none" else "RSA2",
    }  # fmt: skip
    private = serialization.load_pem_private_key(key, None)
    assert isinstance(private, rsa.RSAPrivateKey), "云付 signs with RSA"
    if step.do == "forge":
        private = rsa.generate_private_key(65_537, 2048)
    sign = private.sign(text_of(parameters), padding.PKCS1v15(), hashes.SHA256())
    parameters["sign"] = "" if step.do == "none" else base64.b64encode(sign).decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Letter(headers, urlencode(parameters).encode())


def letter_kapay(secret: bytes, payment: Payment, step: Step, now_s: int) -> Letter:
    """卡付's notice."""
    said = told(payment, step)
    data: dict[str, Any] = {
        "id": said.their_id, "reference": said.reference, "merchant": said.merchant,
        "amount": said.amount, "currency": said.currency, "metadata": {"account": said.account},
    }  # fmt: skip
    body = json.dumps({"type": "payment.succeeded", "data": data}).encode()
    if step.do == "forge":
        secret = b""
    mac = hmac.new(secret, f"{now_s}.".encode() + body, hashlib.sha256).hexdigest()
    scheme = "v0=" if step.do == "none" else f"v1={mac}"
    headers = {"Content-Type": "application/json", "Kapay-Signature": f"t={now_s},{scheme}"}
    return Letter(headers, body)
