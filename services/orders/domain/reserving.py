"""From risk's word to the request for money: one reservation a line, answered or given up."""

from collections.abc import Container, Iterable

from msgspec.structs import replace

from shared.contracts.inventory import StockRefused, StockReserved
from shared.contracts.message import Fact
from shared.contracts.orders import (
    Hold,
    LineError,
    LineRefused,
    LineReserved,
    OrderAccepted,
    OrderRejected,
    PaymentRequested,
)
from shared.contracts.risk import OrderBlocked, OrderCleared
from shared.kernel import ids
from shared.kernel.quotas import QUOTAS_FROM, line_of

from .limits import Limits
from .state import Accepted, Asked, AwaitingPayment, Order, Placed, Refused


def decide_cleared(order: Placed, word: OrderCleared, now_ms: int, limits: Limits) -> OrderAccepted:
    """The order goes on: stock is asked for, never before risk has cleared it."""
    reserve = [
        Hold(
            line=line.line,
            sku=line.sku,
            quantity=line.quantity,
            reservation_id=ids.reservation_id(word.order_id, line.line),
            target=line.target,
            counted=word.tracked,
        )
        for line in order.lines
    ]
    reserve += [
        Hold(
            line=quota.number,
            sku=quota.sku,
            quantity=quota.units,
            reservation_id=ids.reservation_id(word.order_id, quota.number),
        )
        for quota in order.quotas
    ]
    return OrderAccepted(
        order_id=word.order_id,
        account_id=order.account_id,
        reserve=tuple(reserve),
        deadline_ms=now_ms + limits.stock_answer_ms,
        payment_ms=limits.payment_ms,
    )


def decide_blocked(order: Placed, word: OrderBlocked) -> OrderRejected:
    """The order ends here; nothing is held for it."""
    return OrderRejected(
        order_id=word.order_id,
        account_id=order.account_id,
        key=order.terms.key,
        body_hash=order.terms.body_hash,
        code=word.code or "RISK_BLOCKED",
        rules=word.rules,
    )


def decide_answer(order: Accepted, word: StockReserved | StockRefused, now_ms: int) -> list[Fact]:
    """One line is answered: the order waits for the others, goes on, or ends."""
    if word.line not in order.waiting:
        return []
    if isinstance(word, StockReserved):
        after = _with_reserved(order, word.line)
    else:
        after = _with_refused(order, Refused(word.line, word.code, word.available))
    used_up = any(each.line >= QUOTAS_FROM for each in after.refused)
    hopeless = used_up or (after.refused and not order.terms.allow_partial)
    if hopeless or not after.waiting:
        return [conclude(word.order_id, after, now_ms)]
    if isinstance(word, StockReserved):
        return [LineReserved(order_id=word.order_id, account_id=order.account_id, line=word.line)]
    return [
        LineRefused(
            order_id=word.order_id,
            account_id=order.account_id,
            line=word.line,
            code=word.code,
            available=word.available,
        )
    ]


def conclude(order_id: str, order: Accepted, now_ms: int) -> PaymentRequested | OrderRejected:
    """No further answer is waited for: a line without one is given up, and released.

    The order goes on with what is reserved, if that is all of it or the buyer allowed a part.
    """
    kept = [line.line for line in order.lines if line.line in order.reserved]
    whole = len(kept) == len(order.lines)
    counted = all(quota.line in order.reserved for quota in _needed(order, kept))
    if counted and (whole or (kept and order.terms.allow_partial)):
        return _request(order_id, order, now_ms)
    return OrderRejected(
        order_id=order_id,
        account_id=order.account_id,
        key=order.terms.key,
        body_hash=order.terms.body_hash,
        code=_code(order.refused[0]) if order.refused else "INSUFFICIENT_STOCK",
        errors=_errors(order),
        release=held(order),
    )


def held(order: Accepted) -> tuple[Hold, ...]:
    """What inventory holds for the order, or may yet hold."""
    named = (*order.reserved, *order.waiting)
    return holds([*_those(order, named), *(q for q in order.quotas if q.line in named)])


def holds(lines: Iterable[Asked]) -> tuple[Hold, ...]:
    """The lines as facts name them."""
    named = [
        Hold(
            line=line.line,
            sku=line.sku,
            quantity=line.quantity,
            reservation_id=line.reservation_id,
            target=line.target,
            counted=line.counted,
        )
        for line in lines
    ]
    return tuple(named)


def _request(order_id: str, order: Accepted, now_ms: int) -> PaymentRequested:
    lines = _those(order, order.reserved)
    quotas = _needed(order, [line.line for line in lines])
    spare = [q for q in order.quotas if q not in quotas]
    return PaymentRequested(
        order_id=order_id,
        account_id=order.account_id,
        payment_id=ids.payment_id(order_id),
        lines=holds(lines),
        release=holds([*_those(order, order.waiting), *spare]),
        dropped=tuple([line.line for line in order.lines if line.line not in order.reserved]),
        amount=sum([line.amount for line in lines]),
        currency=order.terms.currency,
        channel=order.terms.channel,
        deadline_ms=now_ms + order.payment_ms,
        on_decline=order.terms.on_decline,
        quotas=holds(quotas) or None,
    )


def _needed(order: Accepted, kept: Container[int]) -> list[Asked]:
    """The quotas that these lines use up: the coupon's, and those of their own promotions."""
    return [q for q in order.quotas if line_of(q.line) == 0 or line_of(q.line) in kept]


def _code(refused: Refused) -> str:
    """Inventory counts promotions and coupons like any stock; a buyer reads what they are."""
    if refused.line < QUOTAS_FROM:
        return refused.code
    return "COUPON_USED_UP" if line_of(refused.line) == 0 else "PROMOTION_SOLD_OUT"


def _errors(order: Accepted) -> tuple[LineError, ...]:
    """A line that another one's refusal takes along has nothing wrong with it."""
    refused = [
        LineError(line=line_of(r.line), code=_code(r), limit=r.available) for r in order.refused
    ]
    taken_along = bool(refused) and not order.terms.allow_partial
    silent = () if taken_along else [line for line in order.waiting if line < QUOTAS_FROM]
    late = [LineError(line=line, code="INSUFFICIENT_STOCK") for line in silent]
    return tuple(sorted([*refused, *late], key=lambda error: error.line))


def _those(order: Accepted, numbers: Container[int]) -> list[Asked]:
    return [line for line in order.lines if line.line in numbers]


def accepted(order: Order | None, fact: OrderAccepted) -> Order | None:
    """The order, now that stock is asked for."""
    if not isinstance(order, Placed):
        return order
    lines = [
        _asked(hold, line.amount) for hold, line in zip(fact.reserve, order.lines, strict=False)
    ]
    waiting = [hold.line for hold in fact.reserve]
    return Accepted(
        order.account_id,
        order.terms,
        tuple(lines),
        fact.deadline_ms,
        fact.payment_ms,
        tuple(waiting),
        quotas=tuple([_asked(hold, 0) for hold in fact.reserve[len(lines) :]]),
    )


def answered(order: Order | None, fact: LineReserved | LineRefused) -> Order | None:
    """The order, now that one of several lines is answered."""
    if not isinstance(order, Accepted):
        return order
    if isinstance(fact, LineReserved):
        return _with_reserved(order, fact.line)
    return _with_refused(order, Refused(fact.line, fact.code, fact.available))


def requested(order: Order | None, fact: PaymentRequested) -> Order | None:
    """The order, now that its money is asked for: only what is to be paid is left of it."""
    if not isinstance(order, Accepted):
        return order
    kept = _those(order, [hold.line for hold in fact.lines])
    quotas = tuple([_asked(hold, 0) for hold in fact.quotas or ()])
    return AwaitingPayment(
        order.account_id, tuple(kept), quotas=quotas, open_ms=order.terms.open_ms,
        disputed=order.disputed,
    )  # fmt: skip


def _asked(hold: Hold, amount: int) -> Asked:
    return Asked(
        hold.line, hold.sku, hold.quantity, amount, hold.reservation_id, hold.target, hold.counted
    )


def _with_reserved(order: Accepted, line: int) -> Accepted:
    reserved = (*order.reserved, line)
    return replace(order, waiting=_without(order.waiting, line), reserved=reserved)


def _with_refused(order: Accepted, refusal: Refused) -> Accepted:
    refused = (*order.refused, refusal)
    return replace(order, waiting=_without(order.waiting, refusal.line), refused=refused)


def _without(lines: tuple[int, ...], line: int) -> tuple[int, ...]:
    return tuple([other for other in lines if other != line])
