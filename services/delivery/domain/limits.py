"""What an installation may set of delivery; comes in with each command."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Whole numbers, each from its own variable."""

    reveals_per_hour_max: int = 600
    """Lines that one account is shown in one hour."""
    reveals_of_line_per_hour_max: int = 60
    """How often one line, and so each of its cards, is shown in one hour."""
    harvest_per_hour: int = 300
    """Lines shown to one account in one hour at which it is said that somebody harvests."""
    ask_pause_ms_min: int = 5_000
    """Before a supplier is asked what became of a request; doubled each time."""
    ask_pause_ms_max: int = 900_000
    """The longest of these pauses."""
    uncertain_ms_max: int = 96 * 3_600_000
    """From the first sending on; after that a person has to take it."""

    def pause_ms(self, asks: int) -> int:
        """The pause before the next time, after so many."""
        doublings = min(asks, self.ask_pause_ms_max.bit_length())
        return min(self.ask_pause_ms_min << doublings, self.ask_pause_ms_max)
