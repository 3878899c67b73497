"""Every outcome of a supplier that is to be simulated has its rule (C6)."""

from typing import Any, get_args

import pytest

from services.delivery import domain
from services.delivery.domain.outcomes import MEANINGS, Code, Verdict
from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpRefused,
    TopUpSubmitted,
)
from shared.testing.scenario import World, given
from tests.unit.delivery import examples as say

ASK_MS = say.NOON_MS + say.LIMITS.ask_pause_ms_min
SENT = [say.topup_prepared(), say.submitted()]
ASKED = [*SENT, say.uncertain("UNKNOWN", ASK_MS), say.queried()]

SWITCH = [TopUpRefused, TopUpSubmitted]
NEVER = [TopUpRefused, DeliveryFailed]
WAIT = [DeliveryUncertain]
RULES: dict[str, tuple[list[Any], list[Any]]] = {
    "DONE": ([TopUpConfirmed], [TopUpConfirmed]),
    "PROCESSING": (WAIT, WAIT),
    "UNKNOWN": (WAIT, WAIT),
    "TIMED_OUT": (WAIT, WAIT),
    "DUPLICATE_ORDER": (WAIT, WAIT),
    "NO_SUCH_ORDER": (WAIT, WAIT),
    "MISSING_PARAMETER": (WAIT, WAIT),
    "BAD_SIGNATURE": (WAIT, WAIT),
    "WRONG_QUANTITY": (SWITCH, SWITCH),
    "OUT_OF_STOCK": (SWITCH, SWITCH),
    "PRODUCT_MAINTENANCE": (SWITCH, SWITCH),
    "CARRIER_MAINTENANCE": (SWITCH, SWITCH),
    "WRONG_ACCOUNT": (NEVER, NEVER),
    "FAILED": (SWITCH, SWITCH),
}
"""By outcome: what follows from it as the answer to the request, and to the question after it."""


def test_there_is_a_rule_for_every_word_of_a_supplier() -> None:
    assert set(RULES) == set(MEANINGS) == set(get_args(Code))


@pytest.mark.parametrize("code", RULES)
def test_what_follows_from_an_answer_to_the_request(code: Any) -> None:
    given(domain, *SENT).when(say.answer(code)).then_types(*RULES[code][0])


@pytest.mark.parametrize("code", RULES)
def test_what_follows_from_an_answer_to_the_question(code: Any) -> None:
    given(domain, *ASKED).when(say.answer(code, verb="ask")).then_types(*RULES[code][1])


def test_only_an_order_that_is_not_known_there_is_sent_again() -> None:
    again = {code for code in RULES if MEANINGS[code].asked is Verdict.SUBMIT}  # type: ignore[index]  # the keys are the codes, as tested above
    assert again == {"NO_SUCH_ORDER"}
    assert all(meaning.submitted is not Verdict.SUBMIT for meaning in MEANINGS.values())


def test_no_word_about_a_call_that_was_turned_away_unread_is_certain() -> None:
    """A call before this one may have arrived: a refund, or another supplier, would pay twice."""
    for code in ("BAD_SIGNATURE", "MISSING_PARAMETER", "TIMED_OUT", "NO_SUCH_ORDER"):
        for history, verb in ((SENT, "submit"), (ASKED, "ask")):
            (fact,) = World(domain).fold(*history).decide(say.answer(code, verb=verb))
            assert isinstance(fact, DeliveryUncertain)
