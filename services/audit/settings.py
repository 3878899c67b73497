"""What may differ from one installation of audit to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from .examination import Pace


@dataclass(frozen=True)
class Settings:
    """Read once, at the start."""

    pace: Pace

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """``KAMENG_AUDIT_CHECKPOINT_MS`` and its like set another pace than the default.

        Raises ValueError where one is not a whole number above 0.
        """
        found = {
            field.name: environment[name]
            for field in fields(Pace)
            if (name := f"KAMENG_AUDIT_{field.name.upper()}") in environment
        }
        return cls(Pace(**{name: _positive(name, text) for name, text in found.items()}))


def _positive(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"{name} is {text!r}: a whole number above 0 is wanted")
    return int(text)
