"""A service's own secrets at rest: sealed under a key that only it has."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = "b1."
NONCE_BYTES: Final = 12


class BoxRefused(ValueError):
    """The text was not sealed under this key, or not for this purpose."""


class Box:
    """AES-256-GCM under one key; `purpose` is bound and must be the same to open."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str, purpose: str) -> str:
        """The sealed text: `b1.` and base64url of nonce and ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())
        return VERSION + urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, sealed: str, purpose: str) -> str:
        """The text; raises BoxRefused."""
        if not sealed.startswith(VERSION):
            raise BoxRefused("not a sealed text of ours")
        text = sealed[len(VERSION) :]
        try:
            whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            opened = self._cipher.decrypt(
                whole[:NONCE_BYTES], whole[NONCE_BYTES:], purpose.encode()
            )
            return opened.decode()
        except (InvalidTag, ValueError):
            raise BoxRefused("not sealed under this key for this purpose") from None
