"""What a dispute comes to: another card from inventory, money back through payments, or nothing."""

from dataclasses import dataclass
from typing import Any, Literal

from shared.contracts.disputes import (
    AddEvidence,
    AskBuyer,
    CardAdded,
    ChooseRemedy,
    DecideDispute,
    DisputeClosed,
    DisputeDecided,
    DisputeOpened,
    DisputeRefused,
    OpenDispute,
    Outcome,
    ReplacementDelivered,
    ReplacementMissed,
    ReplacementReserved,
)
from shared.contracts.inventory import CardRecalled, StockRefused, StockReserved
from shared.contracts.message import Fact
from shared.contracts.refunds import LineRefund, OrderRefunding, RefundTo
from shared.kernel import ids

from . import refunding
from .dispute_state import Case, Dispute, Open, Replacing, Sending
from .limits import Limits
from .state import Accepted, Asked, AwaitingPayment, Delivered, Ended, Order, Paid, Sold

Word = OpenDispute | AddEvidence | ChooseRemedy | AskBuyer | DecideDispute
Ending = Literal["replaced", "refunded", "rejected"]
Refusal = Literal[
    "UNKNOWN_ORDER", "NOT_DELIVERED", "WINDOW_CLOSED", "ALREADY_DISPUTED", "BAD_QUANTITY",
    "NO_REPLACEMENT", "NOTHING_LEFT", "UNKNOWN_DISPUTE", "NOT_OPEN", "REASON_REQUIRED",
    "BAD_AMOUNT", "MORE_THAN_PAID",
]  # fmt: skip
Missed = Literal["INSUFFICIENT_STOCK", "NO_ANSWER", "NO_CARDS"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody, or somebody's silence, has decided."""

    request_id: str
    outcome: Outcome
    by: str
    reason: str
    amount: int | None = None
    """Minor units that go back; None: the share of the units that are wrong."""
    to: RefundTo = "wallet"


def decided(
    order: Order | None, order_id: str, case: Case, verdict: Verdict, now_ms: int
) -> list[Fact]:
    """The decision, and what it sets going."""
    line = delivered_line(order, case.line)
    again = verdict.outcome == "replacement"
    fact = DisputeDecided(
        order_id=order_id,
        account_id=case.account_id,
        dispute_id=case.dispute_id,
        request_id=verdict.request_id,
        line=case.line,
        sku=line.sku if line else "",
        quantity=case.quantity,
        outcome=verdict.outcome,
        by=verdict.by,
        reason=verdict.reason,
        reservation_id=ids.replacement_id(case.dispute_id) if again else None,
        deadline_ms=now_ms + case.stock_ms if again else None,
    )
    if again:
        return [fact]
    if verdict.outcome == "rejection":
        return [fact, closed(order_id, case, "rejected", "DECIDED")]
    return [fact, *repaid(order, order_id, case, verdict)]


def repaid(order: Order | None, order_id: str, case: Case, verdict: Verdict) -> list[Fact]:
    """Money goes back for the line; where there is nothing left of it there is nothing to give."""
    line = delivered_line(order, case.line)
    if order is None or line is None or not has_left(line):
        return [closed(order_id, case, "rejected", "NOTHING_LEFT")]
    amount = _share(line, case) if verdict.amount is None else verdict.amount
    back = _refund(order, order_id, case, amount, verdict)
    if amount:
        return [back]
    given = refunding.for_nothing(order, back)
    return [back, given, closed(order_id, case, "refunded", "DECIDED")]


def decide_stock(
    order: Order | None, dispute: Dispute | None, word: StockReserved | StockRefused
) -> list[Fact]:
    """Inventory has another card, or has none."""
    if not isinstance(dispute, Replacing) or dispute.reservation_id != word.reservation_id:
        return []
    if isinstance(word, StockRefused):
        return missed(order, word.order_id, dispute, "INSUFFICIENT_STOCK")
    if not word.cards:
        return missed(order, word.order_id, dispute, "NO_CARDS")
    return [
        ReplacementReserved(
            order_id=word.order_id,
            account_id=word.account_id,
            dispute_id=dispute.case.dispute_id,
            line=word.line,
            reservation_id=word.reservation_id,
            sku=word.sku,
            cards=word.cards,
        )
    ]


def missed(order: Order | None, order_id: str, dispute: Replacing, code: Missed) -> list[Fact]:
    """There is no other card: the money goes back instead."""
    case, line = dispute.case, delivered_line(order, dispute.case.line)
    fact = ReplacementMissed(
        order_id=order_id,
        account_id=case.account_id,
        dispute_id=case.dispute_id,
        line=case.line,
        reservation_id=dispute.reservation_id,
        sku=line.sku if line else "",
        code=code,
    )
    verdict = Verdict(case.dispute_id, "refund", "inventory", code)
    return [fact, *repaid(order, order_id, case, verdict)]


def decide_delivered(dispute: Dispute | None, word: ReplacementDelivered) -> list[Fact]:
    """The other card is the buyer's."""
    if not isinstance(dispute, Sending) or dispute.reservation_id != word.reservation_id:
        return []
    return [closed(word.order_id, dispute.case, "replaced", "DECIDED")]


def decide_recalled(
    order: Order, dispute: Dispute | None, word: CardRecalled, now_ms: int, limits: Limits
) -> list[Fact]:
    """A card of the line is bad: another one is offered, or the open dispute is told of it."""
    line = _line_of(order, word.line or 0)
    if line is None or (isinstance(line, Sold) and not has_left(line)):
        return []
    whose: Any = {"order_id": word.order_id or "", "account_id": word.account_id or ""}
    if isinstance(dispute, Open):
        case = dispute.case
        added = CardAdded(**whose, dispute_id=case.dispute_id, line=case.line, card_id=word.card_id)
        return [added]
    return [
        DisputeOpened(
            **whose,
            dispute_id=recall_id(word),
            line=line.line,
            quantity=1,
            wants="replacement",
            by="recall",
            cards=(word.card_id,),
            reason=word.reason,
            deadline_ms=now_ms + limits.offer_ms,
            answer_ms=limits.dispute_answer_ms,
            stock_ms=limits.stock_answer_ms,
        )
    ]


def recall_id(word: CardRecalled) -> str:
    """The dispute that a recalled card opens, where none is open."""
    return ids.derive("recalled", word.order_id or "", word.card_id)


def delivered_line(order: Order | None, number: int) -> Sold | None:
    """A line that the buyer has."""
    match order:
        case Paid(waiting=waiting, failed=failed) if number in (*waiting, *failed):
            return None
        case Paid() | Delivered() | Ended():
            return next((line for line in order.lines if line.line == number), None)
        case _:
            return None


def has_left(line: Sold) -> bool:
    """Whether not all of it has gone back; what cost nothing never has."""
    return line.refunded < line.amount or not line.amount


def closed(
    order_id: str,
    case: Case,
    outcome: Ending,
    code: Literal["DECIDED", "BUYER_SILENT", "OFFER_LAPSED", "NOTHING_LEFT"],
) -> DisputeClosed:
    """Its one end."""
    return DisputeClosed(
        order_id=order_id,
        account_id=case.account_id,
        dispute_id=case.dispute_id,
        line=case.line,
        outcome=outcome,
        code=code,
    )


def refusal(said: Word, code: Refusal) -> DisputeRefused:
    """It cannot be."""
    return DisputeRefused(
        order_id=said.order_id,
        account_id=said.account_id,
        request_id=said.request_id,
        line=said.line,
        code=code,
    )


def _refund(
    order: Order, order_id: str, case: Case, amount: int, verdict: Verdict
) -> OrderRefunding:  # fmt: skip
    """Money of one disputed line; an order with another open dispute is not over with it."""
    bought = order if isinstance(order, Paid | Delivered | Ended) else Ended(completed=False)
    open_still = isinstance(order, Paid) and bool(order.waiting)
    others = [line for line in bought.disputed if line != case.line]
    left = sum([line.amount - line.refunded for line in bought.lines])
    whole = not open_still and not others and amount == left
    return OrderRefunding(
        order_id=order_id,
        account_id=case.account_id,
        payment_id=ids.payment_id(order_id),
        refund_id=refunding.of_dispute(case.dispute_id),
        lines=(LineRefund(line=case.line, amount=amount),),
        amount=amount,
        to=verdict.to,
        whole=whole,
        by=verdict.by,
        reason=verdict.reason,
        dispute_id=case.dispute_id,
        quotas=refunding.not_used(order_id, bought, whole=whole),
    )


def _line_of(order: Order, number: int) -> Sold | Asked | None:
    """A line that is delivered, or may yet be."""
    match order:
        case Accepted() | AwaitingPayment():
            return next((line for line in order.lines if line.line == number), None)
        case Paid(failed=failed) if number in failed:
            return None
        case Paid() | Delivered() | Ended():
            return next((line for line in order.lines if line.line == number), None)
        case _:
            return None


def _share(line: Sold, case: Case) -> int:
    """What the units that are wrong cost, rounded for the buyer, and no more than is left."""
    units = max(line.quantity, 1)
    share = -(-line.amount * min(case.quantity, units) // units)
    return min(share, line.amount - line.refunded)
