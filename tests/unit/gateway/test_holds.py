"""Holds and verifications as operators and buyers see them: from the facts alone."""

from typing import Any

import pytest

from services.gateway.api.messages import messages
from services.gateway.api.verifying import PROBLEMS
from services.gateway.projections import holds
from services.gateway.projections.order import OrderDoc, apply
from shared.contracts.envelope import Envelope, rfc3339
from shared.contracts.orders import (
    Line,
    OrderAccepted,
    OrderAwaitingVerification,
    OrderCancelled,
    OrderInReview,
    OrderPlaced,
    OrderRejected,
)
from shared.contracts.risk import HoldRefused, HoldReleased, OrderHeld
from shared.contracts.verification import (
    VerificationFailed,
    VerificationPassed,
    VerificationRefused,
)

WHOSE: Any = {"order_id": "ord-1", "account_id": "acc-1"}
DEADLINE_MS = 1_900_000_000_000
LINE = Line(
    line=1, sku="s", product_id="p", product_name="P", sku_name="S", kind="card", revision=1,
    quantity=1, unit_price=9_850, base_price=9_850,
)  # fmt: skip
PLACED = OrderPlaced(
    **WHOSE, key="k", body_hash="h", lines=(LINE,), total=9_850, currency="CNY",
    pay_with="wallet", allow_partial=False, on_decline="wait", level="retail", received_ms=1,
)  # fmt: skip
AWAITING = OrderAwaitingVerification(**WHOSE, rules=("r",), deadline_ms=DEADLINE_MS)
REVIEWED = OrderInReview(**WHOSE, rules=("r",), deadline_ms=DEADLINE_MS)
ACCEPTED = OrderAccepted(**WHOSE, reserve=(), deadline_ms=2, payment_ms=3)


def shown(*facts: Any) -> OrderDoc:
    doc = None
    for position, fact in enumerate(facts, start=1):
        head = Envelope(fact.type, "/kameng/orders/0", str(position), "ord-1", rfc3339(9), None)
        doc = apply(doc, fact, head, 0)
    assert doc
    return doc


@pytest.mark.parametrize(
    ("fact", "state", "code"),
    [
        (AWAITING, "awaiting_verification", "VERIFICATION_REQUIRED"),
        (REVIEWED, "in_review", "RISK_HOLD"),
    ],
)
def test_b2_c1_a_screened_order_rests_says_why_and_until_when(
    fact: Any, state: str, code: str
) -> None:
    doc = shown(PLACED, fact)
    assert (doc.state, doc.code, doc.deadline_ms) == (state, code, DEADLINE_MS)
    assert doc.at_rest
    assert state in messages().states
    assert code in messages().problems


@pytest.mark.parametrize("fact", [AWAITING, REVIEWED])
def test_a_screened_order_goes_on_as_if_it_had_never_waited(fact: Any) -> None:
    doc = shown(PLACED, fact, ACCEPTED)
    assert (doc.state, doc.code, doc.deadline_ms) == ("awaiting_payment", "", 0)
    assert not doc.at_rest


@pytest.mark.parametrize(
    "code", ["VERIFICATION_FAILED", "VERIFICATION_EXPIRED", "HOLD_REFUSED", "HOLD_EXPIRED"]
)
def test_an_order_that_did_not_pass_is_refused_and_says_what_it_did_not_pass(code: str) -> None:
    refused = OrderRejected(**WHOSE, key="k", body_hash="h", code=code)
    doc = shown(PLACED, AWAITING, refused)
    assert (doc.state, doc.code, doc.deadline_ms) == ("refused", code, 0)
    assert code in messages().problems


def test_a_cancelled_order_waits_for_no_code() -> None:
    doc = shown(PLACED, AWAITING, OrderCancelled(**WHOSE, by="buyer"))
    assert (doc.state, doc.code, doc.deadline_ms) == ("cancelled", "", 0)


def test_every_answer_of_risk_s_is_told_in_words() -> None:
    assert set(PROBLEMS.values()) <= set(messages().problems)


def test_a_hold_keeps_who_decided_and_why() -> None:
    held = OrderHeld(
        **WHOSE, ruleset="7", rules=("amount",), received_ms=1, amount=985, currency="CNY",
        deadline_ms=DEADLINE_MS,
    )  # fmt: skip
    text, row = holds.statement(held, 5)
    assert "hold_view" in text
    assert row == ("ord-1", "acc-1", ["amount"], "7", 985, "CNY", 5, DEADLINE_MS)
    decided: Any = {"request_id": "req", "by": "li", "reason": "known buyer"}
    for kind, state in ((HoldReleased, "released"), (HoldRefused, "refused")):
        fact = kind(**WHOSE, **decided)
        assert holds.statement(fact, 6)[1] == (state, "li", "known buyer", 6, "ord-1")
        assert holds.outcome(fact) == ("req", "acc-1", "")


def test_a_try_is_answered_by_its_own_id() -> None:
    tried: Any = {**WHOSE, "attempt_id": "try"}
    assert holds.outcome(VerificationPassed(**tried)) == ("try", "acc-1", "")
    refused = VerificationRefused(**tried, code="WRONG_CODE")
    assert holds.outcome(refused) == ("try", "acc-1", "WRONG_CODE")
    assert PROBLEMS[holds.outcome(VerificationFailed(**tried))[2]] == "VERIFICATION_FAILED"
