"""An import of cards, read line by line: nothing is split, cut or changed inside a code. Pure.

What may be changed in a code is said in shared/security/fingerprints.py. Plain text holds one
card a line; lines end in LF or CRLF and in nothing else (a vertical tab, a line separator, `%0A`
or a lone CR is no end of a line). In CSV (RFC 4180) a record is a card, its fields joined by one
space; a quoted field may hold line breaks, and a first record of known column names is no card.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from shared.security.fingerprints import cleaned

LINES_MAX: Final = 100_000
CODE_LENGTH_MAX: Final = 1_000
LINE_END: Final = re.compile(r"\r?\n")
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


class Line(NamedTuple):
    """One card of an import."""

    number: int
    """The line it begins on, from 1."""
    code: str


class BadFile(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code, self.line = code, line


def read_lines(body: bytes, kind: Format) -> list[Line]:
    """Every line that holds something. Raises BadFile."""
    text = _text(body)
    lines = _records(text) if kind == "text/csv" else _plain(text)
    found = [line for line in lines if line.code]
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


def _text(body: bytes) -> str:
    """The text: UTF-8, or UTF-16 where a byte-order mark says so. Guessing would corrupt codes."""
    encoding = "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile("BAD_ENCODING", body.count(b"\n", 0, error.start) + 1) from None


def _plain(text: str) -> Iterator[Line]:
    for number, line in enumerate(LINE_END.split(text), start=1):
        yield Line(number, cleaned(line))


def _records(text: str) -> Iterator[Line]:
    reader = csv.reader((part + "\n" for part in LINE_END.split(text)), strict=True)
    begins = 1
    try:
        for fields in reader:
            trimmed = [cleaned(each) for each in fields]
            if not (begins == 1 and _is_header(trimmed)):
                yield Line(begins, " ".join(part for part in trimmed if part))
            begins = reader.line_num + 1
    except csv.Error:
        raise BadFile("BAD_CSV", reader.line_num) from None


def _is_header(fields: list[str]) -> bool:
    return bool(fields) and all(each.casefold() in COLUMNS for each in fields)
