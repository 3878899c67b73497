"""Codes that confirm one order: six digits, known only by their HMAC, bound to order and amount."""

import hmac
import secrets
from typing import Final

DIGITS: Final = 6


def fresh_code() -> str:
    """Six digits that nobody can foresee."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def code_mac(key: bytes, order_id: str, amount: int, currency: str, code: str) -> str:
    """HMAC of a code for this order at this amount (minor units), hex."""
    said = f"step-up\x1f{order_id}\x1f{amount}\x1f{currency}\x1f{code}".encode()
    return hmac.digest(key, said, "sha256").hex()
