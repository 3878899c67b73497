"""How long an order waits for whom, and how large it may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Comes in with the command; what outlasts the command goes into its fact."""

    lines_max: int = 20
    """Lines in one order."""
    stock_answer_ms: int = 60_000
    """For inventory's answers, all of them."""
    payment_ms: int = 15 * 60_000
    """For the payment, once stock is held."""
    complete_ms: int = 72 * 3_600_000
    """For the buyer's last word, once everything is delivered."""
    dispute_answer_ms: int = 48 * 3_600_000
    """For each word in a dispute, the shop's and the buyer's."""
    offer_ms: int = 30 * 24 * 3_600_000
    """For the buyer to take what is offered for a recalled card."""
