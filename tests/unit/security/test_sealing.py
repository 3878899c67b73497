"""Cards: sealed by anyone who has the public key, opened by delivery alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from shared.security.sealing import NotOurs, Sealer, seal, unseal

PRIVATE = bytes(range(32))
PUBLIC = X25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
CODE = "1234567890123456 6543210987654321"


@given(code=some.text(), card_id=some.text(max_size=40), sku=some.text(max_size=40))
def test_what_was_sealed_is_what_is_opened(code: str, card_id: str, sku: str) -> None:
    assert unseal(PRIVATE, seal(PUBLIC, code, card_id, sku), card_id, sku) == code


def test_a_card_opens_under_its_own_id_and_sku_only() -> None:
    sealed = seal(PUBLIC, CODE, "card-1", "sku-1")
    for card_id, sku in (("card-2", "sku-1"), ("card-1", "sku-2"), ("card-1s", "ku-1")):
        with pytest.raises(NotOurs):
            unseal(PRIVATE, sealed, card_id, sku)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotOurs):
        unseal(bytes(31) + b"\x01", seal(PUBLIC, CODE, "card", "sku"), "card", "sku")


def test_a_changed_character_anywhere_is_noticed() -> None:
    sealed = seal(PUBLIC, CODE, "card", "sku")
    for at in range(len(sealed) - 1):  # the last one holds bits that base64 does not use
        other = "A" if sealed[at] != "A" else "B"
        with pytest.raises(NotOurs):
            unseal(PRIVATE, sealed[:at] + other + sealed[at + 1 :], "card", "sku")


@pytest.mark.parametrize("text", ["", "v1.", "v2.AAAA", "v1.AAAA", "v1.!!!", "plain code"])
def test_what_is_no_sealed_card_is_refused_without_a_word_of_it(text: str) -> None:
    with pytest.raises(NotOurs) as refused:
        unseal(PRIVATE, text, "card", "sku")
    assert "plain" not in str(refused.value)


def test_an_import_shares_an_ephemeral_key_and_nothing_else() -> None:
    sealer = Sealer(PUBLIC)
    once, twice = sealer.seal(CODE, "card", "sku"), sealer.seal(CODE, "card", "sku")
    assert once[:40] == twice[:40]
    assert once[50:] != twice[50:]
    assert {unseal(PRIVATE, text, "card", "sku") for text in (once, twice)} == {CODE}


def test_the_code_is_nowhere_in_the_sealed_text() -> None:
    assert CODE not in seal(PUBLIC, CODE, "card", "sku")
