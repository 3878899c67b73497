"""A card is taken once, in its fingerprint's own shard, whatever SKU it comes under."""

from shared.contracts.inventory import CardClaimed, CardRefused, ClaimCard
from shared.contracts.message import Fact

from .state import Claimed, State


def decide_claim(card: State | None, turned_away: bool, command: ClaimCard) -> list[Fact]:
    """CardClaimed for the first line that brings this card, CardRefused for every other."""
    if card is None:
        return [
            CardClaimed(
                card_id=command.card_id,
                sku=command.sku,
                sealed=command.sealed,
                import_id=command.import_id,
                line=command.line,
            )
        ]
    if turned_away or card == Claimed(command.import_id, command.line):
        return []
    return [
        CardRefused(
            card_id=command.card_id,
            sku=command.sku,
            import_id=command.import_id,
            line=command.line,
            code="DUPLICATE_CARD",
        )
    ]
