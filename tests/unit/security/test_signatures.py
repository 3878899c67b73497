"""A reseller's signature: vectors that a client in any language can check itself against (F3)."""

import hashlib
import hmac

import pytest

from shared.security.signatures import Refused, Signed, judge, sign

SECRET = "a-secret-of-the-demo"
NOW_S = 1_760_000_000
BODY = b'{"lines":[{"sku":"steam-100","quantity":1,"unit_price":9500}],"pay_with":"wallet"}'


def signed(**other: str) -> Signed:
    fields = {"timestamp": str(NOW_S), "nonce": "nonce-0001"} | other
    made = sign(SECRET, fields["timestamp"], fields["nonce"], "POST", "/v1/orders?x=1", BODY)
    return Signed(fields["timestamp"], fields["nonce"], fields.get("signature", made))


def test_the_signature_is_what_api_md_says() -> None:
    text = b"1760000000\nnonce-0001\nPOST\n/v1/orders?x=1\n" + (
        hashlib.sha256(BODY).hexdigest().encode()
    )
    wanted = "v1=" + hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    assert sign(SECRET, "1760000000", "nonce-0001", "POST", "/v1/orders?x=1", BODY) == wanted


def test_a_vector_for_clients() -> None:
    assert sign(SECRET, "1760000000", "nonce-0001", "GET", "/v1/wallet", b"") == ("v1=" + VECTOR)


def test_a_right_signature_holds() -> None:
    assert judge(SECRET, signed(), "POST", "/v1/orders?x=1", BODY, NOW_S) is None


@pytest.mark.parametrize(
    ("method", "target", "body", "secret"),
    [
        ("PUT", "/v1/orders?x=1", BODY, SECRET),
        ("POST", "/v1/orders?x=2", BODY, SECRET),
        ("POST", "/v1/orders", BODY, SECRET),
        ("POST", "/v1/orders?x=1", BODY + b" ", SECRET),
        ("POST", "/v1/orders?x=1", BODY, "another"),
    ],
)
def test_whatever_differs_breaks_it(method: str, target: str, body: bytes, secret: str) -> None:
    assert judge(secret, signed(), method, target, body, NOW_S) is Refused.WRONG


@pytest.mark.parametrize("off_s", [-60, 0, 60])
def test_a_clock_may_be_a_minute_off(off_s: int) -> None:
    assert judge(SECRET, signed(), "POST", "/v1/orders?x=1", BODY, NOW_S + off_s) is None


@pytest.mark.parametrize("off_s", [-61, 61])
def test_more_than_a_minute_is_stale(off_s: int) -> None:
    verdict = judge(SECRET, signed(), "POST", "/v1/orders?x=1", BODY, NOW_S + off_s)
    assert verdict is Refused.STALE


@pytest.mark.parametrize(
    "other",
    [
        {"timestamp": ""},
        {"timestamp": "-1760000000"},
        {"timestamp": "1760000000.0"},
        {"timestamp": "１７６０００００００"},
        {"timestamp": "9" * 40},
        {"nonce": ""},
        {"nonce": "short"},
        {"nonce": "with a space"},
        {"nonce": "x" * 65},
    ],
)
def test_a_malformed_header_is_named_so(other: dict[str, str]) -> None:
    verdict = judge(SECRET, signed(**other), "POST", "/v1/orders?x=1", BODY, NOW_S)
    assert verdict is Refused.MALFORMED


@pytest.mark.parametrize("signature", ["", "v1=", "v1=00", "é", "\ud800"])
def test_any_other_signature_is_wrong(signature: str) -> None:
    forged = signed(signature=signature)
    assert judge(SECRET, forged, "POST", "/v1/orders?x=1", BODY, NOW_S) is Refused.WRONG


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="empty secret"):
        judge("", signed(), "POST", "/v1/orders?x=1", BODY, NOW_S)


VECTOR = "0cfa0462b5156cd710b30e826408334209a771fd840c19d548f4f84019e41628"
