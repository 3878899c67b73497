"""What may differ from one installation of inventory to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shared.runtime.limits import read_limits

from .domain import Limits


@dataclass(frozen=True)
class Settings:
    """Read once, at the start."""

    limits: Limits

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """``KAMENG_INVENTORY_LOW_STOCK`` and its like; raises BadEnvironment."""
        return cls(read_limits(Limits, "KAMENG_INVENTORY", environment))
