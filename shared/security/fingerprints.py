"""Keyed fingerprints: two values can be compared, and nobody without the key learns either.

What of a card code may be normalised, and for what:

- The code that is *delivered* is the line as it stood, without a byte-order mark and without the
  white space around it (`cleaned`). Nothing inside is touched: not full-width characters, tabs,
  `%0A`, quotes or case. A password or a link with a note may need every one of them.
- The code that is *compared* (`folded`) also has its full-width letters, digits and signs made
  plain (a code typed with a Chinese input method is the same card), every run of white space
  inside made one space, and characters of no width left out. Upper and lower case stay apart:
  passwords and extract codes differ by case. Separators stay: "1234 5678" and "12345 678" may be
  two pairs of number and secret.
"""

import hmac
import re
import unicodedata
from typing import Final

INVISIBLE: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
"""Byte-order mark, zero-width characters, soft hyphen."""
FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width forms of ! to ~."""
SPACES: Final = re.compile(r"\s+")
EDGES: Final = "\ufeff\u200b\u200c\u200d\u2060"


def cleaned(line: str) -> str:
    """A card code as it is delivered: without byte-order mark and white space around it."""
    before = None
    while before != line:
        before, line = line, line.strip().strip(EDGES)
    return line


def folded(code: str) -> str:
    """A card code as it is compared."""
    plain = unicodedata.normalize("NFC", code).translate(INVISIBLE).translate(FULL_WIDTH)
    return SPACES.sub(" ", plain).strip()


def card_fingerprint(key: bytes, code: str) -> bytes:
    """The fingerprint of a card code under the shop's key, 32 bytes."""
    return fingerprint(key, "card", folded(code))


def fingerprint(key: bytes, kind: str, value: str) -> bytes:
    """HMAC-SHA256 of a value of that kind (`card`, `phone`, …), 32 bytes."""
    return hmac.digest(key, f"{kind}\x1f{value}".encode(), "sha256")
