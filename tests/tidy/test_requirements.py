"""Tests name the rows of what the product must do that they show."""

from tests.tidy.requirements import Rows, lines, missing, named, shown_by, table, unknown
from tests.tidy.source import Source, python

FILE = Source(
    "tests/unit/test_x.py",
    '"""Money (F6)."""\n\ndef test_a():\n    """Also C8 and Z9."""\n\ndef other():\n    """B1"""\n'
    "\n\ndef test_d2_b():\n    pass\n",
)
ROWS = Rows({"B1": "one", "C8": "two", "F6": "three"}, frozenset({"B1", "F6"}))


def test_a_test_shows_the_rows_of_its_name_its_docstring_and_its_module() -> None:
    assert sorted(named(FILE)) == [
        ("C8", "tests/unit/test_x.py::test_a"),
        ("D2", "tests/unit/test_x.py::test_d2_b"),
        ("F6", "tests/unit/test_x.py::test_a"),
        ("F6", "tests/unit/test_x.py::test_d2_b"),
    ]


def test_a_row_that_has_to_be_shown_and_is_not_is_named() -> None:
    found = shown_by([FILE])
    assert missing(ROWS, found) == ["B1"]
    assert "✗ B1  one: 0" in list(lines(ROWS, found))
    assert unknown(Rows({"F6": ""}, frozenset()), found) == ["C8", "D2"]


def test_every_row_without_which_the_house_does_not_stand_is_shown() -> None:
    assert missing(table(), shown_by(python("tests/"))) == []


def test_what_a_test_names_stands_in_the_table() -> None:
    assert unknown(table(), shown_by(python("tests/"))) == []
