"""Aggregates as plain values that people can read and compare, without what is sealed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

HIDDEN: Final = frozenset({
    "sealed", "sealed_secret", "sealed_totp", "code_mac", "password_hash", "body_hash", "target",
})  # fmt: skip
"""Fields whose value is nobody's business: ciphertext, and what stands in for a secret."""
ABSENT: Final = "–"


def plain(value: Any) -> Any:
    """Structs as what they are called and their fields; hidden fields by their length alone."""
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return {"is": type(value).__name__, **plain(fields)}
    if isinstance(value, Mapping):
        return {
            str(name): hidden(each) if name in HIDDEN else plain(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return value


def hidden(value: Any) -> Any:
    """That it is there, and how long it is."""
    return f"({len(value)} hidden)" if isinstance(value, str | bytes) else value


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Field by field: `lines[0].state: 'held' → 'sold'`; values that plain() has made."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys((*one, *other)):
            inner = f"{path}.{name}" if path else name
            yield from differences(one.get(name, ABSENT), other.get(name, ABSENT), inner)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{path}[{number}]")
    elif one != other:
        yield f"{path or 'all of it'}: {one!r} → {other!r}"
