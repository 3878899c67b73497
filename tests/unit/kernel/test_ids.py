"""Ids that follow from what they are for."""

from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.ids import KAMENG, derive

PARTS = st.lists(st.text(), max_size=4)


@given(PARTS)
def test_an_id_is_the_uuid5_of_its_parts(parts: list[str]) -> None:
    assert derive(*parts) == str(uuid5(KAMENG, "\x1f".join(parts)))
