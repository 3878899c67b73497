"""What comparable shops do to the files that they are given (F1, B7).

Each test is named after one failure of requirements.md; the shops and their reports stand there.
"""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as some

from services.gateway.api.importing import Format, objection, read_lines

INSIDE = "aZ9０ａ　 \t%0Aa\\n,;|\"'=+-@<&{}中é😀"
"""What codes, passwords and links are made of, and what a hostile file adds."""


@given(codes=some.lists(some.text(INSIDE, min_size=1).map(str.strip).filter(bool), min_size=1))
def test_an_import_that_splits_or_truncates_codes(codes: list[str]) -> None:
    for end in ("\n", "\r\n"):
        for mark in ("", "\ufeff"):
            body = (mark + end.join(f" {code}\t" for code in codes) + end).encode()
            assert [line.code for line in read_lines(body, "text/plain")] == codes


def test_a_code_is_taken_whole_or_not_at_all() -> None:
    longest = "x" * 1_000
    for kind in get_args(Format):
        (line,) = read_lines(longest.encode(), kind)
        assert (line.code, objection(line.code, kind)) == (longest, None)
        (over,) = read_lines(longest.encode() + b"y", kind)
        assert objection(over.code, kind) == "TOO_LONG"
