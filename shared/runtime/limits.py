"""Limits that an installation may set: a dataclass of whole numbers, each from its own variable."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from .environment import BadEnvironment

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

L = TypeVar("L", bound="DataclassInstance")


def read_limits(limits: type[L], prefix: str, given: Mapping[str, str]) -> L:
    """`<PREFIX>_<FIELD>` sets another limit than the default, from 1 up; raises BadEnvironment."""
    set_by = {field.name: f"{prefix}_{field.name.upper()}" for field in fields(limits)}
    found = {name: given[variable] for name, variable in set_by.items() if variable in given}
    for name, text in found.items():
        if not text.isdecimal() or int(text) == 0:
            raise BadEnvironment(f"{set_by[name]}={text!r} is not a whole number above 0.")
    return limits(**{name: int(text) for name, text in found.items()})
