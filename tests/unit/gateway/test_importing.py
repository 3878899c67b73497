"""Imports: hostile files never split, cut or change a code (F1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.api.importing import (
    CODE_LENGTH_MAX,
    LINES_MAX,
    Format,
    Line,
    masked,
    notes,
    objection,
    read_lines,
)
from services.gateway.api.tabular import BadFile

CODES = ["1234567890123456 6543210987654321", "XXXXX-YYYYY-ZZZZZ", "账号：a 密码：ｂ１２"]


def plain(text: str | bytes) -> list[Line]:
    return read_lines(text.encode() if isinstance(text, str) else text, "text/plain")


def codes(lines: list[Line]) -> list[str]:
    return [line.code for line in lines]


@pytest.mark.parametrize(
    "body",
    [
        "\n".join(CODES),
        "\r\n".join(CODES),
        "\ufeff" + "\n".join(CODES) + "\n",
        "\n\n  \n".join(f"  {code}\t" for code in CODES) + "\r\n\r\n",
        "\u3000" + "\u3000\n\u3000".join(CODES),
    ],
)
def test_the_same_cards_however_the_file_ends_its_lines(body: str) -> None:
    assert codes(plain(body)) == CODES


def test_a_line_keeps_its_number_in_the_file() -> None:
    assert plain("\n\na\n\nb") == [Line(3, "a"), Line(5, "b")]


@pytest.mark.parametrize(
    "code",
    [
        "a%0Ab",
        "a\tb",
        "ＡＢＣ１２３",
        '"quoted"',
        "a,b;c|d",
        "https://x.example/?a=1&b=2#c",
        "a\\nb",
    ],
)
def test_a_code_is_never_split_or_changed(code: str) -> None:
    assert codes(plain(f"x\n{code}\ny")) == ["x", code, "y"]
    assert objection(code, "text/plain") is None


@pytest.mark.parametrize("inside", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r"])
def test_what_only_python_takes_for_a_line_end_does_not_end_a_line(inside: str) -> None:
    code = f"abc{inside}def"
    assert codes(plain(code)) == [code]
    assert objection(code, "text/plain") == "CONTROL_CHARACTER"


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\u202e", "\u2066"])
def test_a_code_with_an_invisible_command_is_named_and_not_taken(letter: str) -> None:
    assert objection(f"abc{letter}def", "text/plain") == "CONTROL_CHARACTER"


def test_a_code_has_a_length() -> None:
    assert objection("x" * CODE_LENGTH_MAX, "text/plain") is None
    assert objection("x" * (CODE_LENGTH_MAX + 1), "text/plain") == "TOO_LONG"


def test_a_file_in_another_encoding_is_refused_rather_than_guessed() -> None:
    with pytest.raises(BadFile) as refused:
        plain(b"ok\n" + "卡密".encode("gb18030"))
    assert (refused.value.code, refused.value.line) == ("BAD_ENCODING", 2)


def test_a_file_that_says_it_is_utf_16_is_read_as_that() -> None:
    assert codes(plain("a\r\n卡".encode("utf-16"))) == ["a", "卡"]


@pytest.mark.parametrize("body", ["", "\n\n", "\ufeff", "  \r\n\t\r\n"])
def test_an_empty_file_is_no_import(body: str) -> None:
    with pytest.raises(BadFile, match="EMPTY_IMPORT"):
        plain(body)


def test_as_many_lines_as_are_promised_and_not_one_more() -> None:
    assert len(plain("\n".join(map(str, range(LINES_MAX))))) == LINES_MAX == 100_000
    with pytest.raises(BadFile, match="TOO_MANY_LINES"):
        plain("\n".join(map(str, range(LINES_MAX + 1))))


def csv(text: str) -> list[Line]:
    return read_lines(text.encode(), "text/csv")


def test_a_csv_record_is_a_card_whatever_its_number_of_fields() -> None:
    assert codes(csv("number,secret\r\n123,456\r\n789,000\r\n")) == ["123 456", "789 000"]
    assert codes(csv("卡号,密码\n１２３,456")) == ["１２３ 456"]
    assert codes(csv("123,456")) == ["123 456"]


def test_a_quoted_field_keeps_commas_quotes_and_line_breaks() -> None:
    lines = csv('code\n"a,""b"""\n"line 1\nline 2"\nlast')
    assert lines == [Line(2, 'a,"b"'), Line(3, "line 1\nline 2"), Line(5, "last")]
    assert objection("line 1\nline 2", "text/csv") is None
    assert objection("line 1\nline 2", "text/plain") == "CONTROL_CHARACTER"


@pytest.mark.parametrize("body", ['a\n"open', 'a\n"b"c,d', "a\nb\rc"])
def test_broken_csv_is_refused_whole(body: str) -> None:
    with pytest.raises(BadFile, match="BAD_CSV"):
        csv(body)


@pytest.mark.parametrize(
    "body",
    ["x" * 200_000, "a" + "," * 200_000, '"' + "x\n" * 200_000 + '"', 'a\n"' + '","\n' * 90_000],
)
def test_a_record_without_an_end_is_refused_before_it_is_taken_apart(body: str) -> None:
    """An endless field, a bomb of columns, a quote that never closes, a record over all lines."""
    with pytest.raises(BadFile, match="RECORD_TOO_LONG"):
        csv(body)


def test_an_encoding_that_is_named_is_read_as_that_and_none_is_guessed() -> None:
    gbk = "卡号,密码\n甲１,乙２\n".encode("gbk")
    assert codes(read_lines(gbk, "text/csv", "GBK")) == ["甲１ 乙２"]
    with pytest.raises(BadFile, match="BAD_ENCODING"):
        read_lines(gbk, "text/csv")
    with pytest.raises(BadFile, match="BAD_ENCODING"):
        read_lines(gbk, "text/csv", "klingon")
    with pytest.raises(BadFile, match="BAD_ENCODING"):
        read_lines("a".encode("utf-16") + b"\x00", "text/plain")


def test_a_preview_shows_the_ends_of_a_code_and_what_looks_odd_in_it() -> None:
    assert masked("1234567890123456") == "1234••3456"
    assert masked("12345678") == "••••••••"
    assert notes(Line(1, "ＡＢ\tc%0Ad")) == ["FULL_WIDTH_KEPT", "TAB_KEPT", "PERCENT_0A_KEPT"]
    assert notes(Line(1, "ABC-123")) == []


@given(body=some.binary(max_size=300), kind=some.sampled_from(["text/plain", "text/csv"]))
def test_any_bytes_are_read_or_refused(body: bytes, kind: Format) -> None:
    try:
        lines = read_lines(body, kind)
    except BadFile:
        return
    assert lines
    assert all(line.code and line.number >= 1 for line in lines)


@given(found=some.lists(some.text('abc１２　 \t,"%-', min_size=1, max_size=12), min_size=1))
def test_no_code_of_a_plain_file_is_lost_or_joined(found: list[str]) -> None:
    wanted = [code.strip() for code in found if code.strip()]
    if wanted:
        assert codes(plain("\r\n".join(found))) == wanted
