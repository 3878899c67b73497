"""Which aggregates a word about a dispute reads, and what they remember after each fact.

`dispute/<order id>/<line>` has the case, `said/<request id>` and `recalled/<card id>` that a word
was heard; the order knows which of its lines are open to dispute. Total: it never raises.
"""

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

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
    EvidenceAdded,
    OpenDispute,
    ReplacementDelivered,
    ReplacementMissed,
    ReplacementReserved,
)
from shared.contracts.inventory import CardRecalled, StockRefused, StockReserved
from shared.kernel.decider import States

from . import counting, refunding, remedies
from .dispute_state import (
    Case,
    Contested,
    Dispute,
    Offering,
    Open,
    Questioned,
    Repaying,
    Replacing,
    Sending,
    Settled,
)
from .state import Accepted, Answered, AwaitingPayment, Delivered, Ended, Order, Paid, State

DISPUTE = "dispute/"
SAID = "said/"
RECALLED = "recalled/"

DisputeFact = (
    DisputeOpened | CardAdded | EvidenceAdded | BuyerAsked | DisputeDecided | ReplacementReserved
    | ReplacementMissed | DisputeClosed | DisputeRefused
)  # fmt: skip
Message = (
    DisputeFact | OpenDispute | AddEvidence | AskBuyer | ChooseRemedy | DecideDispute
    | StockReserved | StockRefused | ReplacementDelivered | CardRecalled
)  # fmt: skip


def dispute_key(order_id: str, line: int) -> str:
    """Where a line's dispute is remembered."""
    return f"{DISPUTE}{order_id}/{line}"


def keys(message: Message, states: States) -> Iterable[str]:
    """The aggregates that the message reads or changes."""
    order = f"order/{message.order_id}"
    dispute = dispute_key(message.order_id or "", message.line or 0)
    match message:
        case OpenDispute():
            return (order, dispute, SAID + message.request_id)
        case AddEvidence() | AskBuyer() | ChooseRemedy() | DecideDispute():
            used = counting.keys_of(states.get(order))
            return (order, dispute, SAID + message.request_id, _refund(message.dispute_id), *used)
        case StockReserved() | StockRefused():
            used = counting.keys_of(states.get(order))
            return (order, dispute, *_of_open(states.get(dispute)), *used)
        case ReplacementDelivered():
            return (order, dispute)
        case CardRecalled():
            said = SAID + remedies.recall_id(message)
            return (order, dispute, said, RECALLED + message.card_id)
        case DisputeOpened():
            cards = [RECALLED + card_id for card_id in message.cards]
            return (order, dispute, SAID + message.dispute_id, *cards)
        case CardAdded():
            return (dispute, RECALLED + message.card_id)
        case EvidenceAdded() | BuyerAsked() | DisputeDecided():
            return (dispute, SAID + message.request_id)
        case ReplacementReserved() | ReplacementMissed():
            return (dispute,)
        case DisputeClosed():
            return (order, dispute)
        case DisputeRefused():
            return (SAID + message.request_id,)
        case _ as never:
            assert_never(never)


def keys_in_time(key: str, states: States) -> Iterable[str]:
    """What a dispute's deadline reads or changes."""
    found = states.get(key)
    said = [SAID + found.case.dispute_id] if isinstance(found, Open) else []
    order = f"order/{key.split('/')[1]}"
    return (key, order, *said, *_of_open(found), *counting.keys_of(states.get(order)))


def after(key: str, state: State | None, fact: DisputeFact) -> State | None:
    """An aggregate after a fact about disputes; none of them is an order."""
    if not key.startswith(DISPUTE):
        return Answered()
    found = state if isinstance(state, Open | Settled) else None
    return _opened(fact) if isinstance(fact, DisputeOpened) else _moved(found, fact)


def of_order(order: Order | None, fact: DisputeFact) -> Order | None:
    """The order, now that a line of it is disputed, or is so no more."""
    if not isinstance(order, Accepted | AwaitingPayment | Paid | Delivered | Ended):
        return order
    match fact:
        case DisputeOpened(line=line):
            return replace(order, disputed=(*order.disputed, line))
        case DisputeClosed(line=line):
            left = tuple([other for other in order.disputed if other != line])
            return replace(order, disputed=left)
        case _:
            return order


def _opened(fact: DisputeOpened) -> Contested | Offering:
    recalled = fact.by == "recall"
    case = Case(
        fact.dispute_id, fact.account_id, fact.line, fact.quantity, fact.wants, fact.answer_ms,
        fact.stock_ms, recalled,
    )  # fmt: skip
    return Offering(case, fact.deadline_ms) if recalled else Contested(case, fact.deadline_ms)


def _moved(found: Dispute | None, fact: DisputeFact) -> Dispute | None:
    if not isinstance(found, Open):
        return found
    case = found.case
    match fact:
        case CardAdded() if isinstance(found, Offering):
            return replace(found, case=replace(case, quantity=case.quantity + 1))
        case EvidenceAdded():
            return Contested(case, fact.deadline_ms)
        case BuyerAsked():
            return Questioned(case, fact.deadline_ms)
        case DisputeDecided(reservation_id=str(reservation_id)):
            return Replacing(case, reservation_id, fact.deadline_ms or 0)
        case DisputeDecided() | ReplacementMissed():
            return Repaying(case)
        case ReplacementReserved():
            return Sending(case, fact.reservation_id)
        case DisputeClosed():
            lapsed = fact.code == "OFFER_LAPSED"
            return Settled(case.dispute_id, fact.outcome, lapsed)
        case CardAdded() | DisputeOpened() | DisputeRefused():
            return found
        case _ as never:
            assert_never(never)


def _of_open(found: State | None) -> tuple[str, ...]:
    """The refund that an open dispute may come to."""
    return (_refund(found.case.dispute_id),) if isinstance(found, Open) else ()


def _refund(dispute_id: str) -> str:
    return f"refund/{refunding.of_dispute(dispute_id)}"
