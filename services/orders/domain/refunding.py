"""Money goes back because a person says so, and when it is back; see also failing, remedies."""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec.structs import replace

from shared.contracts.message import Fact
from shared.contracts.orders import Hold
from shared.contracts.refunds import (
    LineRefund,
    OrderRefunded,
    OrderRefunding,
    RefundDenied,
    RefundIssued,
    RefundOrder,
)
from shared.kernel import ids
from shared.kernel.decider import States

from .state import (
    AwaitingPayment,
    Counted,
    Delivered,
    Ended,
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


DELIVERY: Final = "delivery"
"""Who gives back what cannot be delivered."""


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


def used(order: AwaitingPayment) -> tuple[Counted, ...]:
    """What a paid order remembers of promotions and coupons."""
    return tuple([Counted(quota.line, quota.sku, quota.quantity) for quota in order.quotas])


def not_used(order_id: str, order: Order, *, whole: bool) -> tuple[Hold, ...] | None:
    """What an order gives back of promotions and coupons when it goes back whole because of us.

    Where a person gives the money back nobody has failed: what it used up stays used up, as it
    does where the buyer keeps a part.
    """
    if not whole or not isinstance(order, Paid | Delivered | Ended):
        return None
    held = [
        Hold(
            line=quota.number,
            sku=quota.sku,
            quantity=quota.units,
            reservation_id=ids.reservation_id(order_id, quota.number),
        )
        for quota in order.quotas
    ]
    return tuple(held) or None


def keys_of_issued(states: States, word: RefundIssued) -> tuple[str, ...]:
    """The order, the refund, and the dispute that it ends, where it ends one."""
    order, refund = f"order/{word.order_id}", f"refund/{word.refund_id}"
    found = states.get(refund)
    if not isinstance(found, Underway) or not found.disputed:
        return (order, refund)
    return (order, refund, f"dispute/{word.order_id}/{found.disputed}")


def decide_issued(order: Order | None, refund: State | None, word: RefundIssued) -> list[Fact]:
    """Payments has given it back: to its channel, or to the wallet where that would not have it."""
    if not isinstance(refund, Underway):
        return []
    return [
        _refunded(
            word.order_id, word.account_id, word.refund_id, refund, to=word.to,
            whole=is_last(order), turned_down=word.turned_down,
        )
    ]  # fmt: skip


def is_last(order: Order | None) -> bool:
    """Whether nothing is left of the order, and its last money on its way comes to rest now."""
    return isinstance(order, Refunding) and order.underway <= 1


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


def for_nothing(order: Order, fact: OrderRefunding) -> OrderRefunded:
    """What cost nothing is back as soon as it is asked for."""
    return _refunded(
        fact.order_id, fact.account_id, fact.refund_id, underway(fact), to="wallet",
        whole=is_last(refunding(order, fact)),
    )  # fmt: skip


def refunding(order: Order | None, fact: OrderRefunding) -> Order | None:
    """The order, now that money of it is on its way back."""
    if not isinstance(order, Paid | Delivered | Ended):
        return order
    count = order.underway + 1
    if fact.whole:
        return Refunding(fact.account_id, fact.refund_id, isinstance(order, Ended), count)
    back = {part.line: part.amount for part in fact.lines}
    lines = [
        replace(
            one, refunded=one.refunded + back[one.line], failed=one.failed or fact.by == DELIVERY
        )
        if one.line in back
        else one
        for one in order.lines
    ]
    return replace(order, lines=tuple(lines), underway=count)


def refunded(order: Order | None, fact: OrderRefunded) -> Order | None:
    """The order, now that money of it is back."""
    if not fact.whole:
        if isinstance(order, Paid | Delivered | Refunding | Ended):
            return replace(order, underway=max(0, order.underway - 1))
        return order
    completed = isinstance(order, Refunding) and order.completed
    return Ended(completed=completed, account_id=fact.account_id if completed else "")


def underway(fact: OrderRefunding) -> Underway:
    """What a refund must remember until payments has issued it."""
    lines = tuple([Sold(part.line, part.amount) for part in fact.lines])
    disputed = fact.lines[0].line if fact.dispute_id and fact.lines else 0
    return Underway(lines, fact.amount, fact.whole, disputed)


def _disputed(order: Paid | Delivered | Ended, lines: Iterable[Sold]) -> bool:
    return any(line.line in order.disputed for line in lines)


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
    order_id: str, account_id: str, refund_id: str, refund: Underway, *,
    to: Literal["wallet", "channel"], whole: bool, turned_down: str | None = None,
) -> OrderRefunded:  # fmt: skip
    return OrderRefunded(
        order_id=order_id,
        account_id=account_id,
        refund_id=refund_id,
        lines=tuple([LineRefund(line=one.line, amount=one.amount) for one in refund.lines]),
        amount=refund.amount,
        to=to,
        whole=whole,
        turned_down=turned_down,
    )


def _denied(command: RefundOrder, code: Denial) -> RefundDenied:
    return RefundDenied(
        order_id=command.order_id,
        account_id=command.account_id,
        request_id=command.request_id,
        code=code,
    )
