"""A paid line cannot be delivered: its money goes back by itself, once, and the rest goes on."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shared.contracts.delivery import DeliveryFailed
from shared.contracts.message import Fact
from shared.contracts.orders import OrderPaid
from shared.contracts.payments import PaymentConfirmed
from shared.contracts.refunds import LineFailed, LineRefund, OrderFailed, OrderRefunding
from shared.kernel import ids

from .delivering import delivered
from .refunding import DELIVERY, for_nothing, not_used, sold, used
from .state import AwaitingPayment, Lost, Order, Paid, State


def decide_early(order: AwaitingPayment, word: DeliveryFailed) -> list[Fact]:
    """Delivery's log was read before payments': remembered until the payment is heard of."""
    known = {one.line for one in order.failed}
    lost = [Lost(hold.line, word.code) for hold in word.lines if hold.line not in known]
    return _failed_lines(word.order_id, order.account_id, lost)


def decide_failed(order: Paid, word: DeliveryFailed, complete_ms: int) -> list[Fact]:
    """Paid lines cannot be delivered: their money goes back at once, the rest goes on."""
    lost = [Lost(hold.line, word.code) for hold in word.lines if hold.line in order.waiting]
    if not lost:
        return []
    gone = [one.line for one in lost]
    after = replace(
        order,
        waiting=tuple([line for line in order.waiting if line not in gone]),
        failed=(*order.failed, *gone),
    )
    lines = _failed_lines(word.order_id, order.account_id, lost)
    return [*lines, *_given_back(word.order_id, after, lost, complete_ms)]


def with_the_payment(order: AwaitingPayment, fact: OrderPaid, complete_ms: int) -> list[Fact]:
    """What stands beside OrderPaid where lines had failed before it was heard of."""
    gone = tuple([one.line for one in order.failed])
    settled = (*order.delivered, *gone)
    waiting = [hold.line for hold in fact.lines if hold.line not in settled]
    after = Paid(order.account_id, tuple(waiting), sold(order), gone, quotas=used(order))
    return _given_back(fact.order_id, after, order.failed, complete_ms)


def opened_by(order: State | None, word: DeliveryFailed | PaymentConfirmed) -> tuple[str, ...]:
    """The refund that follows from this word, where one does."""
    match order, word:
        case Paid(waiting=waiting), DeliveryFailed(lines=holds):
            gone = [hold.line for hold in holds if hold.line in waiting]
        case AwaitingPayment(failed=lost), PaymentConfirmed():
            gone = [one.line for one in lost]
        case _:
            return ()
    return (f"refund/{_refund_id(word.order_id, gone)}",) if gone else ()


def failed(order: Order | None, fact: LineFailed) -> Order | None:
    """The order, now that one of its lines cannot be delivered."""
    match order:
        case AwaitingPayment():
            return replace(order, failed=(*order.failed, Lost(fact.line, fact.code)))
        case Paid():
            waiting = tuple([line for line in order.waiting if line != fact.line])
            return replace(order, waiting=waiting, failed=(*order.failed, fact.line))
        case _:
            return order


def _given_back(order_id: str, order: Paid, lost: Sequence[Lost], complete_ms: int) -> list[Fact]:
    """``order`` as it is without the lines that are lost.

    Where what was delivered has gone back before, this is the last of the money.
    """
    gone = {one.line for one in lost}
    given = [one.line for one in order.lines if one.line not in (*order.waiting, *order.failed)]
    kept = any(one.line in given and not one.gone for one in order.lines)
    whole, last = not (kept or order.waiting), lost[-1]
    lines = [one for one in order.lines if one.line in gone]
    back = OrderRefunding(
        order_id=order_id,
        account_id=order.account_id,
        payment_id=ids.payment_id(order_id),
        refund_id=_refund_id(order_id, gone),
        lines=tuple([LineRefund(line=one.line, amount=one.amount) for one in lines]),
        amount=sum([one.amount for one in lines]),
        to="wallet",
        whole=whole,
        by=DELIVERY,
        reason=last.code,
        quotas=not_used(order_id, order, whole=whole),
    )
    refund: list[Fact] = [back] if back.amount else [back, for_nothing(order, back)]
    if whole and given:
        return refund
    if whole:
        ended = OrderFailed(order_id=order_id, account_id=order.account_id, code=last.code)
        return [ended, *refund]
    if order.waiting:
        return refund
    return [*refund, delivered(order_id, order.account_id, given[-1], complete_ms)]


def _refund_id(order_id: str, lines: Iterable[int]) -> str:
    """The one refund of these lines, because they cannot be delivered."""
    return ids.derive("refund", order_id, *map(str, sorted(lines)))


def _failed_lines(order_id: str, account_id: str, lost: Iterable[Lost]) -> list[Fact]:
    return [
        LineFailed(order_id=order_id, account_id=account_id, line=one.line, code=one.code)
        for one in lost
    ]
