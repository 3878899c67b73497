"""The same card is the same card however it was typed, and is delivered as it was typed."""

import pytest

from shared.security.fingerprints import card_fingerprint, cleaned, fingerprint

KEY = bytes(32)
PLAIN = "XXXX1-YYYY2 1234"


@pytest.mark.parametrize(
    "line",
    [
        PLAIN,
        f"  {PLAIN}\t",
        f"\ufeff{PLAIN}\r\n",
        f"\u3000{PLAIN}\u3000",
        "ＸＸＸＸ１－ＹＹＹＹ２ １２３４",
        "XXXX1-YYYY2\t1234",
        "XXXX1-YYYY2   1234",
        "XXXX1-YY\u200bYY2 1234",
    ],
)
def test_the_same_card_is_known_in_other_clothes(line: str) -> None:
    assert card_fingerprint(KEY, line) == card_fingerprint(KEY, PLAIN)


@pytest.mark.parametrize(
    "line", ["xxxx1-YYYY2 1234", "XXXX1YYYY2 1234", "XXXX1-YYYY21234", "XXXX1-YYYY2 123"]
)
def test_another_card_is_never_taken_for_this_one(line: str) -> None:
    assert card_fingerprint(KEY, line) != card_fingerprint(KEY, PLAIN)


@pytest.mark.parametrize(
    ("line", "delivered"),
    [
        ("\ufeff ABC\r\n", "ABC"),
        (" \ufeff\u200b ABC \u200b\t", "ABC"),
        ("ＡＢＣ １２", "ＡＢＣ １２"),
        ("a%0Ab", "a%0Ab"),
        ("a\tb", "a\tb"),
        ('"quoted"', '"quoted"'),
        ("https://x.example/?a=1&b=２ 提取码：ab12", "https://x.example/?a=1&b=２ 提取码：ab12"),
    ],
)
def test_what_is_delivered_is_the_line_without_its_edges(line: str, delivered: str) -> None:
    assert cleaned(line) == delivered


def test_kinds_and_keys_keep_fingerprints_apart() -> None:
    assert fingerprint(KEY, "card", "1") != fingerprint(KEY, "phone", "1")
    assert fingerprint(KEY, "card", "1") != fingerprint(b"\x01" * 32, "card", "1")
