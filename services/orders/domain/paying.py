"""From the request for money to payments' last word: until then nothing is released."""

from msgspec.structs import replace

from shared.contracts.charges import OrderPayable, PaymentOffered
from shared.contracts.message import Fact
from shared.contracts.orders import (
    OrderCancelled,
    OrderDeclined,
    OrderExpired,
    OrderPaid,
)
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
)

from . import failing, refunding
from .delivering import delivered
from .reserving import holds
from .state import AwaitingPayment, Order, Paid


def decide_declined(order: AwaitingPayment, word: PaymentDeclined) -> list[Fact]:
    """Not an end: the order waits. Only the first try, by the payment's own id, is told here."""
    if order.declined and word.request_id == word.payment_id:
        return []
    return [
        OrderDeclined(
            order_id=word.order_id,
            account_id=order.account_id,
            payment_id=word.payment_id,
            request_id=word.request_id,
            code=word.code,
            missing=max(0, word.amount - word.balance),
        )
    ]


def decide_confirmed(
    order: AwaitingPayment, word: PaymentConfirmed, complete_ms: int
) -> list[Fact]:
    """Paid; and delivered too, where delivery was heard of first.

    ``complete_ms``: when it then completes by itself.
    """
    paid = OrderPaid(
        order_id=word.order_id,
        account_id=order.account_id,
        payment_id=word.payment_id,
        lines=word.lines,
        amount=word.amount,
        quotas=holds(order.quotas) or None,
    )
    if order.failed:
        return [paid, *failing.with_the_payment(order, paid, complete_ms)]
    if any(hold.line not in order.delivered for hold in word.lines):
        return [paid]
    last = order.delivered[-1]
    return [paid, delivered(word.order_id, order.account_id, last, complete_ms)]


def decide_offered(order: AwaitingPayment, word: PaymentOffered) -> list[Fact]:
    """The buyer can pay on a channel's page: each page is told once."""
    if word.charge_id in order.offered:
        return []
    return [
        OrderPayable(
            order_id=word.order_id,
            account_id=order.account_id,
            payment_id=word.payment_id,
            charge_id=word.charge_id,
            channel=word.channel,
            pay_url=word.pay_url,
        )
    ]


def payable(order: Order | None, fact: OrderPayable) -> Order | None:
    """The order, now that its buyer knows where to pay."""
    if not isinstance(order, AwaitingPayment):
        return order
    return replace(order, offered=(*order.offered, fact.charge_id))


def decide_expired(order: AwaitingPayment, word: PaymentExpired) -> OrderExpired:
    """Not paid in time: what was held is given back."""
    return OrderExpired(
        order_id=word.order_id,
        account_id=order.account_id,
        release=holds((*order.lines, *order.quotas)),
    )


def decide_cancelled(order: AwaitingPayment, word: PaymentCancelled) -> OrderCancelled:
    """Cancelled before it was paid: what was held is given back."""
    by_word = word.by == "buyer"
    return OrderCancelled(
        order_id=word.order_id,
        account_id=order.account_id,
        by=word.by,
        release=holds((*order.lines, *order.quotas)),
        staff=(order.staff or None) if by_word else None,
        reason=(order.reason or None) if by_word else None,
    )


def declined(order: Order | None) -> Order | None:
    """The order, now that a try was declined."""
    return replace(order, declined=True) if isinstance(order, AwaitingPayment) else order


def paid(order: Order | None, fact: OrderPaid) -> Order | None:
    """The order, now that it is paid.

    Where every line was delivered before, OrderDelivered stands beside this fact.
    """
    if not isinstance(order, AwaitingPayment):
        return order
    lost = tuple([one.line for one in order.failed])
    settled = (*order.delivered, *lost)
    waiting = [hold.line for hold in fact.lines if hold.line not in settled]
    return Paid(
        order.account_id, tuple(waiting), refunding.sold(order), lost, order.disputed,
        order.open_ms,
        quotas=refunding.used(order),
    )  # fmt: skip
