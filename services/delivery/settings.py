"""What may differ from one installation of delivery to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from shared.runtime.limits import read_limits

from .api import Patience
from .domain import Limits

PREFIX: Final = "KAMENG_DELIVERY"


@dataclass(frozen=True)
class Settings:
    """Read once, at the start."""

    limits: Limits
    patience: Patience

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """``KAMENG_DELIVERY_REVEALS_PER_HOUR_MAX`` and its like; raises BadEnvironment."""
        return cls(
            read_limits(Limits, PREFIX, environment), read_limits(Patience, PREFIX, environment)
        )
