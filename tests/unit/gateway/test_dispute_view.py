"""A disputed line as its buyer and the shop see it (C7, F2)."""

from typing import Any, get_args

import pytest

from services.gateway.api.dispute_shapes import label, told
from services.gateway.api.messages import messages
from services.gateway.api.order_json import order_json
from services.gateway.projections import disputes as view
from shared.contracts.disputes import (
    Attachment,
    BuyerAsked,
    CardAdded,
    DisputeClosed,
    DisputeDecided,
    DisputeOpened,
    DisputeRefused,
    Evidence,
    EvidenceAdded,
    ReplacementMissed,
)
from tests.unit.gateway.test_order_view import ABOUT, DELIVERED, PAID, PLACED, REQUESTED, seen

CASE: dict[str, Any] = {**ABOUT, "dispute_id": "d-1", "line": 1}
SAID = Evidence(
    sealed_text="b1.x",
    attachments=(Attachment(name="a.png", media_type="image/png", size_bytes=9, sha256="0" * 64),),
)


def opened(by: Any = "buyer", **changes: Any) -> DisputeOpened:
    times = {"deadline_ms": 5_000, "answer_ms": 1, "stock_ms": 1}
    evidence = SAID if by == "buyer" else None
    words = {**CASE, "quantity": 1, "wants": "replacement", "by": by, "evidence": evidence}
    return DisputeOpened(**{**words, **times, **changes})


ASKED = BuyerAsked(**CASE, request_id="q", sealed_text="b1.q", by="wang", deadline_ms=6_000)
ANSWERED = EvidenceAdded(**CASE, request_id="e", evidence=SAID, deadline_ms=7_000)


def decided(outcome: Any) -> DisputeDecided:
    words: Any = {"request_id": "w", "sku": "sku-1", "quantity": 1, "outcome": outcome}
    return DisputeDecided(**CASE, **words, by="wang", reason="seen")


def closed(outcome: Any, code: Any = "DECIDED") -> DisputeClosed:
    return DisputeClosed(**CASE, outcome=outcome, code=code)


MISSED = ReplacementMissed(**CASE, reservation_id="again-1", sku="sku-1", code="INSUFFICIENT_STOCK")
WALKS: list[tuple[list[Any], str, str]] = [
    ([opened()], "open", "售后处理中"),
    ([opened(), ASKED], "asked", "待买家补充"),
    ([opened(), ASKED, ANSWERED], "open", "售后处理中"),
    ([opened("recall")], "offered", "卡密已召回，可补发或退款"),
    ([opened(), decided("replacement")], "replacing", "补发中"),
    ([opened(), decided("replacement"), closed("replaced")], "replaced", "已补发"),
    ([opened(), decided("replacement"), MISSED], "refunding", "售后退款中"),
    ([opened(), decided("refund"), closed("refunded")], "refunded", "售后已退款"),
    ([opened(), decided("rejection"), closed("rejected")], "rejected", "售后已驳回"),
    ([opened(), closed("rejected", "BUYER_SILENT")], "rejected", "售后已驳回"),
]


@pytest.mark.parametrize(("facts", "state", "text"), WALKS)
def test_a_line_tells_how_its_dispute_stands(facts: list[Any], state: str, text: str) -> None:
    doc = seen(PLACED, REQUESTED, PAID, DELIVERED, *facts)
    found = order_json(doc, "zh")
    mine, other = found["lines"]
    assert (mine["dispute"]["state"], mine["dispute"]["label"]) == (state, text)
    assert "dispute" not in other
    assert found["state"] == "delivered"
    assert [step.type for step in doc.steps][-1] == type(facts[-1]).__name__


@pytest.mark.parametrize(("facts", "state", "text"), WALKS)
def test_the_shop_sees_the_same(facts: list[Any], state: str, text: str) -> None:
    row: view.DisputeRow | None = None
    for at, fact in enumerate(facts):
        row = view.moved(row, fact, at)
    assert row is not None
    shown = told(row, "zh", to_shop=True)
    assert (shown["state"], shown["label"], shown["account_id"]) == (state, text, "acc-1")
    by = "wang" if any(isinstance(fact, DisputeDecided) for fact in facts) else ""
    assert shown["decided_by"] == by


def test_another_recalled_card_is_counted_where_it_is_offered() -> None:
    added = CardAdded(**CASE, card_id="c2")
    first = view.moved(None, opened("recall", cards=("c1",)), 0)
    row = view.moved(first, added, 1)
    assert row is not None
    assert (row.quantity, row.cards) == (2, ["c1", "c2"])
    mine = view.moved(view.moved(None, opened(), 0), added, 1)
    assert mine is not None
    assert (mine.quantity, mine.cards) == (1, ["c2"])


def test_of_a_dispute_never_opened_there_is_nothing() -> None:
    assert view.moved(None, ASKED, 0) is None
    assert order_json(seen(PLACED, ASKED), "zh")["lines"][0].get("dispute") is None


def test_every_word_is_answered_and_every_refusal_has_its_sentence() -> None:
    codes = get_args(DisputeRefused.model_fields["code"].annotation)
    for code in codes:
        problem = messages().problems[f"DISPUTE_{code}"]
        assert problem.text.zh
        assert 400 <= problem.status < 500
    refused = DisputeRefused(**ABOUT, request_id="r", line=1, code="NOT_OPEN")
    facts = [opened(), ASKED, ANSWERED, decided("refund"), refused]
    assert [view.outcome(fact) for fact in facts] == [
        ("d-1", "acc-1", ""), ("q", "acc-1", ""), ("e", "acc-1", ""), ("w", "acc-1", ""),
        ("r", "acc-1", "NOT_OPEN"),
    ]  # fmt: skip
    by_time = decided("refund").model_copy(update={"by": "deadline"})
    assert view.outcome(by_time) is view.outcome(opened("recall")) is None


def test_every_state_has_a_word_in_both_languages() -> None:
    for _, state, text in WALKS:
        assert (label(state, "zh"), label(state, "en") != text) == (text, True)


def test_words_are_those_of_whoever_said_them() -> None:
    said = [view.word_of(fact, at, at) for at, fact in enumerate((opened(), ASKED, ANSWERED))]
    assert [word and word.who for word in said] == ["buyer", "wang", "buyer"]
    assert view.word_of(opened("recall"), 1, 1) is view.word_of(closed("rejected"), 1, 1) is None
