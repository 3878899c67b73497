"""orders: an order's life, from the buyer's wish to its one end.

Aggregates: `order/<order id>`; and, so that a repeat finds its answer again, `try/<request id>` (a
further try to pay that was declined), `confirm/<request id>` (a confirmation that was refused) and
`refund/<refund id>` (money on its way back); `used/<quota SKU>/<account>` (what an account has used
up of a promotion or a coupon). Of disputes: `dispute/<order id>/<line>`, `said/<request id>` and
`recalled/<card id>` (disputed.py). Of what is on no shelf: `custom/<request id>` (bespoke.py).
"""

from collections.abc import Iterable
from typing import Final, assert_never

from shared.contracts.charges import OrderPayable
from shared.contracts.delivery import DeliveryFailed
from shared.contracts.message import Fact
from shared.contracts.orders import (
    CancellationRequested,
    CancelOrder,
    ConfirmOrder,
    ConfirmRefused,
    LineDelivered,
    LineRefused,
    LineReserved,
    OrderAccepted,
    OrderAwaitingVerification,
    OrderCancelled,
    OrderCompleted,
    OrderDeclined,
    OrderDelivered,
    OrderExpired,
    OrderInReview,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
    PlaceOrder,
)
from shared.contracts.payments import PaymentConfirmed, PaymentDeclined
from shared.contracts.refunds import (
    LineFailed,
    OrderFailed,
    OrderRefunded,
    OrderRefunding,
    RefundDenied,
    RefundIssued,
    RefundOrder,
)
from shared.kernel.decider import Elapsed, States

from . import (
    asides,
    bespoke,
    cancelling,
    contested,
    counting,
    delivering,
    disputed,
    failing,
    invoicing,
    paying,
    placing,
    refunding,
    reserving,
    screening,
)
from .asides import AsideFact, AsideWord
from .bespoke_state import Bespoke, Quoted
from .dispute_state import Dispute
from .disputed import DisputeFact
from .disputing import Claim
from .limits import Limits
from .offering import Offered
from .placing import Place
from .state import Accepted, Answered, Delivered, Ended, Order, State, Underway, Used
from .words import Heard, TooEarly, Word, decide_word

__all__ = [
    "AsideWord", "Claim", "Command", "Event", "Heard", "Limits", "Offered", "Place", "State",
    "TooEarly", "Word", "decide", "evolve", "keys",
]  # fmt: skip

ORDER: Final = "order/"

Command = Place | Heard | CancelOrder | ConfirmOrder | RefundOrder | Claim | AsideWord | Elapsed
OrderEvent = (
    OrderPlaced
    | OrderAwaitingVerification
    | OrderInReview
    | OrderAccepted
    | LineReserved
    | LineRefused
    | PaymentRequested
    | OrderDeclined
    | OrderPayable
    | CancellationRequested
    | OrderPaid
    | LineDelivered
    | OrderDelivered
    | OrderCompleted
    | ConfirmRefused
    | OrderRejected
    | OrderCancelled
    | OrderExpired
    | LineFailed
    | OrderFailed
    | OrderRefunding
    | OrderRefunded
    | RefundDenied
    | DisputeFact
)
Event = OrderEvent | AsideFact


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    if contested.concerns(message):
        return contested.keys(message, states)
    match message:
        case Heard(word=PaymentDeclined() as word):
            return (_order(word), *_try(word), *_used(word, states))
        case Heard(word=RefundIssued() as word):
            return refunding.keys_of_issued(states, word)
        case Heard(word=DeliveryFailed() | PaymentConfirmed() as word):
            opened = failing.opened_by(states.get(_order(word)), word)
            return (_order(word), *opened, *_used(word, states))
        case Heard(word=word):
            return (_order(word), *_used(word, states))
        case Place(wanted=wanted):
            quoted = bespoke.keys_of_order(wanted)
            return (_order(wanted), *placing.used_keys(message), *quoted)
        case OrderPlaced():
            quoted = bespoke.keys_of_order(message)
            return (_order(message), *counting.keys_of_placed(message), *quoted)
        case Elapsed(key=key):
            return (key, *counting.keys_of(states.get(key)))
        case Claim():
            return contested.keys(message, states)
        case _ if isinstance(message, AsideWord | AsideFact):
            return asides.keys(message)
        case ConfirmOrder():
            return (_order(message), _confirm(message))
        case ConfirmRefused():
            return (_confirm(message),)
        case OrderRefunding():
            back = counting.keys_of_returned(message)
            return (_order(message), _refund(message.refund_id), *back)
        case OrderRefunded():
            return (_order(message), _refund(message.refund_id))
        case RefundOrder():
            return (_order(message), _refund(message.request_id))
        case RefundDenied():
            return (_refund(message.request_id),)
        case OrderDeclined():
            return (_order(message), *_try(message))
        case CancelOrder() | OrderRejected() | OrderCancelled() | OrderExpired():
            return (_order(message), *_used(message, states))
        case OrderPaid() | PaymentRequested():
            return (_order(message), *_used(message, states))
        case _:
            return (_order(message),)


def _used(
    about: Word | CancelOrder | OrderRejected | OrderCancelled | OrderExpired | OrderPaid
    | PaymentRequested,
    states: States,
) -> list[str]:  # fmt: skip
    """What the order that this is about has counted of promotions and coupons."""
    return counting.keys_of(states.get(_order(about)))


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before. With money that goes back, invoices end."""
    facts = _decide(states, command)
    return [*facts, *invoicing.outgrown(states, facts)]


def _decide(states: States, command: Command) -> list[Fact]:
    if contested.concerns(command):
        return contested.decide(states, command)
    match command:
        case Heard(word=PaymentDeclined() as word) if any(key in states for key in _try(word)):
            return []
        case Heard(word=RefundIssued() as word):
            return contested.decide_issued(states, word)
        case Heard(word=word):
            return decide_word(states.get(_order(word)), command)
        case Place(wanted=wanted):
            quoted = bespoke.offered(command, states)
            return [] if _order(wanted) in states else [placing.decide_place(quoted, states)]
        case Elapsed(key=key):
            return _decide_elapsed(states.get(key), command)
        case CancelOrder():
            order = states.get(_order(command))
            return [] if _strange(order, command) else cancelling.decide_cancel(order, command)
        case ConfirmOrder():
            if _confirm(command) in states:
                return []
            order = states.get(_order(command))
            mine = None if _strange(order, command) else order
            return delivering.decide_confirm(mine, command)
        case RefundOrder():
            if _refund(command.request_id) in states:
                return []
            order = states.get(_order(command))
            return [refunding.decide_refund(None if _strange(order, command) else order, command)]
        case Claim():
            return contested.decide(states, command)
        case _ if isinstance(command, AsideWord):
            return asides.decide(states, command)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact."""
    if key.startswith(counting.USED):
        return counting.after(key, state if isinstance(state, Used) else None, fact)
    if isinstance(fact, DisputeFact) and not key.startswith(ORDER):
        return disputed.after(key, state, fact)
    if key.startswith(bespoke.CUSTOM):
        return bespoke.after(state, fact)
    if not key.startswith(ORDER):
        return refunding.underway(fact) if isinstance(fact, OrderRefunding) else Answered()
    order = None if isinstance(state, Answered | Underway | Used | Dispute | Bespoke) else state
    match fact:
        case OrderPlaced():
            return placing.placed(fact)
        case OrderAwaitingVerification() | OrderInReview():
            return screening.screened(order, fact)
        case OrderAccepted():
            return reserving.accepted(order, fact)
        case LineReserved() | LineRefused():
            return reserving.answered(order, fact)
        case PaymentRequested():
            return reserving.requested(order, fact)
        case OrderPaid():
            return paying.paid(order, fact)
        case OrderDelivered():
            return delivering.done(order, fact)
        case OrderCompleted():
            return delivering.completed(order)
        case LineDelivered():
            return delivering.line_delivered(order, fact)
        case OrderDeclined():
            return paying.declined(order)
        case OrderPayable():
            return paying.payable(order, fact)
        case LineFailed():
            return failing.failed(order, fact)
        case OrderRefunding():
            return refunding.refunding(order, fact)
        case OrderRefunded():
            return refunding.refunded(order, fact)
        case CancellationRequested():
            return cancelling.cancelling(order, fact)
        case OrderRejected() | OrderCancelled() | OrderExpired():
            return Ended(completed=False)
        case ConfirmRefused() | OrderFailed() | RefundDenied():
            return state
        case _ if isinstance(fact, DisputeFact | AsideFact):
            return asides.of_order(order, fact)
        case _ as never:
            assert_never(never)


def _decide_elapsed(order: Order | Quoted | None, command: Elapsed) -> list[Fact]:
    match order:
        case Quoted():
            return bespoke.decide_elapsed(order, command)
        case Accepted(deadline_ms=deadline_ms) if command.now_ms >= deadline_ms:
            return [reserving.conclude(command.key.removeprefix(ORDER), order, command.now_ms)]
        case Delivered(deadline_ms=ms, disputed=()) if command.now_ms >= ms:
            return [delivering.completed_by_itself(command.key.removeprefix(ORDER), order)]
        case _:
            return []


def _strange(order: Order | None, command: CancelOrder | ConfirmOrder | RefundOrder) -> bool:
    """Whether the order is another account's: then it is none of the sender's business."""
    return order is not None and order.account_id not in {"", command.account_id}


def _order(
    message: PlaceOrder | Word | CancelOrder | ConfirmOrder | RefundOrder | OrderEvent,
) -> str:
    return f"{ORDER}{message.order_id}"


def _try(message: PaymentDeclined | OrderDeclined) -> tuple[str, ...]:
    """The further try to remember; the first one is remembered by its order."""
    return () if message.request_id == message.payment_id else (f"try/{message.request_id}",)


def _refund(refund_id: str) -> str:
    return f"refund/{refund_id}"


def _confirm(message: ConfirmOrder | ConfirmRefused) -> str:
    return f"confirm/{message.request_id}"
