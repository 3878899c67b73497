"""What may differ from one installation of risk to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .scoring import RuleSet, read

DEFAULT_RULES: Final = Path(__file__).with_name("rules.json")


@dataclass(frozen=True)
class Settings:
    """Read once, at the start."""

    rules: RuleSet

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> "Settings":
        """``KAMENG_RISK_RULES`` names another file than the one beside this.

        Raises OSError or ValueError: a risk without its rules does not start.
        """
        path = Path(environment.get("KAMENG_RISK_RULES", DEFAULT_RULES))
        return cls(rules=read(path.read_bytes()))
