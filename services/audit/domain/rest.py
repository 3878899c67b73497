"""What must hold of an order that nothing happens to any more.

On a running system there are always orders on their way: those that were touched less than a
given time ago are counted as in flight, and judged by a later audit.
"""

from collections.abc import Iterator
from typing import Final

from shared.contracts.orders import PaymentRequested
from shared.contracts.payments import PaymentCancelled, PaymentConfirmed

from .deal import Deal
from .stages import MOVING, UNPAID_ENDS, Stage
from .violation import Law

CHANNEL_GRACE_MS: Final = 600_000
"""Twice what payments gives a channel to say what became of it."""


def at_rest(deal: Deal, now_ms: int) -> Iterator[tuple[Law, str]]:
    """The laws that a finished order breaks; ``now_ms`` is the time at the end of the log."""
    yield from _moved_on(deal, now_ms)
    if isinstance(deal.end, PaymentConfirmed):
        yield from _paid(deal)
    elif deal.stage in UNPAID_ENDS:
        yield from _given_back(deal)
    if deal.end is None:
        for line in deal.lines.values():
            if line.delivered is not None:
                yield Law.DELIVERED_AS_PAID, f"line {line.number} is delivered, nothing is paid"
            if line.ended == "sold":
                yield Law.RELEASED_OR_PAID, f"line {line.number} is sold, nothing is paid"


def _moved_on(deal: Deal, now_ms: int) -> Iterator[tuple[Law, str]]:
    stage, asked = deal.stage, deal.asked
    if stage in MOVING and not deal.unsure:
        yield Law.NOTHING_STUCK, f"it is {stage} and nothing has happened since"
    elif stage is Stage.REFUNDING and all(deal.refunds.values()):
        yield Law.NOTHING_STUCK, "all its money is back and it does not say so"
    elif stage is Stage.UNKNOWN and not isinstance(deal.end, PaymentCancelled):
        yield Law.ORDER_LEGAL, "orders has never said a word of it"
    elif stage is Stage.AWAITING and deal.end is not None:
        yield Law.NOTHING_STUCK, f"payments said {type(deal.end).__name__}, orders has not heard"
    elif stage is Stage.AWAITING and not deal.tried:
        yield Law.NOTHING_STUCK, "payment was asked for and never tried"
    elif stage is Stage.AWAITING and asked and _deadline_ms(deal, asked) < now_ms:
        yield Law.NOTHING_STUCK, "the deadline of its payment has passed unheard"


def _deadline_ms(deal: Deal, asked: PaymentRequested) -> int:
    """A channel is asked for a while before its payment expires."""
    return asked.deadline_ms + (CHANNEL_GRACE_MS if deal.at_channel else 0)


def _paid(deal: Deal) -> Iterator[tuple[Law, str]]:
    if deal.lost:
        yield Law.PAID_IS_DELIVERED, f"delivery failed, nothing goes back: {deal.failed}"
    if deal.asked is None:
        yield Law.PAID_AS_ASKED, "it is paid and nobody asked for it"
    for hold in deal.paid:
        line = deal.lines.get(hold.reservation_id)
        if line is not None and line.unsure:
            continue
        back = hold.line in deal.refunded
        if not back and (line is None or line.delivered is None):
            yield Law.PAID_IS_DELIVERED, f"line {hold.line} is paid and was not delivered"
        elif line and line.delivered is not None and len(line.delivered) != hold.quantity:
            given = f"{len(line.delivered)} of {hold.quantity} cards"
            yield Law.DELIVERED_AS_PAID, f"line {hold.line}: {given}"
        if line is None or line.ended != "sold":
            yield Law.RELEASED_OR_PAID, f"line {hold.line} is paid and its stock was not sold"
    for hold in (deal.asked.quotas or ()) if deal.asked else ():
        line = deal.lines.get(hold.reservation_id)
        if line is None or line.ended != "sold":
            yield Law.RELEASED_OR_PAID, f"{hold.sku} is paid with its order and was not sold"
    for reservation_id, line in deal.lines.items():
        if line.held and not deal.is_paid(reservation_id, line):
            yield Law.NOTHING_LEFT_HELD, f"line {line.number}, which was left out, is still held"


def _given_back(deal: Deal) -> Iterator[tuple[Law, str]]:
    for line in deal.lines.values():
        if line.held:
            yield Law.NOTHING_LEFT_HELD, f"line {line.number} is still held"
