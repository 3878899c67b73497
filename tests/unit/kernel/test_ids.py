"""Ids that follow from what they are for."""

from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.ids import KAMENG, derive, seat_ids

PARTS = st.lists(st.text(), max_size=4)


@given(PARTS)
def test_an_id_is_the_uuid5_of_its_parts(parts: list[str]) -> None:
    assert derive(*parts) == str(uuid5(KAMENG, "\x1f".join(parts)))


def test_a_seat_has_an_id_of_its_own_and_the_first_is_the_account_itself() -> None:
    assert seat_ids("card", 1) == ["card"]
    assert len(set(seat_ids("card", 100))) == 100
    assert seat_ids("card", 3) == seat_ids("card", 5)[:3]
