"""How Chinese names sound: whole in pinyin and in initials, as people type them. Pure."""

from collections.abc import Iterable
from typing import Final

SYLLABLES_MAX: Final = 40
"""Of one name: nobody types more to find it."""


def sounds_of(names: Iterable[str]) -> tuple[str, ...]:
    """For each name with Chinese in it: `yuanshen` and `ys` for 原神; what is not Chinese stays."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - 57 MB that only the views need

    found: dict[str, None] = {}
    for name in names:
        if not name.isascii():
            for style in (Style.NORMAL, Style.FIRST_LETTER):
                spoken = lazy_pinyin(name, style=style)[:SYLLABLES_MAX]
                found["".join(part.strip().casefold() for part in spoken)] = None
    return tuple(found)
