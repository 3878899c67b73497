"""What may differ from one installation of delivery to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pydantic import TypeAdapter

from shared.runtime.limits import read_limits

from .api import Patience
from .domain import Limits, Routes

PREFIX: Final = "KAMENG_DELIVERY"
DEFAULT_ROUTES: Final = Path(__file__).with_name("suppliers.json")


@dataclass(frozen=True)
class Settings:
    """Read once, at the start."""

    limits: Limits
    patience: Patience
    routes: Routes

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """``KAMENG_DELIVERY_REVEALS_PER_HOUR_MAX`` and its like; raises BadEnvironment.

        ``KAMENG_DELIVERY_SUPPLIERS`` names another file of routes than the one beside this; raises
        OSError or ValueError where it cannot be read.
        """
        path = Path(environment.get("KAMENG_DELIVERY_SUPPLIERS", DEFAULT_ROUTES))
        return cls(
            read_limits(Limits, PREFIX, environment),
            read_limits(Patience, PREFIX, environment),
            read_routes(path.read_bytes()),
        )


def read_routes(text: bytes) -> Routes:
    """The routes in a file of JSON; raises ValueError."""
    return TypeAdapter(Routes).validate_json(text)
