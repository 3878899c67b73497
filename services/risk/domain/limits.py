"""How long risk waits for whom."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Comes in with the command; what outlasts the command goes into its fact."""

    subjects_ms: int = 30_000
    """For the answers of an order's subjects; then a person looks at it."""
    verification_ms: int = 15 * 60_000
    """For the buyer to type a code."""
    code_ms: int = 5 * 60_000
    """For which one code can be used."""
    resend_ms: int = 60_000
    """From one code to the next."""
    hold_ms: int = 24 * 3_600_000
    """For a person to decide; then the order is refused."""
