"""A company's unified social credit code (GB 32100-2015): 18 characters, the last one a check."""

from typing import Final

LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: no I, O, S, V, Z."""
LENGTH: Final = 18


def is_credit_code(text: str) -> bool:
    """Whether its letters are of the alphabet and the last one fits the others."""
    if len(text) != LENGTH or any(letter not in LETTERS for letter in text):
        return False
    return text[-1] == check_letter(text[:-1])


def check_letter(body: str) -> str:
    """The letter that completes 17 of the alphabet: each weighs 3 to the power of its place."""
    total = sum([LETTERS.index(letter) * pow(3, n, 31) for n, letter in enumerate(body)])
    return LETTERS[-total % 31]
