"""What operators see of refunds: who wanted one, why, and what became of it."""

from typing import get_args

import pytest

from services.gateway.projections import refunds
from shared.contracts.message import Fact
from shared.contracts.refunds import RefundDenied
from tests.unit.gateway.test_money_view import refunded, refunding

DENIED = RefundDenied(order_id="ord-1", account_id="acc-1", request_id="r-2", code="NOT_PAID")


def test_every_fact_it_follows_is_one_it_knows() -> None:
    assert set(get_args(refunds.Followed)) == refunds.FOLLOWED


@pytest.mark.parametrize(
    ("fact", "row"),
    [
        (refunding(1), ("r", "ord-1", 9_600, "delivery", "X", 5)),
        (refunded(1), ("", "r")),
        (refunded(1).model_copy(update={"turned_down": "TOO_OLD"}), ("TOO_OLD", "r")),
        (DENIED, ("r-2", "ord-1", "NOT_PAID", 5)),
    ],
)
def test_each_fact_writes_what_it_says(fact: refunds.Followed, row: tuple[object, ...]) -> None:
    assert isinstance(fact, Fact)
    assert refunds.statement(fact, 5)[1] == row
