"""A line is paid exactly as it was asked for, at the first try or a later one."""

from typing import Any

import pytest

from services.payments import domain
from shared.contracts.orders import Hold
from shared.contracts.payments import PaymentConfirmed
from shared.testing.scenario import given
from tests.unit.payments.examples import PRICE, deposited, pay, retry

LINE: Any = {"line": 1, "sku": "jw-10", "quantity": 1, "reservation_id": "res-1"}
LINES = (Hold(**LINE, target="sealed", counted=True),)


@pytest.mark.parametrize("late", [False, True])
def test_what_orders_said_of_a_line_is_said_again_when_it_is_paid(late: bool) -> None:
    """Risk would never hear that units which it counts are sold, and the audit would object."""
    if late:
        world = given(domain).when(pay(lines=LINES)).repeated()
        facts = world.fold(deposited(PRICE)).decide(retry())
    else:
        facts = given(domain, deposited(PRICE)).when(pay(lines=LINES)).facts
    (confirmed,) = [fact for fact in facts if isinstance(fact, PaymentConfirmed)]
    assert confirmed.lines == LINES
