"""Two statements about one line, side by side."""

from collections.abc import Iterator

from shared.kernel.quotas import QUOTAS_FROM

from .deal import Deal, Line
from .violation import Law


def settled(deal: Deal, reservation_id: str, line: Line) -> Iterator[tuple[Law, str]]:
    """One line's stock and delivery, against the end of the payment."""
    if deal.end is None or not line.number:
        return
    if line.number >= QUOTAS_FROM and deal.asked is None:
        return  # which promotions and coupons are paid with the lines stands there
    paid = deal.is_paid(reservation_id, line)
    if line.delivered is not None and not paid:
        yield Law.DELIVERED_AS_PAID, f"line {line.number} is delivered and was not paid"
    if line.ended == "sold" and not paid:
        yield Law.RELEASED_OR_PAID, f"line {line.number} is sold and was not paid"
    if line.ended == "released" and paid:
        yield Law.RELEASED_OR_PAID, f"line {line.number} is paid and was released"


def same_cards(line: Line) -> Iterator[tuple[Law, str]]:
    """The cards that inventory held, against those that delivery took and gave."""
    said = {cards for cards in (line.reserved, line.prepared, line.delivered) if cards is not None}
    if len(said) > 1:
        yield Law.CARDS_AS_RESERVED, f"line {line.number} has other cards than it was given"
