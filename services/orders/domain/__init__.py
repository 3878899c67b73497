"""orders: an order's life, from the buyer's wish to its one end.

Aggregates: `order/<order id>`; and, so that a repeat finds its answer again, `try/<request id>` (a
further try to pay that was declined) and `confirm/<request id>` (a confirmation that was refused).
"""

from collections.abc import Iterable
from typing import Final, assert_never

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
    OrderCancelled,
    OrderCompleted,
    OrderDeclined,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
    PlaceOrder,
)
from shared.contracts.payments import PaymentDeclined
from shared.kernel.decider import Elapsed, States

from . import cancelling, delivering, paying, placing, reserving
from .limits import Limits
from .placing import Offered, Place
from .state import Accepted, Answered, Delivered, Ended, Order, State
from .words import Heard, TooEarly, Word, decide_word

__all__ = [
    "Command", "Event", "Heard", "Limits", "Offered", "Place", "State", "TooEarly", "Word",
    "decide", "evolve", "keys",
]  # fmt: skip

ORDER: Final = "order/"

Command = Place | Heard | CancelOrder | ConfirmOrder | Elapsed
Event = (
    OrderPlaced
    | OrderAccepted
    | LineReserved
    | LineRefused
    | PaymentRequested
    | OrderDeclined
    | CancellationRequested
    | OrderPaid
    | LineDelivered
    | OrderDelivered
    | OrderCompleted
    | ConfirmRefused
    | OrderRejected
    | OrderCancelled
    | OrderExpired
)


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case Heard(word=PaymentDeclined() as word):
            return (_order(word), *_try(word))
        case Heard(word=word):
            return (_order(word),)
        case Place(wanted=wanted):
            return (_order(wanted),)
        case Elapsed(key=key):
            return (key,)
        case ConfirmOrder():
            return (_order(message), _confirm(message))
        case ConfirmRefused():
            return (_confirm(message),)
        case OrderDeclined():
            return (_order(message), *_try(message))
        case _:
            return (_order(message),)


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Heard(word=PaymentDeclined() as word) if any(key in states for key in _try(word)):
            return []
        case Heard(word=word):
            return decide_word(states.get(_order(word)), command)
        case Place(wanted=wanted):
            return [] if _order(wanted) in states else [placing.decide_place(command)]
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
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact."""
    if not key.startswith(ORDER):
        return Answered()
    order = None if isinstance(state, Answered) else state
    match fact:
        case OrderPlaced():
            return placing.placed(fact)
        case OrderAccepted():
            return reserving.accepted(order, fact)
        case LineReserved() | LineRefused():
            return reserving.answered(order, fact)
        case PaymentRequested():
            return reserving.requested(order, fact)
        case OrderPaid():
            return paying.paid(order, fact)
        case OrderDelivered():
            return Delivered(fact.account_id, fact.deadline_ms)
        case OrderCompleted():
            return Ended(completed=True)
        case LineDelivered():
            return delivering.line_delivered(order, fact)
        case OrderDeclined():
            return paying.declined(order)
        case CancellationRequested():
            return cancelling.cancelling(order)
        case OrderRejected() | OrderCancelled() | OrderExpired():
            return Ended(completed=False)
        case ConfirmRefused():
            return state
        case _ as never:
            assert_never(never)


def _decide_elapsed(order: Order | None, command: Elapsed) -> list[Fact]:
    match order:
        case Accepted(deadline_ms=deadline_ms) if command.now_ms >= deadline_ms:
            return [reserving.conclude(command.key.removeprefix(ORDER), order, command.now_ms)]
        case Delivered(deadline_ms=deadline_ms) if command.now_ms >= deadline_ms:
            return [delivering.completed_by_itself(command.key.removeprefix(ORDER), order)]
        case _:
            return []


def _strange(order: Order | None, command: CancelOrder | ConfirmOrder) -> bool:
    """Whether the order is another account's: then it is none of the sender's business."""
    return not (order is None or isinstance(order, Ended) or order.account_id == command.account_id)


def _order(message: PlaceOrder | Word | CancelOrder | ConfirmOrder | Event) -> str:
    return ORDER + message.order_id


def _try(message: PaymentDeclined | OrderDeclined) -> tuple[str, ...]:
    """The further try to remember; the first one is remembered by its order."""
    return () if message.request_id == message.payment_id else (f"try/{message.request_id}",)


def _confirm(message: ConfirmOrder | ConfirmRefused) -> str:
    return f"confirm/{message.request_id}"
