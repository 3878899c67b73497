"""An operator's two factors: a password (argon2id) and a code that changes every 30 seconds."""

from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_LENGTH_MAX: Final = 256
STEP_S: Final = 30
STEPS_OFF_MAX: Final = 1
"""How many steps a clock may be off, either way."""


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters; takes tens of milliseconds of CPU."""
    return PasswordHasher().hash(password)


def is_password(password_hash: str, password: str) -> bool:
    """Whether this is the password; as slow as hashing it."""
    if len(password) > PASSWORD_LENGTH_MAX:
        return False
    try:
        return PasswordHasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def totp_step(secret: str, code: str, now_s: int) -> int | None:
    """The time step whose code this is, or None; the caller takes each step once."""
    if not code.isdecimal():
        return None
    totp = pyotp.TOTP(secret)
    for off in range(-STEPS_OFF_MAX, STEPS_OFF_MAX + 1):
        step = now_s // STEP_S + off
        if pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step
    return None
