"""What may differ from one installation of orders to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from .domain import Limits


@dataclass(frozen=True)
class Settings:
    """Read once, at the start."""

    limits: Limits

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> "Settings":
        """``KAMENG_ORDERS_PAYMENT_MS`` and its like set another limit than the default.

        Raises ValueError where one is not a whole number above 0.
        """
        found = {
            limit.name: environment[name]
            for limit in fields(Limits)
            if (name := f"KAMENG_ORDERS_{limit.name.upper()}") in environment
        }
        return cls(Limits(**{name: _positive(name, text) for name, text in found.items()}))


def _positive(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"{name} is {text!r}: a whole number above 0 is wanted")
    return int(text)
