"""What a channel says that fits nothing: never taken for an end, so no money is forgotten (C8)."""

import pytest

from services.payments import domain
from shared.testing.scenario import given
from tests.unit.payments import at_channels as at
from tests.unit.payments.at_channels import CHARGE, FUNDING, TO_PAY
from tests.unit.payments.examples import DEADLINE_MS, LIMITS

ASK_MS = DEADLINE_MS + LIMITS.pause_ms(1)


@pytest.mark.parametrize("said", ["REFUSED", "CREATED"])
def test_a_channel_that_will_not_say_what_became_of_it_is_asked_again(said: str) -> None:
    """It may be that the buyer is paying at this very moment, and it cannot be closed."""
    asked = given(domain, *TO_PAY, at.closing()).when(at.asked_again(said))
    world = asked.then(at.uncertain(ask_ms=ASK_MS))
    assert world.decide(at.elapsed(CHARGE, ASK_MS)) == [at.closing(calls=2)]


@pytest.mark.parametrize("said", ["REFUSED", "CREATED"])
def test_a_deposit_s_channel_is_asked_again_too(said: str) -> None:
    closing = at.closing(FUNDING, about="dep-1", payment_id=None)
    facts = given(domain, at.funding(), closing).when(at.asked_again(said, FUNDING)).facts
    assert [type(fact).__name__ for fact in facts] == ["ChargeUncertain"]


def test_the_creation_s_own_answer_is_none_to_the_question() -> None:
    """It may come after the question was put, from a call that was under way."""
    for said in ("CREATED", "REFUSED"):
        given(domain, *TO_PAY, at.closing()).when(at.answer(said)).then_nothing()
