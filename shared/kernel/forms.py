"""What a buyer must say for a top-up, checked before anybody pays (BAD_TARGET_ACCOUNT). Pure."""

import json
from collections.abc import Mapping
from typing import Final

from shared.contracts.catalog import Field, Form

from .ids import derive

FIELDS_MAX: Final = 8
"""Fields of one form."""
LENGTH_MAX: Final = 64
"""Characters of one field."""
SPACERS: Final = str.maketrans("", "", " -\u00a0\u3000\u2011\u2013")
"""What people put between the digits of a number."""
FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width forms of ! to ~, as a Chinese input method types them."""

Target = dict[str, str]
"""By the field's name, in the form's order."""


def form_id(form: Form) -> str:
    """What names exactly these fields with exactly these rules; a rule not used leaves no trace."""
    return derive("form", form.model_dump_json(exclude_defaults=True))


def fitted(form: Form, said: str | Mapping[str, str]) -> Target | None:
    """The target as it is told to a supplier; None where the form is not filled in as it asks.

    A text holds the fields in the form's order with white space between them, as in a file; of a
    form with one field the whole text is that field.
    """
    spoken = _by_name(form, said) if isinstance(said, str) else dict(said)
    if spoken is None or set(spoken) != {field.name for field in form.fields}:
        return None
    target = {field.name: _plain(field, spoken[field.name]) for field in form.fields}
    return target if all(_fits(field, target[field.name]) for field in form.fields) else None


def written(target: Target) -> str:
    """The one way to write a target: what is sealed, and what is compared."""
    return json.dumps(target, ensure_ascii=False, separators=(",", ":"))


def flawed(form: Form) -> bool:
    """Whether no buyer could ever fill it in, or nobody could tell its fields apart."""
    names = [field.name for field in form.fields]
    if not 1 <= len(names) <= FIELDS_MAX or len(set(names)) < len(names):
        return True
    return any(map(_flawed, form.fields))


def _flawed(field: Field) -> bool:
    lengths = 1 <= field.length_min <= field.length_max <= LENGTH_MAX
    choices = (*field.options, *field.prefixes)
    return not field.name or not lengths or not all(choices) or not _possible(field)


def _possible(field: Field) -> bool:
    return not field.options or all(_fits(field, option) for option in field.options)


def _by_name(form: Form, said: str) -> Target | None:
    names = [field.name for field in form.fields]
    parts = [said] if len(names) == 1 else said.split()
    return dict(zip(names, parts, strict=True)) if len(parts) == len(names) else None


def _plain(field: Field, said: str) -> str:
    text = said.translate(FULL_WIDTH).strip()
    return text.translate(SPACERS) if field.letters == "digits" else text


def _fits(field: Field, value: str) -> bool:
    if not field.length_min <= len(value) <= field.length_max or not _lettered(field, value):
        return False
    if field.options and value not in field.options:
        return False
    return not field.prefixes or value.startswith(field.prefixes)


def _lettered(field: Field, value: str) -> bool:
    match field.letters:
        case "digits":
            return value.isascii() and value.isdigit()
        case "plain":
            return value.isascii() and value.isalnum()
        case "any":
            return value.isprintable()
