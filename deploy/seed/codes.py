"""Fictional card codes in each product's own shape, the same whenever they are made."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

DIGITS: Final = "0123456789"
CAPITALS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the letters and digits that are taken for one another."""

SHAPES: Final = {
    "jcard": "################ ################",
    "steam": "?????-?????-?????",
    "cmcc-card": "################# ##################",
    "office": "?????-?????-?????-?????-?????",
    "video": "??????????????",
}
"""By product: `#` is a digit, `?` a letter or digit; a number and its secret on one line."""

STREAM_BYTES: Final = 64
"""More than the longest shape has places."""


def codes(sku: str, codes_count: int, seed: str = "sample", first: int = 0) -> Iterator[str]:
    """Codes number ``first`` and on of this SKU; raises ValueError where it is sold as no card."""
    shape = SHAPES.get(sku.rpartition("-")[0])
    if shape is None:
        raise ValueError(f"{sku} has no codes: it is not sold as a card of the sample catalogue")
    for number in range(first, first + codes_count):
        yield _code(shape, f"{seed}/{sku}/{number}")


def _code(shape: str, name: str) -> str:
    drawn = int.from_bytes(
        b"".join(sha256(f"{name}/{half}".encode()).digest() for half in range(STREAM_BYTES // 32))
    )
    written = []
    for place in shape:
        alphabet = {"#": DIGITS, "?": CAPITALS}.get(place)
        if alphabet is None:
            written.append(place)
        else:
            drawn, index = divmod(drawn, len(alphabet))
            written.append(alphabet[index])
    return "".join(written)
