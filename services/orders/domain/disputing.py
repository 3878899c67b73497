"""A delivered line is disputed: who has the word, what it comes to, and that it ends once (C7)."""

from dataclasses import dataclass
from typing import assert_never

from shared.contracts.disputes import (
    AddEvidence,
    AskBuyer,
    BuyerAsked,
    ChooseRemedy,
    DecideDispute,
    DisputeOpened,
    DisputeRefused,
    EvidenceAdded,
    OpenDispute,
)
from shared.contracts.message import Fact
from shared.kernel.decider import Elapsed

from . import remedies
from .dispute_state import Contested, Dispute, Judged, Offering, Questioned, Replacing, Settled
from .limits import Limits
from .remedies import Verdict, delivered_line, refusal
from .state import Delivered, Ended, Order, Sold

SILENT = "nobody decided in time"


@dataclass(frozen=True, slots=True)
class Claim:
    """A word about a dispute, the turn's time, and how long the next one may take."""

    said: remedies.Word
    now_ms: int
    limits: Limits


def decide_claim(order: Order | None, dispute: Dispute | None, claim: Claim) -> list[Fact]:
    """What the word makes of the dispute; ``order`` is None where it is not the sender's."""
    match claim.said:
        case OpenDispute() as said:
            return [_open(order, dispute, said, claim)]
        case AddEvidence() | AskBuyer() | ChooseRemedy() | DecideDispute() as said:
            if order is None or dispute is None or _id_of(dispute) != said.dispute_id:
                return [refusal(said, "UNKNOWN_DISPUTE")]
            if not isinstance(dispute, Judged):
                return [refusal(said, "NOT_OPEN")]
            return _judged(order, dispute, said, claim.now_ms)
        case _ as never:
            assert_never(never)


def decide_elapsed(order: Order | None, dispute: Dispute | None, command: Elapsed) -> list[Fact]:
    """Whoever had the word was silent: the shop's silence is for the buyer, the buyer's is not."""
    order_id = command.key.split("/")[1]
    match dispute:
        case Contested(case=case, deadline_ms=deadline_ms) if command.now_ms >= deadline_ms:
            verdict = Verdict(case.dispute_id, case.wants, "deadline", SILENT)
            return remedies.decided(order, order_id, case, verdict, command.now_ms)
        case Questioned(case=case, deadline_ms=deadline_ms) if command.now_ms >= deadline_ms:
            return [remedies.closed(order_id, case, "rejected", "BUYER_SILENT")]
        case Offering(case=case, deadline_ms=deadline_ms) if command.now_ms >= deadline_ms:
            return [remedies.closed(order_id, case, "rejected", "OFFER_LAPSED")]
        case Replacing(deadline_ms=deadline_ms) if command.now_ms >= deadline_ms:
            return remedies.missed(order, order_id, dispute, "NO_ANSWER")
        case _:
            return []


def _open(
    order: Order | None, dispute: Dispute | None, said: OpenDispute, claim: Claim
) -> DisputeOpened | DisputeRefused:
    line = delivered_line(order, said.line)
    if order is None:
        return refusal(said, "UNKNOWN_ORDER")
    if line is None:
        return refusal(said, "NOT_DELIVERED")
    if said.received_ms > _until_ms(order, said.received_ms):
        return refusal(said, "WINDOW_CLOSED")
    if dispute is not None and not _may_be_anew(dispute):
        return refusal(said, "ALREADY_DISPUTED")
    if not remedies.has_left(line):
        return refusal(said, "NOTHING_LEFT")
    quantity = line.quantity if said.quantity is None else said.quantity
    if not 1 <= quantity <= max(line.quantity, 1):
        return refusal(said, "BAD_QUANTITY")
    if said.wants == "replacement" and not _replaceable(line):
        return refusal(said, "NO_REPLACEMENT")
    return DisputeOpened(
        order_id=said.order_id,
        account_id=said.account_id,
        dispute_id=said.request_id,
        line=said.line,
        quantity=quantity,
        wants=said.wants,
        by="buyer",
        evidence=said.evidence,
        deadline_ms=claim.now_ms + claim.limits.dispute_answer_ms,
        answer_ms=claim.limits.dispute_answer_ms,
        stock_ms=claim.limits.stock_answer_ms,
    )


def _judged(
    order: Order | None,
    dispute: Judged,
    said: AddEvidence | AskBuyer | ChooseRemedy | DecideDispute,
    now_ms: int,
) -> list[Fact]:
    case = dispute.case
    match said, dispute:
        case AddEvidence(), Contested() | Questioned():
            asked = isinstance(dispute, Questioned)
            deadline_ms = now_ms + case.answer_ms if asked else dispute.deadline_ms
            return [_evidence(said, deadline_ms)]
        case AskBuyer(), Contested():
            if not said.by.strip():
                return [refusal(said, "REASON_REQUIRED")]
            return [_question(said, now_ms + case.answer_ms)]
        case ChooseRemedy(), Offering():
            verdict = Verdict(said.request_id, said.wants, "buyer", "chosen")
        case DecideDispute(), _:
            if not said.by.strip() or not said.reason.strip():
                return [refusal(said, "REASON_REQUIRED")]
            verdict = Verdict(
                said.request_id, said.outcome, said.by, said.reason, said.amount, said.to
            )
        case _:
            return [refusal(said, "NOT_OPEN")]
    if code := _objection(order, said.line, verdict):
        return [refusal(said, code)]
    return remedies.decided(order, said.order_id, case, verdict, now_ms)


def _objection(order: Order | None, number: int, verdict: Verdict) -> remedies.Refusal | None:
    """Why it cannot come to this."""
    line = delivered_line(order, number)
    if verdict.outcome == "rejection":
        return None
    if line is None or not remedies.has_left(line):
        return "NOTHING_LEFT"
    if verdict.outcome == "replacement" and not _replaceable(line):
        return "NO_REPLACEMENT"
    if verdict.amount is None:
        return None
    if verdict.outcome == "replacement" or verdict.amount <= 0:
        return "BAD_AMOUNT"
    return "MORE_THAN_PAID" if verdict.amount > line.amount - line.refunded else None


def _until_ms(order: Order, received_ms: int) -> int:
    """How long a line may be disputed; as long as another one is on its way, always."""
    match order:
        case Delivered(deadline_ms=until_ms) | Ended(until_ms=until_ms):
            return until_ms
        case _:
            return received_ms


def _may_be_anew(dispute: Dispute) -> bool:
    """What was given in its place may be bad too; nothing was decided of an offer that lapsed."""
    return isinstance(dispute, Settled) and (dispute.outcome == "replaced" or dispute.offer)


def _replaceable(line: Sold) -> bool:
    return not line.topup and bool(line.sku)


def _id_of(dispute: Dispute) -> str:
    return dispute.dispute_id if isinstance(dispute, Settled) else dispute.case.dispute_id


def _evidence(said: AddEvidence, deadline_ms: int) -> EvidenceAdded:
    return EvidenceAdded(**said.model_dump(), deadline_ms=deadline_ms)


def _question(said: AskBuyer, deadline_ms: int) -> BuyerAsked:
    return BuyerAsked(**said.model_dump(), deadline_ms=deadline_ms)
