"""Whether a report is audit's own: its Ed25519 signature against the public key given to us."""

from hashlib import sha256
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.security.keys import KeyRefused, Keys

KEY_ID_DIGITS: Final = 16
NAME: Final = "audit.pub"
Verdict = Literal["valid", "invalid", "other_key", "no_key"]


class AuditKey:
    """Holds the public key, 32 bytes; None: this door was given none."""

    def __init__(self, public: bytes | None) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public) if public else None
        self._key_id = sha256(public).hexdigest()[:KEY_ID_DIGITS] if public else ""

    def verdict(self, report_id: str, text: str, key_id: str, signature: str) -> Verdict:
        """As ReportSigned says: over the id, a line feed and the text."""
        if self._key is None:
            return "no_key"
        if key_id != self._key_id:
            return "other_key"
        try:
            self._key.verify(bytes.fromhex(signature), f"{report_id}\n{text}".encode())
        except (InvalidSignature, ValueError):
            return "invalid"
        return "valid"


def audit_key(keys: Keys) -> AuditKey:
    """The key as it was given to the gateway, where it was."""
    try:
        return AuditKey(keys.fetch(NAME))
    except KeyRefused:
        return AuditKey(None)
