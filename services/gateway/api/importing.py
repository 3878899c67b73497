"""An import of cards, read line by line: nothing is split, cut or changed inside a code. Pure.

What may be changed in a code is said in shared/security/fingerprints.py. Plain text holds one
card a line; lines end in LF or CRLF and in nothing else (a vertical tab, a line separator, `%0A`
or a lone CR is no end of a line). In CSV (RFC 4180) a record is a card, its fields joined by one
space; a quoted field may hold line breaks, and a first record of known column names is no card.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from shared.security.fingerprints import FULL_WIDTH, cleaned

from .tabular import LINE_END, BadFile, records, text_of

LINES_MAX: Final = 100_000
CODE_LENGTH_MAX: Final = 1_000
SHOWN_ENDS: Final = 4
"""Characters of a code that a preview shows at either end."""
CONTROL: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
"""Unicode categories: control characters, line and paragraph separators, lone surrogates."""
REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make a code look like another one."""
COLUMNS: Final = frozenset({
    "code", "card", "number", "secret", "pin", "account", "password", "url", "extract_code",
    "卡密", "卡号", "密码", "卡密码", "账号", "链接", "提取码",
})  # fmt: skip

Format = Literal["text/plain", "text/csv"]
LineCode = Literal["TOO_LONG", "CONTROL_CHARACTER", "DUPLICATE_IN_FILE"]
Note = Literal["FULL_WIDTH_KEPT", "TAB_KEPT", "PERCENT_0A_KEPT", "LINE_BREAK_KEPT"]


class Line(NamedTuple):
    """One card of an import."""

    number: int
    """The line it begins on, from 1."""
    code: str


def read_lines(body: bytes, kind: Format, charset: str = "") -> list[Line]:
    """Every line that holds something. Raises BadFile."""
    text = text_of(body, charset)
    found: list[Line] = []
    for line in _records(text) if kind == "text/csv" else _plain(text):
        if line.code:
            found.append(line)
            if len(found) > LINES_MAX:
                raise BadFile("TOO_MANY_LINES")
    if not found:
        raise BadFile("EMPTY_IMPORT")
    return found


def objection(code: str, kind: Format) -> LineCode | None:
    """What is wrong with a code by itself."""
    if len(code) > CODE_LENGTH_MAX:
        return "TOO_LONG"
    if code.isascii() and code.isprintable():
        return None
    allowed = "\t\n" if kind == "text/csv" else "\t"
    for letter in code:
        bad = unicodedata.category(letter) in CONTROL or letter in REORDERING
        if bad and letter not in allowed:
            return "CONTROL_CHARACTER"
    return None


def masked(code: str) -> str:
    """The code as a preview shows it: both ends, and how long it is."""
    if len(code) <= 2 * SHOWN_ENDS:
        return "•" * len(code)
    return f"{code[:SHOWN_ENDS]}••{code[-SHOWN_ENDS:]}"


def notes(line: Line) -> list[Note]:
    """What an eye would stumble over, and what became of it: all of it stays in the code."""
    found: list[Note] = []
    if any(ord(letter) in FULL_WIDTH for letter in line.code):
        found.append("FULL_WIDTH_KEPT")
    if "\t" in line.code:
        found.append("TAB_KEPT")
    if "%0a" in line.code.lower():
        found.append("PERCENT_0A_KEPT")
    if "\n" in line.code:
        found.append("LINE_BREAK_KEPT")
    return found


def _plain(text: str) -> Iterator[Line]:
    for number, line in enumerate(LINE_END.split(text), start=1):
        yield Line(number, cleaned(line))


def _records(text: str) -> Iterator[Line]:
    for number, fields in records(text):
        trimmed = [cleaned(each) for each in fields]
        if not (number == 1 and _is_header(trimmed)):
            yield Line(number, " ".join(part for part in trimmed if part))


def _is_header(fields: list[str]) -> bool:
    return bool(fields) and all(each.casefold() in COLUMNS for each in fields)
