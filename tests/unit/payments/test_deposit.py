"""Money for the wallet through a channel (F6)."""

from typing import Any

import pytest

from services.payments import domain, process
from shared.testing.scenario import World, given
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say
from tests.unit.payments.examples import ACCOUNT


def test_a_deposit_is_paid_at_a_channel_and_then_in_the_wallet() -> None:
    world = given(domain).when(at.fund()).then(at.funding())
    world.fold(*world.decide(at.answer("CREATED", at.FUNDING)))
    told = at.notice(at.FUNDING, "kapay", amount=500)
    facts = world.decide(told)
    assert facts[-1] == at.funded()
    world.fold(*facts)
    assert world.decide(told) == world.decide(at.fund()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 0}, "BAD_AMOUNT"),
        ({"currency": "USD"}, "BAD_CURRENCY"),
        ({"channel": "shells"}, "UNKNOWN_CHANNEL"),
    ],
)
def test_a_deposit_that_cannot_be_is_refused(changes: Any, code: str) -> None:
    refused = say.deposit_refused(1, code)
    given(domain).when(at.fund(**changes)).then(refused)


def test_a_deposit_that_nobody_pays_is_closed_and_a_late_one_is_taken_all_the_same() -> None:
    key, deadline_ms = f"charge/{at.FUNDING}", say.LIMITS.deposit_ms
    world = World(domain).fold(at.funding(), at.created(at.FUNDING, about="dep-1"))
    assert process.due(key, world.states[key]) == deadline_ms
    assert world.decide(at.elapsed(at.FUNDING, deadline_ms - 1)) == []
    asking = at.closing(at.FUNDING, about="dep-1", payment_id=None)
    assert world.decide(at.elapsed(at.FUNDING, deadline_ms)) == [asking]
    facts = world.fold(asking).decide(at.asked_again("CLOSED", at.FUNDING))
    assert getattr(facts[-1], "code", "") == "NOT_PAID"
    facts = world.fold(*facts).decide(at.notice(at.FUNDING, "kapay", amount=500))
    assert facts[-1] == at.funded()


def test_a_deposit_of_another_amount_is_in_the_wallet_as_it_came() -> None:
    world = World(domain).fold(at.funding())
    facts = world.decide(at.notice(at.FUNDING, "kapay", amount=499))
    assert [getattr(fact, "code", "") for fact in facts] == ["", "TOO_LITTLE"]
    assert world.fold(*facts).states[f"wallet/{ACCOUNT}"].balance == 499


def test_a_deposit_that_its_channel_refuses_is_refused() -> None:
    facts = given(domain, at.funding()).when(at.answer("REFUSED", at.FUNDING)).facts
    assert getattr(facts[-1], "code", "") == "CHANNEL_REFUSED"
