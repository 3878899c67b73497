"""Seeds: worlds in which everything that may go wrong does, and all is well in the end."""

import os
import subprocess
import sys
from functools import cache
from typing import Final

import pytest

from deploy.simulation.cast import CAST, NAMES
from deploy.simulation.command import command_of
from shared.testing.simulator.faults import KINDS, plan
from shared.testing.simulator.simulation import Outcome, simulate

SEEDS: Final = 300
CHUNK: Final = 25
HOUR_MS: Final = 3_600_000
ENDINGS: Final = (
    "OrderCompleted", "OrderRejected", "OrderCancelled", "OrderExpired", "OrderFailed",
    "OrderRefunded", "RefundDenied", "RefundSubmitted", "RefundUncertain", "RefundIssued",
    "PaymentArrivedLate", "PaymentMismatched", "ChargeRefused", "ChargeUncertain", "ChargeClosed",
    "DepositRefused", "FundsDeposited", "TopUpConfirmed", "TopUpRefused", "TopUpResolved",
    "DeliveryUncertain", "DeliveryFailed", "CardRecalled", "CardWithdrawn", "HoldReleased",
    "HoldRefused", "HoldExpired", "OrderBlocked", "VerificationPassed", "VerificationExpired",
    "PromotionScheduled", "PromotionEnded", "CouponIssued", "CouponEnded", "NoticeRefused",
    "DisputeOpened", "BuyerAsked", "EvidenceAdded", "CardAdded", "DisputeDecided",
    "ReplacementDelivered", "ReplacementMissed", "DisputeClosed", "DisputeRefused",
    "InvoiceIssued", "InvoiceRejected", "InvoiceVoided", "InvoiceRefused", "QuoteExpired",
    "RequestClosed", "QuoteRefused", "LineReviewed", "ReviewDenied", "ReviewPosted",
    "ReviewUnplaced", "ReviewHidden", "ReviewShown", "JudgementRefused", "WaitersTold",
    "WaitlistLeft", "WaitlistRefused", "CardRefused",
)  # fmt: skip
TWICE: Final = (3, 8, 12)
HASHES: Final = (
    "import sys;"
    "from deploy.simulation.cast import CAST;"
    "from shared.testing.simulator.simulation import simulate;"
    "[print(simulate(int(seed), CAST).hash) for seed in sys.argv[1:]]"
)


@cache
def world(seed: int) -> Outcome:
    """What came of it: run once, whoever asks."""
    return simulate(seed, CAST)


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
@pytest.mark.timeout(300)
def test_nothing_is_lost_doubled_or_stuck_whatever_happens(first: int) -> None:
    for seed in range(first, first + CHUNK):
        outcome = world(seed)
        told = "\n".join((command_of(outcome), *map(str, outcome.faults), *outcome.story))
        assert not outcome.broken, f"{outcome.broken}\n{told}"


@pytest.mark.parametrize("seed", TWICE)
@pytest.mark.timeout(300)
def test_the_same_seed_is_the_same_run_to_the_byte(seed: int) -> None:
    one, other = world(seed), simulate(seed, CAST)
    assert one == other
    assert one.records > 100


@pytest.mark.parametrize("hash_seed", ["1", "2"])
@pytest.mark.timeout(300)
def test_and_so_it_is_in_another_process_whose_sets_have_another_order(hash_seed: str) -> None:
    again = subprocess.run(
        [sys.executable, "-c", HASHES, *map(str, TWICE)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert again.stdout.split() == [world(seed).hash for seed in TWICE]


def test_these_worlds_see_every_ending_of_an_order_and_a_night() -> None:
    missing, longest_ms = set(ENDINGS), 0
    for seed in range(SEEDS):
        outcome = world(seed)
        missing -= set(outcome.said)
        longest_ms = max(longest_ms, outcome.lasted_ms)
        if not missing and longest_ms > HOUR_MS:
            return
    raise AssertionError(f"no world saw {missing}, the longest lasted {longest_ms} ms")


def test_another_seed_is_another_run() -> None:
    assert world(1).hash != world(2).hash


def test_the_seeds_of_the_tests_draw_every_kind_of_fault() -> None:
    drawn = {fault.kind for seed in range(SEEDS) for fault in plan(seed, NAMES)}
    assert drawn == set(KINDS)


def test_a_brokers_loss_is_seen_or_mended_and_never_passed_over() -> None:
    losing = [s for s in range(SEEDS) if any(f.kind == "lost tail" for f in plan(s, NAMES))]
    outcomes = [world(seed) for seed in losing]
    assert any(outcome.detected for outcome in outcomes)
    assert not any(outcome.broken for outcome in outcomes)
