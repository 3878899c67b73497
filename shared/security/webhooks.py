"""Standard Webhooks: how a message is signed, and how whoever gets it can tell.

https://www.standardwebhooks.com: `v1,` and base64 of HMAC-SHA256(secret, `id.timestamp.body`).
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "whsec_"
SCHEME: Final = "v1,"
SKEW_S_MAX: Final = 300
"""How old, or how far ahead, a message may be."""


def secret_of(key: bytes) -> str:
    """A secret as it is told: `whsec_` and base64."""
    return PREFIX + b64encode(key).decode()


def purpose(endpoint_id: str) -> str:
    """What an endpoint's secret is bound to in the gateway's own box."""
    return f"webhook/{endpoint_id}"


def signature(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    """One entry of the header `webhook-signature`."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return SCHEME + b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def is_ours(secret: str, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether a message with these headers was signed with this secret, just now."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(now_s - int(stamp)) > SKEW_S_MAX:
        return False
    wanted = signature(secret, headers.get("webhook-id", ""), int(stamp), body)
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given)
