"""Reviews: only of a line that was completed, once (A7). What is said goes on to the product.

`reviewed/<order id>/<line>` remembers that the line has its review; `said/<request id>`, that this
was heard.
"""

from collections.abc import Iterable
from typing import Final, Literal

from shared.contracts.message import Fact
from shared.contracts.reviews import LineReviewed, ReviewDenied, ReviewLine
from shared.kernel import ids
from shared.kernel.decider import States

from .state import Ended, Order

ReviewFact = LineReviewed | ReviewDenied
Refusal = Literal["UNKNOWN_ORDER", "NOT_COMPLETED", "UNKNOWN_LINE", "REVIEWED", "BAD_RATING"]

RATING_MIN: Final = 1
"""Stars."""
RATING_MAX: Final = 5
"""Stars."""


def keys(message: ReviewLine | ReviewFact) -> Iterable[str]:
    """The order, the line's one review, and where it is remembered that this was said."""
    said = f"said/{message.request_id}"
    match message:
        case ReviewLine():
            return (f"order/{message.order_id}", _reviewed(message), said)
        case LineReviewed():
            return (_reviewed(message), said)
        case ReviewDenied():
            return (said,)


def decide(states: States, said: ReviewLine) -> list[Fact]:
    """What the word comes to; [] where it was heard before."""
    if f"said/{said.request_id}" in states:
        return []
    order: Order | None = states.get(f"order/{said.order_id}")
    if order is None or order.account_id not in {"", said.account_id}:
        return [_denied(said, "UNKNOWN_ORDER")]
    if not isinstance(order, Ended) or not order.completed or not order.lines:
        return [_denied(said, "NOT_COMPLETED")]
    line = next((each for each in order.lines if each.line == said.line), None)
    if line is None or line.gone:
        return [_denied(said, "UNKNOWN_LINE")]
    if _reviewed(said) in states:
        return [_denied(said, "REVIEWED")]
    if not RATING_MIN <= said.rating <= RATING_MAX:
        return [_denied(said, "BAD_RATING")]
    review_id = ids.derive("review", said.order_id, str(said.line))
    return [LineReviewed(**said.model_dump(), sku=line.sku, review_id=review_id)]


def _reviewed(message: ReviewLine | LineReviewed) -> str:
    return f"reviewed/{message.order_id}/{message.line}"


def _denied(said: ReviewLine, code: Refusal) -> ReviewDenied:
    return ReviewDenied(
        order_id=said.order_id,
        account_id=said.account_id,
        request_id=said.request_id,
        line=said.line,
        code=code,
    )
