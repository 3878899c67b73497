"""What holds of every fact of orders, in any state, and of the commands that they follow from."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.orders import domain
from services.orders.domain.state import Order
from shared.contracts.message import Fact
from shared.testing.scenario import World
from tests.unit.orders import back, papers, screened
from tests.unit.orders import examples as say
from tests.unit.orders.disputes import FACTS as DISPUTED

KEY = f"order/{say.ORDER}"

FACTS: list[Fact] = [
    say.placed(2), say.rejected("OFF_SHELF"), say.accepted(2), say.line_reserved(1),
    say.line_refused(2), say.requested(1, 2), say.declined(), say.declined("try-1"),
    say.cancellation(), say.paid(1, 2), say.paid(3), say.line_delivered(1), say.line_delivered(3),
    say.delivered(), say.completed(), say.confirm_refused(), say.cancelled(), say.expired(1),
    back.line_failed(1), back.line_failed(3), back.order_failed(), back.refunding(1),
    back.refunding(1, whole=True), back.refunded(1), back.refunded(1, whole=True),
    back.denied("NOT_PAID"), back.payable(), screened.awaiting(), screened.in_review(), *DISPUTED,
    *papers.FACTS,
]  # fmt: skip


def test_the_facts_below_are_all_facts_of_orders() -> None:
    assert {type(fact) for fact in FACTS} == set(get_args(domain.Event))


@settings(max_examples=200)
@given(history=st.lists(st.sampled_from(FACTS), max_size=12))
def test_evolve_takes_every_fact_in_every_state(history: list[Any]) -> None:
    world = World(domain)
    for fact in history:
        world.fold(fact)
        for key, state in world.states.items():
            assert isinstance(state, Order if key == KEY else domain.State)


@pytest.mark.parametrize(
    ("command", "fact"),
    [
        (say.place(), say.placed()),
        (say.reserved(), say.requested()),
        (say.payment_declined("try-1"), say.declined("try-1")),
        (say.cancel(), say.cancelled()),
        (say.confirm(), say.confirm_refused()),
        (say.confirm(), say.completed()),
        (say.elapsed(0), say.completed()),
    ],
)
def test_a_command_names_all_that_its_facts_change(command: Any, fact: Any) -> None:
    assert set(domain.keys(fact, {})) <= set(domain.keys(command, {}))
