"""Money goes back: for lines that cannot be delivered by itself, else because a person says so."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec.structs import replace

from shared.contracts.delivery import DeliveryFailed
from shared.contracts.message import Fact
from shared.contracts.orders import OrderPaid
from shared.contracts.payments import PaymentConfirmed
from shared.contracts.refunds import (
    LineFailed,
    LineRefund,
    OrderFailed,
    OrderRefunded,
    OrderRefunding,
    RefundDenied,
    RefundIssued,
    RefundOrder,
)
from shared.kernel import ids
from shared.kernel.decider import States

from .delivering import delivered
from .state import (
    AwaitingPayment,
    Delivered,
    Ended,
    Lost,
    Order,
    Paid,
    Refunding,
    Sold,
    State,
    Underway,
)

Denial = Literal[
    "UNKNOWN_ORDER", "NOT_PAID", "LINE_OPEN", "MORE_THAN_PAID", "BAD_AMOUNT", "REASON_REQUIRED",
    "LINE_DISPUTED",
]  # fmt: skip


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


def sold(order: AwaitingPayment) -> tuple[Sold, ...]:
    """What a paid order remembers of its lines."""
    lines = [
        Sold(
            line.line, line.amount, sku=line.sku, quantity=line.quantity,
            topup=line.target is not None,
        )
        for line in order.lines
    ]  # fmt: skip
    return tuple(lines)


def with_the_payment(order: AwaitingPayment, fact: OrderPaid, complete_ms: int) -> list[Fact]:
    """What stands beside OrderPaid where lines had failed before it was heard of."""
    gone = tuple([one.line for one in order.failed])
    settled = (*order.delivered, *gone)
    waiting = [hold.line for hold in fact.lines if hold.line not in settled]
    after = Paid(order.account_id, tuple(waiting), sold(order), gone)
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


def keys_of_issued(states: States, word: RefundIssued) -> tuple[str, ...]:
    """The order, the refund, and the dispute that it ends, where it ends one."""
    order, refund = f"order/{word.order_id}", f"refund/{word.refund_id}"
    found = states.get(refund)
    if not isinstance(found, Underway) or not found.disputed:
        return (order, refund)
    return (order, refund, f"dispute/{word.order_id}/{found.disputed}")


def decide_issued(refund: State | None, word: RefundIssued) -> list[Fact]:
    """Payments has given it back."""
    if not isinstance(refund, Underway):
        return []
    return [_refunded(word.order_id, word.account_id, word.refund_id, refund, word.to)]


def decide_refund(order: Order | None, command: RefundOrder) -> OrderRefunding | RefundDenied:
    """A person's word, with a reason; a line on its way to the buyer is not given back."""
    if not command.by.strip() or not command.reason.strip():
        return _denied(command, "REASON_REQUIRED")
    if order is None:
        return _denied(command, "UNKNOWN_ORDER")
    lines = order.lines if isinstance(order, Paid | Delivered | Ended) else ()
    named = [line for line in lines if not command.lines or line.line in command.lines]
    if not named or len(named) < len(set(command.lines)):
        return _denied(command, "NOT_PAID")
    if isinstance(order, Paid) and any(line.line in order.waiting for line in named):
        return _denied(command, "LINE_OPEN")
    if isinstance(order, Paid | Delivered | Ended) and _disputed(order, named):
        return _denied(command, "LINE_DISPUTED")
    left = sum([line.amount - line.refunded for line in named])
    amount = left if command.amount is None else command.amount
    if amount > left or not left:
        return _denied(command, "MORE_THAN_PAID")
    if amount <= 0:
        return _denied(command, "BAD_AMOUNT")
    waiting = isinstance(order, Paid) and bool(order.waiting)
    return OrderRefunding(
        order_id=command.order_id,
        account_id=command.account_id,
        payment_id=ids.payment_id(command.order_id),
        refund_id=command.request_id,
        lines=_shared(named, amount),
        amount=amount,
        to=command.to,
        whole=not waiting and amount == sum([line.amount - line.refunded for line in lines]),
        by=command.by,
        reason=command.reason,
    )


def of_dispute(dispute_id: str) -> str:
    """The one refund that a dispute may come to."""
    return ids.derive("refund", "dispute", dispute_id)


def for_nothing(fact: OrderRefunding) -> OrderRefunded:
    """What cost nothing is back as soon as it is asked for."""
    return _refunded(fact.order_id, fact.account_id, fact.refund_id, underway(fact), "wallet")


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


def refunding(order: Order | None, fact: OrderRefunding) -> Order | None:
    """The order, now that money of it is on its way back."""
    if not isinstance(order, Paid | Delivered | Ended):
        return order
    if fact.whole:
        return Refunding(fact.account_id, fact.refund_id, isinstance(order, Ended))
    back = {part.line: part.amount for part in fact.lines}
    lines = [replace(one, refunded=one.refunded + back.get(one.line, 0)) for one in order.lines]
    return replace(order, lines=tuple(lines))


def refunded(order: Order | None, fact: OrderRefunded) -> Order | None:
    """The order, now that money of it is back."""
    if not fact.whole:
        return order
    completed = isinstance(order, Refunding) and order.completed
    return Ended(completed=completed, account_id=fact.account_id if completed else "")


def underway(fact: OrderRefunding) -> Underway:
    """What a refund must remember until payments has issued it."""
    lines = tuple([Sold(part.line, part.amount) for part in fact.lines])
    disputed = fact.lines[0].line if fact.dispute_id and fact.lines else 0
    return Underway(lines, fact.amount, fact.whole, disputed)


def _given_back(order_id: str, order: Paid, lost: Sequence[Lost], complete_ms: int) -> list[Fact]:
    """``order`` as it is without the lines that are lost."""
    gone = {one.line for one in lost}
    given = [one.line for one in order.lines if one.line not in (*order.waiting, *order.failed)]
    whole, last = not (given or order.waiting), lost[-1]
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
        by="delivery",
        reason=last.code,
    )
    refund: list[Fact] = [back] if back.amount else [back, for_nothing(back)]
    if whole:
        ended = OrderFailed(order_id=order_id, account_id=order.account_id, code=last.code)
        return [ended, *refund]
    if order.waiting:
        return refund
    return [*refund, delivered(order_id, order.account_id, given[-1], complete_ms)]


def _disputed(order: Paid | Delivered | Ended, lines: Iterable[Sold]) -> bool:
    return any(line.line in order.disputed for line in lines)


def _refund_id(order_id: str, lines: Iterable[int]) -> str:
    """The one refund of these lines, because they cannot be delivered."""
    return ids.derive("refund", order_id, *map(str, sorted(lines)))


def _failed_lines(order_id: str, account_id: str, lost: Iterable[Lost]) -> list[Fact]:
    return [
        LineFailed(order_id=order_id, account_id=account_id, line=one.line, code=one.code)
        for one in lost
    ]


def _shared(lines: Iterable[Sold], amount: int) -> tuple[LineRefund, ...]:
    """The amount over the lines, from the first on, no line more than is left of it."""
    parts, left = [], amount
    for line in lines:
        part = min(left, line.amount - line.refunded)
        if part > 0:
            parts.append(LineRefund(line=line.line, amount=part))
            left -= part
    return tuple(parts)


def _refunded(
    order_id: str, account_id: str, refund_id: str, refund: Underway,
    to: Literal["wallet", "channel"],
) -> OrderRefunded:  # fmt: skip
    return OrderRefunded(
        order_id=order_id,
        account_id=account_id,
        refund_id=refund_id,
        lines=tuple([LineRefund(line=one.line, amount=one.amount) for one in refund.lines]),
        amount=refund.amount,
        to=to,
        whole=refund.whole,
    )


def _denied(command: RefundOrder, code: Denial) -> RefundDenied:
    return RefundDenied(
        order_id=command.order_id,
        account_id=command.account_id,
        request_id=command.request_id,
        code=code,
    )
