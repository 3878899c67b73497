"""What may differ from one installation of risk to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shared.runtime.limits import read_limits

from .domain import Limits
from .scoring import RuleSet, read

PREFIX: Final = "KAMENG_RISK"
DEFAULT_RULES: Final = Path(__file__).with_name("rules.json")


@dataclass(frozen=True)
class Settings:
    """Read once, at the start."""

    rules: RuleSet
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> "Settings":
        """``KAMENG_RISK_RULES`` names another file than the one beside this.

        ``KAMENG_RISK_HOLD_MS`` and its like set another limit. Raises OSError, ValueError or
        BadEnvironment: a risk without its rules does not start.
        """
        path = Path(environment.get("KAMENG_RISK_RULES", DEFAULT_RULES))
        return cls(read(path.read_bytes()), read_limits(Limits, PREFIX, environment))
