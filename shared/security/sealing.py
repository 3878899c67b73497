"""A card sealed at the door, so that delivery alone can open it.

The text is `v1.` and base64url (no padding) of: ephemeral public key (32 bytes), nonce (12), the
data key under the wrapping key (48), the code under the data key (its length + 16).

wrapping key = HKDF-SHA256(X25519(ephemeral, delivery), salt = both public keys). Both layers are
AES-256-GCM with the card's id and SKU as associated data. A data key encrypts one code, so its
nonce is all zeros; the wrapping key's nonce is random.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION: Final = "v1."
PUBLIC_BYTES: Final = 32
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
WRAPPED_BYTES: Final = KEY_BYTES + 16
ONCE: Final = bytes(NONCE_BYTES)
"""The nonce of a key that is used once."""
CARDS_MAX: Final = 2**32
"""Cards under one ephemeral key: random nonces stay unique far beyond any import."""


class NotOurs(ValueError):
    """The text is not a card sealed to this key, for this card and SKU."""


class Sealer:
    """Seals cards to one public key, under one ephemeral key: make a new one for each import.

    The ephemeral private key is forgotten at once; what stays in memory until the import ends is
    the wrapping key. Every card has its own data key and its own nonce, as HPKE's contexts have.
    """

    def __init__(self, public_key: bytes) -> None:
        ephemeral = X25519PrivateKey.generate()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key))
        self._public = ephemeral.public_key().public_bytes_raw()
        self._wrapping = _wrapping(shared, self._public, public_key)
        self._left = CARDS_MAX

    def seal(self, code: str, card_id: str, sku: str) -> str:
        """The sealed text of one card; to be opened with the same card id and SKU only."""
        assert self._left > 0, "one ephemeral key has sealed all it may"
        self._left -= 1
        bound = _bound(card_id, sku)
        fresh = os.urandom(KEY_BYTES + NONCE_BYTES)
        data_key, nonce = fresh[:KEY_BYTES], fresh[KEY_BYTES:]
        wrapped = self._wrapping.encrypt(nonce, data_key, bound)
        body = AESGCM(data_key).encrypt(ONCE, code.encode(), bound)
        whole = self._public + nonce + wrapped + body
        return VERSION + urlsafe_b64encode(whole).rstrip(b"=").decode()


def seal(public_key: bytes, code: str, card_id: str, sku: str) -> str:
    """One card, sealed under an ephemeral key of its own."""
    return Sealer(public_key).seal(code, card_id, sku)


def unseal(private_key: bytes, sealed: str, card_id: str, sku: str) -> str:
    """The code of a sealed card; raises NotOurs, which says nothing of what it found."""
    try:
        public, nonce, wrapped, body = _parts(sealed)
        private = X25519PrivateKey.from_private_bytes(private_key)
        shared = private.exchange(X25519PublicKey.from_public_bytes(public))
        wrapping = _wrapping(shared, public, private.public_key().public_bytes_raw())
        bound = _bound(card_id, sku)
        data_key = wrapping.decrypt(nonce, wrapped, bound)
        return AESGCM(data_key).decrypt(ONCE, body, bound).decode()
    except (InvalidTag, ValueError):
        raise NotOurs("not a card sealed to this key for this card id and SKU") from None


def _parts(sealed: str) -> tuple[bytes, bytes, bytes, bytes]:
    if not sealed.startswith(VERSION):
        raise ValueError
    text = sealed[len(VERSION) :]
    whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    ends = (PUBLIC_BYTES, PUBLIC_BYTES + NONCE_BYTES, PUBLIC_BYTES + NONCE_BYTES + WRAPPED_BYTES)
    return whole[: ends[0]], whole[ends[0] : ends[1]], whole[ends[1] : ends[2]], whole[ends[2] :]


def _wrapping(shared: bytes, ephemeral: bytes, recipient: bytes) -> AESGCM:
    derived = HKDF(SHA256(), KEY_BYTES, salt=ephemeral + recipient, info=b"kameng card v1")
    return AESGCM(derived.derive(shared))


def _bound(card_id: str, sku: str) -> bytes:
    """Associated data that no other pair of card id and SKU gives."""
    card = card_id.encode()
    return len(card).to_bytes(2, "big") + card + sku.encode()
