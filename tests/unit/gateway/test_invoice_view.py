"""Whom an invoice is for: a company has a code that checks, a person has none (E5)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.gateway.api.invoice_shapes import NewInvoice
from shared.kernel.credit_code import LETTERS, check_letter, is_credit_code

KNOWN = ("91350100M000100Y43", "91110000802100433B", "91440300708461136T")
"""Codes that registers show."""


@pytest.mark.parametrize("code", KNOWN)
def test_codes_of_the_registers_are_codes(code: str) -> None:
    assert is_credit_code(code)


@given(
    body=st.text(LETTERS, min_size=17, max_size=17),
    at=st.integers(0, 17),
    letter=st.sampled_from(LETTERS),
)
def test_one_wrong_letter_is_always_noticed(body: str, at: int, letter: str) -> None:
    code = body + check_letter(body)
    assert is_credit_code(code)
    wrong = code[:at] + letter + code[at + 1 :]
    assert is_credit_code(wrong) is (wrong == code)


@pytest.mark.parametrize("text", ["", "1" * 17, "91350100M000100Y4I", "９1350100M000100Y43"])
def test_what_has_another_length_or_other_letters_is_none(text: str) -> None:
    assert not is_credit_code(text)


def wanted(**changes: Any) -> NewInvoice:
    words = {"kind": "company", "title": "某某科技", "tax_number": KNOWN[0], "email": "a@b.cn"}
    return NewInvoice(**{**words, **changes})


def test_a_company_has_its_code_and_a_person_none() -> None:
    assert wanted().fits
    assert not wanted(tax_number="").fits
    assert not wanted(tax_number=KNOWN[0][:-1] + "X").fits
    assert wanted(kind="personal", tax_number="").fits
    assert not wanted(kind="personal").fits


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"title": "  "}, {"email": "nobody"}, {"email": "a@b"}, {"amount": 0},
     {"kind": "other"}, {"title": "x" * 101}],
)  # fmt: skip
def test_what_cannot_be_an_invoice_is_refused_at_the_door(changes: Any) -> None:
    with pytest.raises(ValidationError):
        wanted(**changes)
