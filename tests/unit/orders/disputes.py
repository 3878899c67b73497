"""A line under dispute: more words of the orders tests."""

from typing import Any, Final

from services.orders.domain import Claim, Heard
from services.orders.domain.refunding import of_dispute
from services.orders.domain.remedies import recall_id
from shared.contracts.disputes import (
    AddEvidence,
    AskBuyer,
    BuyerAsked,
    CardAdded,
    ChooseRemedy,
    DecideDispute,
    DisputeClosed,
    DisputeDecided,
    DisputeOpened,
    DisputeRefused,
    Evidence,
    EvidenceAdded,
    OpenDispute,
    ReplacementDelivered,
    ReplacementMissed,
    ReplacementReserved,
)
from shared.contracts.inventory import Card, CardRecalled, StockRefused, StockReserved
from shared.contracts.refunds import OrderRefunded, OrderRefunding
from shared.kernel import ids
from shared.kernel.decider import Elapsed

from . import back
from .examples import COMPLETE_DEADLINE_MS, LIMITS, NOW_MS, ORDER, SKUS, WHOSE, heard

CASE: Final = "dispute-1"
ANSWER_MS: Final = NOW_MS + LIMITS.dispute_answer_ms
OFFER_MS: Final = NOW_MS + LIMITS.offer_ms
STOCK_MS: Final = NOW_MS + LIMITS.stock_answer_ms
TEXT: Final = Evidence(sealed_text="s1.it does not work")
SPARE: Final = (Card(card_id="spare", sealed="v1.spare"),)
PAST_MS: Final = COMPLETE_DEADLINE_MS + 1


def claim(said: Any, now_ms: int = NOW_MS) -> Claim:
    return Claim(said, now_ms, LIMITS)


def about(number: int = 1, dispute_id: str = CASE) -> dict[str, Any]:
    return {**WHOSE, "line": number, "dispute_id": dispute_id}


def opening(number: int = 1, wants: Any = "replacement", **changes: Any) -> Claim:
    words: Any = {**WHOSE, "request_id": CASE, "line": number, "wants": wants, "evidence": TEXT}
    return claim(OpenDispute(**{**words, "received_ms": NOW_MS, **changes}))


def opened(number: int = 1, wants: Any = "replacement", **changes: Any) -> DisputeOpened:
    words: Any = {**about(number), "quantity": 1, "wants": wants, "by": "buyer", "evidence": TEXT}
    times: Any = {"deadline_ms": ANSWER_MS, "answer_ms": LIMITS.dispute_answer_ms}
    return DisputeOpened(**{**words, **times, "stock_ms": LIMITS.stock_answer_ms, **changes})


def refused(code: Any, request_id: str = CASE, **changes: Any) -> DisputeRefused:
    words: Any = {**WHOSE, "request_id": request_id, "line": 1, "code": code}
    return DisputeRefused(**{**words, **changes})


def asking(request_id: str = "ask-1", **changes: Any) -> Claim:
    words: Any = {**about(), "request_id": request_id, "sealed_text": "s1.?", "by": "wang"}
    return claim(AskBuyer(**{**words, **changes}))


def asked(request_id: str = "ask-1") -> BuyerAsked:
    words: Any = {**about(), "request_id": request_id, "sealed_text": "s1.?", "by": "wang"}
    return BuyerAsked(**words, deadline_ms=ANSWER_MS)


def adding(request_id: str = "more-1", **changes: Any) -> Claim:
    words: Any = {**about(), "request_id": request_id, "evidence": TEXT}
    return claim(AddEvidence(**{**words, **changes}))


def added(request_id: str = "more-1") -> EvidenceAdded:
    words: Any = {**about(), "request_id": request_id, "evidence": TEXT}
    return EvidenceAdded(**words, deadline_ms=ANSWER_MS)


def deciding(outcome: Any, number: int = 1, **changes: Any) -> Claim:
    words: Any = {**about(number), "request_id": "word-1", "outcome": outcome, "by": "wang"}
    return claim(DecideDispute(**{**words, "reason": "seen", **changes}))


def choosing(wants: Any, dispute_id: str, request_id: str = "word-1") -> Claim:
    return claim(ChooseRemedy(**about(1, dispute_id), request_id=request_id, wants=wants))


def decided(outcome: Any, number: int = 1, **changes: Any) -> DisputeDecided:
    words: Any = {**about(number), "request_id": "word-1", "sku": SKUS[number - 1], "quantity": 1}
    words |= {"outcome": outcome, "by": "wang", "reason": "seen", **changes}
    if outcome == "replacement":
        held = ids.replacement_id(words["dispute_id"])
        words |= {"reservation_id": held, "deadline_ms": words.get("deadline_ms", STOCK_MS)}
    return DisputeDecided(**words)


def closed(outcome: Any, number: int = 1, code: Any = "DECIDED", **changes: Any) -> DisputeClosed:
    return DisputeClosed(**{**about(number), "outcome": outcome, "code": code, **changes})


def _held(number: int, dispute_id: str) -> dict[str, Any]:
    held = ids.replacement_id(dispute_id)
    return {**WHOSE, "line": number, "sku": SKUS[number - 1], "reservation_id": held}


def stock(cards: Any = SPARE, number: int = 1, dispute_id: str = CASE) -> Heard:
    """Inventory has other cards."""
    units = None if cards else 1
    return heard(
        StockReserved(**_held(number, dispute_id), cards=cards, index=0, units=units)
    )  # fmt: skip


def no_stock(number: int = 1, dispute_id: str = CASE) -> Heard:
    words = _held(number, dispute_id)
    return heard(StockRefused(**words, code="INSUFFICIENT_STOCK", available=0))


def reserved(number: int = 1, dispute_id: str = CASE) -> ReplacementReserved:
    return ReplacementReserved(**_held(number, dispute_id), dispute_id=dispute_id, cards=SPARE)


def missed(code: Any = "INSUFFICIENT_STOCK", number: int = 1) -> ReplacementMissed:
    return ReplacementMissed(**_held(number, CASE), dispute_id=CASE, code=code)


def sent(number: int = 1, dispute_id: str = CASE) -> Heard:
    """Delivery has given the other cards."""
    return heard(ReplacementDelivered(**_held(number, dispute_id), cards=SPARE))


def elapsed(now_ms: int, number: int = 1) -> Elapsed:
    return Elapsed(f"dispute/{ORDER}/{number}", now_ms)


def repaying(amount: int, number: int = 1, **changes: Any) -> OrderRefunding:
    """What goes back because of the dispute."""
    words: Any = {"refund_id": of_dispute(CASE), "dispute_id": CASE, "by": "wang", "reason": "seen"}
    return back.refunding(number, **{**words, "amount": amount, **_part(number, amount), **changes})


def repaid(amount: int, number: int = 1, **changes: Any) -> OrderRefunded:
    words: Any = {"refund_id": of_dispute(CASE), "amount": amount, **_part(number, amount)}
    return back.refunded(number, **{**words, **changes})


def _part(number: int, amount: int) -> dict[str, Any]:
    return {"lines": ({"line": number, "amount": amount},)}


def recall(card_id: str = "c", number: int = 1) -> Heard:
    words: Any = {"request_id": "bad-1", "by": "li", "reason": "a bad batch"}
    return heard(CardRecalled(**WHOSE, line=number, card_id=card_id, sku=SKUS[0], **words))


def offer_id(card_id: str = "c") -> str:
    word: Any = recall(card_id).word
    return recall_id(word)


def offered(card_id: str = "c", number: int = 1) -> DisputeOpened:
    return opened(
        number, dispute_id=offer_id(card_id), by="recall", evidence=None, cards=(card_id,),
        reason="a bad batch", deadline_ms=OFFER_MS,
    )  # fmt: skip


def card_added(card_id: str = "d", dispute_id: str = CASE) -> CardAdded:
    return CardAdded(**about(1, dispute_id), card_id=card_id)


FACTS: Final = (
    opened(), offered(), card_added(), added(), asked(), decided("replacement"), decided("refund"),
    reserved(), missed(), missed("NO_ANSWER"), closed("replaced"), closed("refunded"),
    closed("rejected"), refused("NOT_OPEN"), repaying(1), repaid(1),
)  # fmt: skip
"""Every fact about disputes, and what goes back for one."""
