"""What an installation may set of payments: its limits, and who we are at each channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Whole numbers, each from its own variable."""

    grace_ms: int = 300_000
    """After a payment's deadline: for the channel to say what became of it."""
    deposit_ms: int = 1_800_000
    """For a buyer to pay a deposit at its channel."""
    ask_pause_ms_min: int = 5_000
    """Before a channel that does not know is asked again; doubled each time."""
    ask_pause_ms_max: int = 900_000
    """The longest of these pauses."""

    def pause_ms(self, calls: int) -> int:
        """The pause before the next call, after so many."""
        doublings = min(max(calls - 1, 0), self.ask_pause_ms_max.bit_length())
        return min(self.ask_pause_ms_min << doublings, self.ask_pause_ms_max)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a command needs to know to ask a channel for money."""

    merchants: Mapping[str, str] = field(default_factory=dict)
    """Our name at each channel; a channel that is not here cannot be paid at."""
    limits: Limits = field(default_factory=Limits)
