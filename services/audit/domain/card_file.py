"""One card of the card book: in whose hands it is, and what was said of it first."""

from dataclasses import dataclass
from typing import Final

NOBODY, AVAILABLE, HELD, SOLD, WITHDRAWN = range(5)
"""In whose hands a card is; NOBODY before it has joined a stock."""
ENDS: Final = ("", "refused", "released", "sold")
"""How a reservation ended."""
BEFORE: Final = "by an earlier record"
"""Once a card is both claimed and received it no longer matters where that was said."""


@dataclass(slots=True)
class CardFile:
    """A card that is claimed or received, whichever was read first, and not yet both."""

    sku: str
    sealed: str
    time_ms: int
    """When the first of the two was written, Unix milliseconds."""
    claimed: str = ""
    """Where its claim lies."""
    received: str = ""
    """Where it joined its stock."""
    hands: int = NOBODY
