"""Files for spreadsheets: nothing in them is run by whoever opens them (B7)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.api.tabular import CELL_CHARS_MAX, FORMULA_STARTS, cell, csv_text


@pytest.mark.parametrize(
    "formula",
    ['=HYPERLINK("http://x.example","click")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "  =1", "＝1"],
)
def test_a_formula_is_shown_and_never_run(formula: str) -> None:
    assert cell(formula) == f"'{formula}"


def test_plain_text_and_numbers_stay_as_they_are() -> None:
    assert cell("原神 6元") == "原神 6元"
    assert csv_text([("a", -5), ("b,c", None)]) == 'a,-5\r\n"b,c",\r\n'
    assert len(cell("x" * 2 * CELL_CHARS_MAX)) == CELL_CHARS_MAX


@given(value=some.text(max_size=30))
def test_whatever_stands_in_a_cell_comes_back_as_one_cell(value: str) -> None:
    ((found,),) = csv.reader(io.StringIO(csv_text([(value,)]), newline="")) if value else [("",)]
    assert found == cell(value)
    assert not found.lstrip(" \u3000").startswith(FORMULA_STARTS)
