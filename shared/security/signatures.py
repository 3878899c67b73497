"""A reseller's signature on a request: who sent exactly this, just now, once."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

SCHEME: Final = "v1="
SKEW_S_MAX: Final = 60
"""How far the sender's clock may be off, either way."""
NONCE: Final = re.compile(r"[\x21-\x7e]{8,64}")
TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")


class Refused(Enum):
    """Why a signature does not count."""

    MALFORMED = "SIGNATURE_MALFORMED"
    STALE = "TIMESTAMP_OUT_OF_RANGE"
    WRONG = "SIGNATURE_INVALID"


@dataclass(frozen=True, slots=True)
class Signed:
    """What a request says of itself in its headers."""

    timestamp: str
    """X-Kameng-Timestamp: Unix seconds."""
    nonce: str
    """X-Kameng-Nonce: single use, 8 to 64 visible ASCII characters."""
    signature: str
    """X-Kameng-Signature: `v1=` and 64 hex digits."""


def sign(secret: str, timestamp: str, nonce: str, method: str, target: str, body: bytes) -> str:
    """The signature header of a request; ``target`` is the path with its query, as sent."""
    digest = hashlib.sha256(body).hexdigest()
    text = f"{timestamp}\n{nonce}\n{method}\n{target}\n{digest}"
    return SCHEME + hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def judge(
    secret: str, signed: Signed, method: str, target: str, body: bytes, now_s: int
) -> Refused | None:
    """None where the signature holds. That the nonce is new, the caller must see to."""
    if not secret:
        raise ValueError("an empty secret signs nothing")
    if not NONCE.fullmatch(signed.nonce) or not TIMESTAMP.fullmatch(signed.timestamp):
        return Refused.MALFORMED
    if abs(now_s - int(signed.timestamp)) > SKEW_S_MAX:
        return Refused.STALE
    wanted = sign(secret, signed.timestamp, signed.nonce, method, target, body)
    if not hmac.compare_digest(wanted.encode(), signed.signature.encode("utf-8", "replace")):
        return Refused.WRONG
    return None
