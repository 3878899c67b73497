"""Ids that follow from what they are for, so that a repeat finds the same thing again."""

from hashlib import sha1
from uuid import UUID

KAMENG = UUID("5f0c9b0e-3d0a-5e55-9a3c-6b616d656e67")
VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
"""RFC 9562's two fixed bits, in the digit that holds them."""
_NAMESPACE = sha1(KAMENG.bytes, usedforsecurity=False)


def derive(*parts: str) -> str:
    """The UUIDv5 of ``parts``: the same parts give the same id, on any machine, for ever.

    Parts are joined by a byte that no id contains, so ("a", "bc") and ("ab", "c") differ. It is
    uuid.uuid5(KAMENG, …) at half its cost, and a test says so.
    """
    digest = _NAMESPACE.copy()
    digest.update("\x1f".join(parts).encode())
    text = digest.hexdigest()
    variant = VARIANTS[text[16]]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


def order_id(account_id: str, idempotency_key: str) -> str:
    """The order that this account's key stands for."""
    return derive("order", account_id, idempotency_key)


def reservation_id(order_id: str, line: int) -> str:
    """The one reservation of an order's line."""
    return derive("reservation", order_id, str(line))


AGAIN = "again-"
"""What the reservation of a replacement begins with: no line of an order has such a one."""


def replacement_id(dispute_id: str) -> str:
    """The one reservation of what is given in place of a disputed line's cards."""
    return AGAIN + derive("replacement", dispute_id)


def is_replacement(reservation_id: str) -> bool:
    """Whether it is not an order's own."""
    return reservation_id.startswith(AGAIN)


def payment_id(order_id: str) -> str:
    """The one payment of an order."""
    return derive("payment", order_id)


def card_id(fingerprint: bytes) -> str:
    """The card with this keyed fingerprint, under whatever SKU and in whichever import."""
    return derive("card", fingerprint.hex())


def seat_ids(card_id: str, seats: int) -> list[str]:
    """The seats of a shared account: each is a card, and the first is the account itself."""
    return [card_id, *(derive("seat", card_id, str(seat)) for seat in range(2, seats + 1))]


def request_id(who: str, idempotency_key: str) -> str:
    """One request of one person: what they send again with the same key is the same request."""
    return derive("request", who, idempotency_key)
