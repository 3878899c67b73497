"""The buyer no longer wants it: decided here until the money is asked for, then by payments."""

from typing import assert_never

from msgspec.structs import replace

from shared.contracts.message import Fact
from shared.contracts.orders import CancellationRequested, CancelOrder, Hold, OrderCancelled
from shared.kernel import ids

from .reserving import held
from .state import Accepted, AwaitingPayment, Delivered, Ended, Order, Paid, Placed, Refunding


def decide_cancel(order: Order | None, command: CancelOrder) -> list[Fact]:
    """The end, or the question to payments, asked once.

    The word may overtake the order that it is about, when that has to be sent a second time: the
    order has then ended before it begins. Once it is paid the word has lost the race, for ever.
    """
    match order:
        case None | Placed():
            return [_cancelled(command, ())]
        case Accepted():
            return [_cancelled(command, held(order))]
        case AwaitingPayment(cancelling=False):
            return [
                CancellationRequested(
                    order_id=command.order_id,
                    account_id=command.account_id,
                    payment_id=ids.payment_id(command.order_id),
                    request_id=command.request_id,
                )
            ]
        case AwaitingPayment() | Paid() | Delivered() | Refunding() | Ended():
            return []
        case _ as never:
            assert_never(never)


def cancelling(order: Order | None) -> Order | None:
    """The order, now that its cancellation is passed on."""
    return replace(order, cancelling=True) if isinstance(order, AwaitingPayment) else order


def _cancelled(command: CancelOrder, release: tuple[Hold, ...]) -> OrderCancelled:
    return OrderCancelled(
        order_id=command.order_id, account_id=command.account_id, by="buyer", release=release
    )
