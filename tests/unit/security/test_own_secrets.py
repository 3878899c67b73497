"""Secrets at rest, session tokens, an operator's two factors."""

import pyotp
import pytest

from shared.security.box import Box, BoxRefused
from shared.security.operators import hash_password, is_password, totp_step
from shared.security.tokens import new_token, token_hash

NOW_S = 1_760_000_010
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_box_opens_what_it_sealed() -> None:
    box = Box(bytes(32))
    assert box.open(box.seal("秘密", "api-key/1"), "api-key/1") == "秘密"


@pytest.mark.parametrize("sealed", ["", "b1.", "b1.AAAA", "b2.AAAA", "plain"])
def test_a_box_opens_nothing_else(sealed: str) -> None:
    with pytest.raises(BoxRefused):
        Box(bytes(32)).open(sealed, "api-key/1")


def test_a_box_is_bound_to_key_and_purpose() -> None:
    sealed = Box(bytes(32)).seal("text", "api-key/1")
    with pytest.raises(BoxRefused):
        Box(bytes(32)).open(sealed, "api-key/2")
    with pytest.raises(BoxRefused):
        Box(b"\x01" * 32).open(sealed, "api-key/1")


def test_no_two_tokens_are_alike_and_the_hash_does_not_tell() -> None:
    token = new_token()
    assert token != new_token()
    assert token_hash(token) == token_hash(token)
    assert token.encode() not in token_hash(token)


def test_a_password_is_known_again() -> None:
    kept = hash_password("correct horse")
    assert is_password(kept, "correct horse")
    assert not is_password(kept, "correct hors")
    assert not is_password(kept, "x" * 100_000)
    assert not is_password("not a hash", "correct horse")


def test_a_totp_code_counts_one_step_early_and_late_and_names_its_step() -> None:
    step = NOW_S // 30
    for off in (-1, 0, 1):
        code = pyotp.TOTP(SECRET).generate_otp(step + off)
        assert totp_step(SECRET, code, NOW_S) == step + off
    for off in (-2, 2):
        assert totp_step(SECRET, pyotp.TOTP(SECRET).generate_otp(step + off), NOW_S) is None


@pytest.mark.parametrize("code", ["", "000000x", "１２３４５６", "\ud800"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert totp_step(SECRET, code, NOW_S) is None
