"""Bugs are planted one at a time, and each is found within 200 seeds."""

import pytest

from deploy.simulation.cast import CAST, NAMES
from deploy.simulation.command import command_of, replay
from shared.testing.simulator.faults import plan
from shared.testing.simulator.shrink import shrink
from shared.testing.simulator.simulation import Outcome, simulate

from .planted import ENGINE_BUGS, Switch, blob_not_sent_again
from .planted_asides import ASIDE_BUGS
from .planted_disputes import DISPUTE_BUGS
from .planted_endings import ENDING_BUGS
from .planted_offers import OFFER_BUGS
from .planted_parking import PARKING_BUGS
from .planted_rules import RULE_BUGS, release_before_payments_has_spoken

SEEDS_MAX = 200


def found(first: int = 0) -> Outcome:
    """The first seed that breaks."""
    for seed in range(first, first + SEEDS_MAX):
        outcome = simulate(seed, CAST)
        if outcome.broken:
            return outcome
    raise AssertionError(f"not found within {SEEDS_MAX} seeds")


BUGS = (
    *ENGINE_BUGS, *PARKING_BUGS, *RULE_BUGS, *ENDING_BUGS, *DISPUTE_BUGS, *OFFER_BUGS, *ASIDE_BUGS,
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
@pytest.mark.timeout(400)
def test_a_planted_bug_is_found_within_200_seeds(
    bug: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    assert found().broken


@pytest.mark.timeout(400)
def test_a_failing_run_is_shrunk_to_the_faults_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    blob_not_sent_again(monkeypatch)
    outcome = found()
    fewer = shrink(outcome, CAST)
    assert fewer.broken
    assert 1 <= len(fewer.faults) <= len(outcome.faults)
    for fault in fewer.faults:
        without = [kept for kept in fewer.faults if kept != fault]
        assert not simulate(outcome.seed, CAST, without).broken
    numbers = command_of(fewer).rpartition(" ")[2]
    assert replay(outcome.seed, numbers) == fewer
    assert set(fewer.faults) <= set(plan(outcome.seed, NAMES))


def test_a_failing_run_tells_the_story_of_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    release_before_payments_has_spoken(monkeypatch)
    outcome = found()
    told = "\n".join(outcome.story)
    assert outcome.order_id
    for step in ("PlaceOrder", "OrderPlaced", "OrderCleared", "StockReserved", "CancelOrder"):
        assert step in told
