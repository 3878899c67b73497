"""While risk waits for a code or a person nothing is held (D6); then the order goes on or ends."""

from typing import Any

import pytest

from services.orders import process
from shared.contracts.inventory import CommitStock, ReserveStock
from shared.contracts.risk import EndHolding
from tests.unit.orders import examples as say
from tests.unit.orders import screened
from tests.unit.orders.examples import ACCOUNT, ORDER, accepted, given, placed, rejected
from tests.unit.orders.screened import awaiting, code_wanted, held, in_review

WAITING: Any = [(code_wanted(), awaiting()), (held(), in_review())]


@pytest.mark.parametrize(("word", "fact"), WAITING)
def test_d2_d3_an_order_waits_for_a_code_or_a_person(word: Any, fact: Any) -> None:
    given(placed(2)).when(word).then(fact)
    given(placed(2), fact).when(word).then_nothing()


@pytest.mark.parametrize(("word", "fact"), WAITING)
def test_d6_stock_is_never_held_before_risk_has_cleared(word: Any, fact: Any) -> None:
    """The whole way there asks nobody for stock; clearing does."""
    for waiting in (placed(2), fact):
        assert process.follows(waiting) == []
    world = given(placed(2), fact).when(screened.cleared_after()).then(accepted(2))
    sent = [send.message for send in process.follows(accepted(2))]
    assert [type(message) for message in sent] == [ReserveStock, ReserveStock]
    assert world.decide(word) == []


@pytest.mark.parametrize(("word", "fact"), WAITING)
@pytest.mark.parametrize("code", ["VERIFICATION_FAILED", "HOLD_REFUSED"])
def test_what_did_not_pass_is_refused_with_its_code(word: Any, fact: Any, code: str) -> None:
    refused = rejected(code, rules=screened.RULES)
    world = given(placed(), fact).when(screened.blocked_after(code)).then(refused)
    assert world.decide(word) == []


@pytest.mark.parametrize(("word", "fact"), WAITING)
def test_a_waiting_order_can_be_cancelled(word: Any, fact: Any) -> None:
    world = given(placed(), fact).when(say.cancel()).then(say.cancelled())
    assert world.decide(word) == world.decide(screened.cleared_after()) == []


@pytest.mark.parametrize("history", [(placed(), accepted()), say.to_payment(), *say.ENDS])
def test_risk_s_wish_for_a_code_or_a_person_may_come_late(history: Any) -> None:
    given(*history).when(code_wanted()).then_nothing()
    given(*history).when(held()).then_nothing()


def test_risk_is_told_when_units_that_it_counts_are_sold() -> None:
    counted = screened.cleared_after(units=1, tracked=True)
    facts: Any = given(placed()).when(counted).facts
    (asked,) = facts
    assert [hold.counted for hold in asked.reserve] == [True]
    answered: Any = given(placed(), asked).when(say.reserved()).facts
    (requested,) = answered
    paid = say.paid(1).model_copy(update={"lines": requested.lines})
    sent = [(send.topic, send.message) for send in process.follows(paid)]
    assert [type(message) for _, message in sent] == [CommitStock, EndHolding]
    assert sent[-1] == ("risk.commands", EndHolding(order_id=ORDER, account_id=ACCOUNT))


def test_risk_is_told_nothing_where_it_counts_nothing() -> None:
    assert [type(send.message) for send in process.follows(say.paid(1))] == [CommitStock]
