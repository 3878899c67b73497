"""Tables that people upload and download: any file is read whole and unchanged, or refused. Pure.

Lines end in LF or CRLF and in nothing else. A record of CSV (RFC 4180) may have line breaks in
quoted fields; how long it may be is known before it is taken apart.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

LINE_END: Final = re.compile(r"\r?\n")
RECORD_CHARS_MAX: Final = 20_000
"""Characters in one record, its commas too: a record of a million columns is never made."""
ENCODINGS: Final = {
    "utf-8": "utf-8-sig", "utf8": "utf-8-sig", "utf-16": "utf-16", "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030",
}  # fmt: skip
"""What `charset=` may say. Nothing is guessed: bytes of one encoding are often valid in another."""
UTF_16_MARKS: Final = frozenset({b"\xff\xfe", b"\xfe\xff"})
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet runs what begins with one of them."""
CELL_CHARS_MAX: Final = 32_000
"""Spreadsheets take no longer cell."""


class BadFile(Exception):
    """The file as a whole cannot be read; nothing of it is taken."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code, self.line = code, line


class Record(NamedTuple):
    """One record of a CSV."""

    number: int
    """The line it begins on, from 1."""
    fields: list[str]


def text_of(body: bytes, charset: str = "") -> str:
    """The text: as `charset` says, else UTF-8, or UTF-16 where a byte-order mark says so."""
    encoding = "utf-16" if body[:2] in UTF_16_MARKS else "utf-8-sig"
    if charset:
        name = charset.strip().strip('"').lower().replace("_", "-")
        if name not in ENCODINGS:
            raise BadFile("BAD_ENCODING")
        encoding = ENCODINGS[name]
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadFile("BAD_ENCODING", body.count(b"\n", 0, error.start) + 1) from None


def records(text: str) -> Iterator[Record]:
    """Every record. Raises BadFile."""
    feed = _Feed(text)
    reader = csv.reader(feed, strict=True)
    begins = 1
    try:
        for fields in reader:
            yield Record(begins, fields)
            begins, feed.chars = reader.line_num + 1, 0
    except csv.Error:
        raise BadFile("BAD_CSV", reader.line_num) from None


class _Feed:
    """The lines for the reader, and how many characters the record in hand has by now."""

    def __init__(self, text: str) -> None:
        self._lines = iter(LINE_END.split(text))
        self._number = self.chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._number += 1
        self.chars += len(line) + 1
        if self.chars > RECORD_CHARS_MAX:
            raise BadFile("RECORD_TOO_LONG", self._number)
        return line + "\n"


def cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: it is shown, with an apostrophe before it."""
    short = value if len(value) <= CELL_CHARS_MAX else value[:CELL_CHARS_MAX]
    return f"'{short}" if short.lstrip(" \u3000").startswith(FORMULA_STARTS) else short


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV with CRLF; text is neutralised, numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([cell(each) if isinstance(each, str) else each for each in r] for r in rows)
    return out.getvalue()
