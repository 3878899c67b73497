"""Session tokens: random, told once, kept as a hash."""

import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 32
TOKEN_LENGTH_MAX: Final = 100


def new_token() -> str:
    """A token that cannot be guessed."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is kept of a token, 32 bytes: enough randomness went in that a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()
