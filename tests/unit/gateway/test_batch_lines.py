"""Batches: a hostile file is read line by line or refused by name; a bad line is alone (B7)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from services.gateway.api.batch_lines import (
    LINES_MAX,
    Read,
    canonical,
    read_csv,
    read_json,
    said,
)
from services.gateway.api.shapes import BatchLine, Money, NewBatch
from services.gateway.api.tabular import BadFile

PLAIN = (
    "sku,quantity,unit_price,target,reference\nsteam-50,2,47.50,,a\ncmcc-30,1,29.85,13800138000,b\n"
)


def lines(text: str | bytes, charset: str = "") -> list[Read]:
    body = text.encode() if isinstance(text, str) else text
    return read_csv(body, NewBatch(), charset).lines


def wanted(read: Read) -> BatchLine:
    assert read.wanted is not None, read
    return read.wanted


def test_a_line_is_an_order_at_the_price_that_the_shop_shows() -> None:
    first, second = lines(PLAIN)
    assert wanted(first) == BatchLine(
        sku="steam-50", quantity=2, unit_price=Money(amount=4750), reference="a"
    )
    assert wanted(second).target == "13800138000"
    assert (first.number, second.number) == (2, 3)


@pytest.mark.parametrize(
    "body",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.encode("utf-16"),
        PLAIN.replace("47.50", "￥４７．５０").replace(",2,", ",２,").encode(),
        PLAIN.replace("47.50", '" 47.5 "').encode() + b"\r\n,,,,\r\n",
    ],
)
def test_the_same_lines_are_the_same_batch_however_the_file_was_written(body: bytes) -> None:
    same = read_csv(PLAIN.encode(), NewBatch())
    assert canonical(read_csv(body, NewBatch())) == canonical(same)


def test_a_chinese_header_in_gbk_is_read_when_its_encoding_is_named() -> None:
    body = "商品编码,数量,单价,充值账号,备注\nqb-1,5,0.98,10001,给小王\n".encode("gbk")
    (line,) = lines(body, "gbk")
    assert wanted(line).reference == "给小王"
    with pytest.raises(BadFile, match="BAD_ENCODING"):
        lines(body)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("steam-50,two,47.5", "BAD_QUANTITY"),
        ("steam-50,-1,47.5", "BAD_QUANTITY"),
        ("steam-50,1.0,47.5", "BAD_QUANTITY"),
        ("steam-50,1,4.7.5", "BAD_PRICE"),
        ("steam-50,1,47.501", "BAD_PRICE"),
        ("steam-50,1,1e3", "BAD_PRICE"),
        ("steam-50,1,", "BAD_PRICE"),
        ('"=HYPERLINK(""http://x"")",1,47.5', "BAD_REQUEST"),
        ("steam-50,0,47.5", "BAD_REQUEST"),
        ("steam-50,1,47.5,,,,x", "BAD_COLUMNS"),
        ("steam-50", "BAD_QUANTITY"),
        ("x" * 200 + ",1,47.5", "BAD_REQUEST"),
    ],
)
def test_a_bad_line_harms_no_other(cells: str, code: str) -> None:
    good = "steam-50,1,47.50"
    first, bad, last = lines(f"sku,quantity,unit_price\n{good}\n{cells}\n{good}")
    assert (bad.number, bad.wanted, bad.code) == (3, None, code)
    assert first.wanted == last.wanted == wanted(first)


def test_a_line_break_in_quotes_is_part_of_its_line() -> None:
    first, second = lines('sku,quantity,unit_price,reference\na,1,1,"x\r\ny"\nb,1,1,z\n')
    assert (wanted(first).reference, first.number) == ("x\ny", 2)
    assert (wanted(second).sku, second.number) == ("b", 4)


def test_the_fields_of_a_form_have_columns_of_their_own() -> None:
    (line,) = lines("sku,quantity,unit_price_minor,target.uid,target.server\ngenshin,1,570,1,cn\n")
    assert wanted(line).target == {"uid": "1", "server": "cn"}
    assert wanted(line).unit_price == Money(amount=570)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "BAD_COLUMNS"),
        ("sku,quantity,unit_price\n", "EMPTY_BATCH"),
        ("sku,quantity\na,1\n", "BAD_COLUMNS"),
        ("sku,sku,quantity,unit_price\n", "BAD_COLUMNS"),
        ("sku,quantity,unit_price,password\n", "BAD_COLUMNS"),
        ("sku,quantity,unit_price" + "," * 1_000 + "\n", "BAD_COLUMNS"),
        ("sku,quantity,unit_price\n" + "," * 1_000_000, "RECORD_TOO_LONG"),
        ('sku,quantity,unit_price\n"a', "BAD_CSV"),
        ("sku,quantity,unit_price\n" + "a,1,1\n" * (LINES_MAX + 1), "TOO_MANY_LINES"),
    ],
)
def test_a_file_that_is_no_batch_is_refused_by_name(body: str, code: str) -> None:
    with pytest.raises(BadFile) as refused:
        lines(body)
    assert refused.value.code == code


def test_as_many_lines_as_are_promised_are_read() -> None:
    assert len(lines("sku,quantity,unit_price\n" + "a,1,1\n" * 10_000)) == LINES_MAX


def test_json_is_judged_line_by_line_too() -> None:
    good = {"sku": "a", "quantity": 1, "unit_price": {"amount": 5}, "reference": "r"}
    bad = [{}, 7, None, {**good, "quantity": "1"}, {**good, "more": 1}, {**good, "sku": "="}]
    body = json.dumps({"batch_key": "may", "lines": [good, *bad, good]}).encode()
    batch = read_json(body)
    assert batch.words.batch_key == "may"
    assert [read.code for read in batch.lines] == ["", *["BAD_REQUEST"] * len(bad), ""]
    assert batch.lines[4].pointer == "/quantity"
    assert batch.lines[4].reference == "r"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"lines":{}}', b"\xff", b'{"lines":' + b"[" * 100_000,
        b'{"lines":[' + b"1," * LINES_MAX + b"1]}", b'{"lines":[]}',
    ],
)  # fmt: skip
def test_json_that_is_no_batch_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(BadFile):
        read_json(body)


def test_a_field_that_is_not_of_a_batch_is_refused() -> None:
    for words in (b'"pay_with":"card"', rb'"batch_key":"may\u0000"'):
        with pytest.raises(ValidationError):
            read_json(b"{" + words + b',"lines":[{}]}')


def test_a_nul_that_no_database_can_hold_spoils_its_own_line_alone() -> None:
    good = {"sku": "a", "quantity": 1, "unit_price": {"amount": 100}, "reference": "r"}
    told = read_json(json.dumps({"lines": [good, {**good, "reference": "x\0y"}, good]}).encode())
    cells = b"a,1,1,r\na,1,1,x\0y\na,one,1,x\0y\na,1,1,r"
    for found in (told.lines, lines(b"sku,quantity,unit_price,reference\n" + cells)):
        first, *bad, last = found
        assert wanted(first) == wanted(last)
        assert {(each.wanted, each.reference) for each in bad} == {(None, "xy")}
        assert bad[0].pointer == "/reference"


def test_a_corrected_line_is_another_line_and_the_others_are_the_same() -> None:
    head = "sku,quantity,unit_price\nsteam-50,1,47.50\n"
    wrong, right = lines(head + "steam-50,x,47.50\n"), lines(head + "steam-50,2,47.50\n")
    other = lines(head + "steam-50,y,47.50\n")
    assert said(wrong[0]) == said(right[0])
    assert len({said(each[1]) for each in (wrong, right, other)}) == 3


@given(body=some.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    head = b"sku,quantity,unit_price\n"
    for read, given_ in ((lambda raw: read_csv(raw, NewBatch()), head + body), (read_json, body)):
        try:
            found = read(given_)
        except (BadFile, ValidationError):
            continue
        assert found.lines
