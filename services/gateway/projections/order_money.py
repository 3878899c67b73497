"""An order's page to pay on, and its money that goes back, as buyers see them. Pure."""

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from shared.contracts.charges import OrderPayable
from shared.contracts.refunds import (
    LineFailed,
    LineRefund,
    OrderFailed,
    OrderRefunded,
    OrderRefunding,
)

if TYPE_CHECKING:
    from .order import LineDoc, OrderDoc

MoneyFact = OrderPayable | LineFailed | OrderFailed | OrderRefunding | OrderRefunded


def moved(doc: "OrderDoc", fact: MoneyFact) -> "OrderDoc":
    """The order after the fact."""
    match fact:
        case OrderPayable():
            return replace(doc, pay_url=fact.pay_url, declined="", missing=0)
        case LineFailed():
            lines = [
                replace(line, state="failed", code=fact.code) if line.line == fact.line else line
                for line in doc.lines
            ]
            return replace(doc, lines=tuple(lines))
        case OrderFailed():
            return replace(doc, state="failed", code=fact.code)
        case OrderRefunding():
            found = replace(doc, lines=_back(doc, fact.lines, "refunding"))
            return replace(found, state="refunding", deadline_ms=0) if fact.whole else found
        case OrderRefunded():
            lines_back = _back(doc, fact.lines, "refunded")
            found = replace(doc, lines=lines_back, refunded=doc.refunded + fact.amount)
            return replace(found, state="refunded") if fact.whole else found
        case _ as never:
            assert_never(never)


def detail(fact: MoneyFact) -> str:
    """What the timeline says besides its type."""
    match fact:
        case LineFailed():
            return str(fact.line)
        case OrderFailed():
            return fact.code
        case OrderRefunding() | OrderRefunded():
            return str(fact.amount)
        case OrderPayable():
            return fact.channel
        case _ as never:
            assert_never(never)


def _back(doc: "OrderDoc", parts: tuple[LineRefund, ...], state: str) -> tuple["LineDoc", ...]:
    """The lines, those whose whole price goes back in that state."""
    amounts = {part.line: part.amount for part in parts}
    return tuple(
        replace(line, state=state)
        if amounts.get(line.line, -1) >= line.quantity * line.unit_price
        else line
        for line in doc.lines
    )
