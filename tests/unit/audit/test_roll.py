"""What an auditor remembers of what has ended, in a few bytes each."""

from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.roll import SLOTS_MIN, Roll

NAMES = st.one_of(st.text(), st.tuples(st.text(), st.text()))


@given(st.lists(st.tuples(NAMES, st.integers(1, 255))))
def test_a_roll_says_what_was_last_written_of_each_name(written: list[tuple[object, int]]) -> None:
    roll, expected = Roll(), dict(written)
    for name, number in written:
        roll.put(name, number)
    assert {name: roll.get(name) for name in expected} == expected
    assert len(roll) == len(expected)
    assert "never written" not in roll or "never written" in expected


def test_a_roll_grows_and_forgets_nobody() -> None:
    roll, names = Roll(), [f"card-{number}" for number in range(5 * SLOTS_MIN)]
    for place, name in enumerate(names):
        roll.put(name, place % 255 + 1)
    assert [roll.get(name) for name in names] == [place % 255 + 1 for place in range(len(names))]
    assert roll.get("card-of-nobody") == 0
