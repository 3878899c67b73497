"""Every shape of a card: what of it is masked, copied and put into a file (C5)."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.domain.masking import SHOWN_MAX
from services.delivery.domain.shapes import HIDDEN, RULES, Shape, in_file, masked, parts
from shared.contracts.catalog import Shape as Listed

SHAPES = sorted(RULES)
texts = st.text(min_size=1, max_size=60)


def named(shape: str, code: str) -> dict[str, str]:
    return {part.name: part.text for part in parts(shape, code)}


def test_there_is_a_rule_for_every_shape() -> None:
    assert set(RULES) == set(get_args(Shape)) == {*get_args(Listed), "receipt"}


@pytest.mark.parametrize(
    ("shape", "code", "expected"),
    [
        ("code", "AAAAA-BBBBB", {"code": "AAAAA-BBBBB"}),
        ("number_secret", "1234 5678", {"number": "1234", "secret": "5678"}),
        ("number_secret", "1234----5678", {"number": "1234", "secret": "5678"}),
        ("account_password", "li@x.cn pass word", {"account": "li@x.cn", "password": "pass word"}),
        ("account_password", "li|p|q", {"account": "li", "password": "p|q"}),
        ("account_seat", "team\tS3cret", {"account": "team", "password": "S3cret"}),
        ("url_extract", "https://pan.x.cn/s/1 提取码: a1b2", {
            "url": "https://pan.x.cn/s/1", "extract": "a1b2",
        }),
        ("url_extract", "https://pan.x.cn/s/1", {"url": "https://pan.x.cn/s/1"}),
        ("lines", "one\n\ntwo", {"line1": "one", "line2": "two"}),
        ("image", "https://x.cn/qr.png", {"image": "https://x.cn/qr.png"}),
        ("receipt", "R-1", {"receipt": "R-1"}),
    ],
)  # fmt: skip
def test_a_card_is_told_by_its_parts(shape: str, code: str, expected: dict[str, str]) -> None:
    assert named(shape, code) == expected


@pytest.mark.parametrize("shape", ["number_secret", "account_password", "url_extract", "image"])
def test_what_is_not_of_its_shape_is_shown_whole(shape: str) -> None:
    assert named(shape, "unsplittable") == {"code": "unsplittable"}


@given(st.sampled_from([*SHAPES, "unheard-of"]), texts)
def test_no_part_is_invented_and_they_stand_in_the_code_in_their_order(
    shape: str, code: str
) -> None:
    place = 0
    for part in parts(shape, code):
        found = code.find(part.text, place)
        assert found >= 0
        place = found + len(part.text)


@given(st.sampled_from(["number_secret", "account_password", "account_seat"]), texts, texts)
def test_a_secret_tells_nothing_of_itself_while_it_is_masked(
    shape: str, number: str, secret: str
) -> None:
    shown = {part.name: part for part in parts(shape, f"{number} {secret}")}
    for name in {"secret", "password"} & shown.keys():
        assert shown[name].masked == HIDDEN


@given(st.sampled_from([shape for shape in SHAPES if shape != "receipt"]), texts)
def test_of_each_part_at_most_four_letters_stay_readable(shape: str, code: str) -> None:
    for part in parts(shape, code):
        if part.name in {"code", "number", "account"} or part.name.startswith("line"):
            readable = [c for c in part.masked if c.isalnum()]
            assert len(readable) <= SHOWN_MAX
    assert masked(shape, code).count("\n") == len(parts(shape, code)) - 1 + sum(
        part.masked.count("\n") for part in parts(shape, code)
    )


@given(st.sampled_from(SHAPES), texts)
def test_in_a_file_nothing_of_a_card_is_lost(shape: str, code: str) -> None:
    assert in_file(shape, code).split() == code.split()


def test_a_link_shows_where_it_leads_and_not_what_it_opens() -> None:
    assert masked("url_extract", "https://pan.x.cn/s/1abc 1234").startswith("https://pan.x.cn/•")
    assert "1abc" not in masked("url_extract", "https://pan.x.cn/s/1abc 1234")


@pytest.mark.parametrize(
    ("shape", "code", "copied", "hidden"),
    [
        ("code", "AAAAA-BBBBB", {"code"}, set[str]()),
        ("number_secret", "1234 5678", {"number", "secret"}, {"secret"}),
        ("account_password", "li@x.cn p", {"account", "password"}, {"password"}),
        ("account_seat", "team S3cret", {"account", "password"}, {"password"}),
        ("url_extract", "https://x.cn/s/1 code: a1b2", {"url", "extract"}, {"extract"}),
        ("lines", "one\ntwo", set[str](), set[str]()),
        ("image", "https://x.cn/qr.png", set[str](), {"image"}),
        ("receipt", "R-1", {"receipt"}, set[str]()),
    ],
)  # fmt: skip
def test_each_part_says_whether_it_is_copied_and_hidden(
    shape: str, code: str, copied: set[str], hidden: set[str]
) -> None:
    """A picture is no text to be copied, and lines are copied together."""
    found = parts(shape, code)
    assert {part.name for part in found if part.copied} == copied
    assert {part.name for part in found if part.masked == HIDDEN} == hidden
