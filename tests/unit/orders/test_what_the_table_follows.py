"""The shelf follows just what it folds: what else the catalogue says is passed over (A7)."""

import pytest

from services.orders.projections import CATALOGUE, FOLLOWS
from shared.contracts.message import Fact
from shared.contracts.registry import decode_one_of, facts_of
from tests.contracts.examples import example

OTHERS = [cls for cls in facts_of("catalog") if cls not in FOLLOWS]


@pytest.mark.parametrize("cls", OTHERS)
def test_what_is_not_followed_would_change_nothing(cls: type[Fact]) -> None:
    rows = {"sku/a": "kept"}
    fact = example(cls)
    assert isinstance(fact, Fact)
    CATALOGUE.apply(rows, fact)
    assert rows == {"sku/a": "kept"}


@pytest.mark.parametrize("cls", facts_of("catalog"))
def test_only_what_is_followed_is_decoded(cls: type[Fact]) -> None:
    assert set(facts_of("catalog")) >= FOLLOWS
    found = decode_one_of(cls.type, example(cls).encode(), FOLLOWS)
    assert (found is not None) == (cls in FOLLOWS)
