"""Given up by its buyer or by our people: until money is asked for here, then by payments."""

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
                    staff=command.by,
                    reason=command.reason,
                )
            ]
        case AwaitingPayment() | Paid() | Delivered() | Refunding() | Ended():
            return []
        case _ as never:
            assert_never(never)


def cancelling(order: Order | None, fact: CancellationRequested) -> Order | None:
    """The order, now that its cancellation is passed on."""
    if not isinstance(order, AwaitingPayment):
        return order
    return replace(order, cancelling=True, staff=fact.staff or "", reason=fact.reason or "")


def _cancelled(command: CancelOrder, release: tuple[Hold, ...]) -> OrderCancelled:
    return OrderCancelled(
        order_id=command.order_id,
        account_id=command.account_id,
        by="buyer",
        release=release,
        staff=command.by,
        reason=command.reason,
    )
