"""When a fact was decided: all facts of a turn share the text, so each is read once."""

from functools import lru_cache
from typing import Final

from shared.contracts.envelope import unix_ms

MOMENTS_MAX: Final = 4_096
"""Texts remembered."""


@lru_cache(maxsize=MOMENTS_MAX)
def time_of(text: str) -> int:
    """Unix milliseconds of a `ce_time`."""
    return unix_ms(text)
