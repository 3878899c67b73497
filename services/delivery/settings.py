"""What of delivery can be set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Limits of the door."""

    answer_ms_max: int = 5_000
    """How long a caller waits for its reveal to be on the log."""
    poll_ms: int = 20
    """Pause between two looks for it."""
    connections_max: int = 4
    """To PostgreSQL."""
