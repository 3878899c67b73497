"""An example of any message, made from its fields alone: the same one every time."""

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from shared.contracts.matrix import SERVICES
from shared.contracts.message import Message
from shared.contracts.registry import MESSAGES

NUMBERS_FROM = 3
PUBLISHED = {name: cls for name, cls in MESSAGES.items() if cls.owner in {*SERVICES, "shard"}}
"""The dictionary, without what other tests add to it for a service of their own."""


def example(cls: type[Message]) -> Message:
    """Every field filled, the optional ones too."""
    return cls.model_validate(_fields(cls))


def _fields(cls: type[BaseModel]) -> dict[str, Any]:
    return {
        name: _value(name, field.annotation, place)
        for place, (name, field) in enumerate(cls.model_fields.items())
    }


def _value(name: str, kind: Any, place: int) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return inner[0]
    if origin in {Union, UnionType}:
        return _value(name, next(one for one in inner if one is not NoneType), place)
    if origin is tuple:
        return (_value(name, inner[0], place),)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _fields(kind)
    return {str: f"{name}-{place}", int: NUMBERS_FROM + place, bool: True}[kind]
