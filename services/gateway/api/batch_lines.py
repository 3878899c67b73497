"""A batch, read line by line: what is wrong with a line is said of that line alone. Pure.

CSV needs a header. `unit_price` is what the shop shows, in yuan ("47.50"); `unit_price_minor` is
the same in 分. Of a form with several fields each has a column: `target.uid`, `target.server`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from pydantic import ValidationError

from shared.security.fingerprints import FULL_WIDTH

from .problems import field_error
from .shapes import BatchLine, NewBatch
from .tabular import BadFile, records, text_of

LINES_MAX: Final = 10_000
COLUMNS_MAX: Final = 40
REFERENCE_LENGTH_MAX: Final = 200
DIGITS: Final = re.compile(r"\d{1,12}", re.ASCII)
YUAN: Final = re.compile(r"(\d{1,8})(?:\.(\d{1,2}))?", re.ASCII)
TARGET: Final = "target"
NAMES: Final[Mapping[str, str]] = {
    "商品编码": "sku", "编码": "sku", "数量": "quantity", "单价": "unit_price",
    "充值账号": TARGET, "备注": "reference", "ref": "reference",
}  # fmt: skip
"""Column names in Chinese, and what they stand for."""
NEEDED: Final = ("sku", "quantity")
PRICES: Final = ("unit_price", "unit_price_minor")
COLUMNS: Final = frozenset({*NEEDED, *PRICES, TARGET, "reference"})


class Read(NamedTuple):
    """One line: what it asks for, or what is wrong with it."""

    number: int
    """CSV: the line it begins on, from 1. JSON: its place among the lines, from 1."""
    reference: str
    wanted: BatchLine | None
    code: str = ""
    pointer: str = ""
    """Which field is wrong."""
    raw: bytes = b""
    """Of a line that is wrong: what it said, so that a corrected file is another one."""


class Batch(NamedTuple):
    """A file as a whole."""

    words: NewBatch
    """What holds for all its lines; the lines themselves are left out."""
    lines: list[Read]


def read_csv(body: bytes, words: NewBatch, charset: str = "") -> Batch:
    """Every line of a CSV. Raises BadFile."""
    rows = records(text_of(body, charset))
    first = next(rows, None)
    if first is None:
        raise BadFile("EMPTY_BATCH")
    names = _header(first.fields)
    lines: list[Read] = []
    for number, fields in rows:
        if not any(each.strip() for each in fields):
            continue
        if len(lines) >= LINES_MAX:
            raise BadFile("TOO_MANY_LINES")
        lines.append(_of_record(number, names, fields))
    return Batch(words, _some(lines))


def read_json(body: bytes) -> Batch:
    """Every line of a JSON body. Raises BadFile, and pydantic's ValidationError of the whole."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadFile("BAD_JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("lines"), list):
        raise BadFile("BAD_JSON")
    lines = found.pop("lines")
    if len(lines) > LINES_MAX:
        raise BadFile("TOO_MANY_LINES")
    words = NewBatch.model_validate(found)
    return Batch(words, _some([_of_json(*each) for each in enumerate(lines, start=1)]))


def canonical(batch: Batch) -> bytes:
    """What a batch asks for, the same for the same lines however the file was written."""
    return b"\n".join([batch.words.model_dump_json().encode(), *map(said, batch.lines)])


def said(read: Read) -> bytes:
    """What one line asks for."""
    return read.wanted.model_dump_json().encode() if read.wanted else read.raw


def _some(lines: list[Read]) -> list[Read]:
    if not lines:
        raise BadFile("EMPTY_BATCH")
    return lines


def _header(fields: list[str]) -> list[str]:
    trimmed = [each.strip().casefold() for each in fields]
    names = [NAMES.get(name, name) for name in trimmed]
    known = all(name in COLUMNS or name.startswith(f"{TARGET}.") for name in names if name)
    enough = all(name in names for name in NEEDED) and any(name in names for name in PRICES)
    distinct = len({name for name in names if name}) == sum(1 for name in names if name)
    if len(names) > COLUMNS_MAX or not (known and enough and distinct):
        raise BadFile("BAD_COLUMNS", 1)
    return names


def _of_record(number: int, names: list[str], fields: list[str]) -> Read:
    raw = msgspec.json.encode(fields)
    if any(each.strip() for each in fields[len(names) :]):
        return Read(number, "", None, "BAD_COLUMNS", raw=raw)
    cells = {name: text.strip() for name, text in zip(names, fields, strict=False) if name}
    reference = _told(cells.get("reference", ""))
    quantity = _digits(cells.get("quantity", ""))
    if quantity is None:
        return Read(number, reference, None, "BAD_QUANTITY", "/quantity", raw)
    price = _price(cells)
    if price is None:
        return Read(number, reference, None, "BAD_PRICE", "/unit_price", raw)
    found: dict[str, Any] = {
        "sku": cells.get("sku", ""),
        "quantity": quantity,
        "unit_price": {"amount": price, "currency": "CNY"},
        "reference": cells.get("reference", "")[:REFERENCE_LENGTH_MAX],
    }
    if target := _target(cells):
        found["target"] = target
    return _checked(number, reference, found)


def _of_json(number: int, found: Any) -> Read:
    said = found.get("reference") if isinstance(found, dict) else None
    reference = _told(said) if isinstance(said, str) else ""
    return _checked(number, reference, found)


def _checked(number: int, reference: str, found: Any) -> Read:
    try:
        return Read(number, reference, BatchLine.model_validate(found))
    except ValidationError as error:
        pointer = str(field_error(error.errors()[0])["pointer"])
        return Read(number, reference, None, "BAD_REQUEST", pointer, msgspec.json.encode(found))


def _told(reference: str) -> str:
    """As it comes back with the result of a line that is wrong, and can be kept until then."""
    return reference[:REFERENCE_LENGTH_MAX].replace("\x00", "")


def _price(cells: Mapping[str, str]) -> int | None:
    """Minor units; both columns may be filled in if they say the same."""
    minor = cells.get("unit_price_minor", "")
    shown = _plain(cells.get("unit_price", "")).removeprefix("¥").strip()
    found = {_digits(minor)} if minor else set[int | None]()
    if shown:
        yuan = YUAN.fullmatch(shown)
        found.add(int(yuan[1]) * 100 + int((yuan[2] or "").ljust(2, "0")) if yuan else None)
    return found.pop() if len(found) == 1 else None


def _target(cells: Mapping[str, str]) -> str | dict[str, str]:
    parts = {
        name.partition(".")[2]: text
        for name, text in cells.items()
        if name.startswith(f"{TARGET}.") and text
    }
    return parts or cells.get(TARGET, "")


def _digits(text: str) -> int | None:
    plain = _plain(text).strip()
    return int(plain) if DIGITS.fullmatch(plain) else None


def _plain(text: str) -> str:
    """Numbers typed with a Chinese input method are the same numbers."""
    return text.translate(FULL_WIDTH).replace("￥", "¥")
