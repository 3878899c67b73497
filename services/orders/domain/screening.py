"""Risk wants a code from the buyer, or a person's eye: nothing is held while that lasts (D6)."""

from msgspec.structs import replace

from shared.contracts.message import Fact
from shared.contracts.orders import OrderAwaitingVerification, OrderInReview
from shared.contracts.risk import OrderHeld
from shared.contracts.verification import VerificationRequired

from .state import Order, Placed


def decide_screened(order: Placed, word: VerificationRequired | OrderHeld) -> list[Fact]:
    """The order waits, once, until risk clears or blocks it."""
    if order.awaited:
        return []
    kind = OrderInReview if isinstance(word, OrderHeld) else OrderAwaitingVerification
    fact = kind(
        order_id=word.order_id,
        account_id=order.account_id,
        rules=word.rules,
        deadline_ms=word.deadline_ms,
    )
    return [fact]


def screened(order: Order | None, fact: OrderAwaitingVerification | OrderInReview) -> Order | None:
    """The order, now that somebody outside is waited for."""
    if not isinstance(order, Placed):
        return order
    return replace(order, awaited="person" if isinstance(fact, OrderInReview) else "code")
