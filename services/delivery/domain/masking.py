"""A card's code as it may be shown to whoever has not asked to see it."""

from typing import Final

SHOWN_MAX: Final = 4
"""Characters at the end of a code that stay readable."""

SHOWN_PART: Final = 4
"""At most one in so many characters stays readable."""


def mask(code: str) -> str:
    """The code with all but its last few letters and digits as dots; what separates them stays.

    A code too short to spare any is dots alone.
    """
    spoken = [place for place, character in enumerate(code) if character.isalnum()]
    shown = min(SHOWN_MAX, len(spoken) // SHOWN_PART)
    hidden = set(spoken[: len(spoken) - shown])
    return "".join("•" if place in hidden else c for place, c in enumerate(code))
