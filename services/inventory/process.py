"""What follows from inventory's facts."""

from typing import Any

from shared.contracts.inventory import (
    CardClaimed,
    CardRecalled,
    ReceiveStock,
    StockRefused,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send, ask


def follows(fact: Fact) -> list[Send]:
    """A claimed card goes on to its SKU; who asked for stock is answered in their own shard.

    So is whoever has a card that turns out to be bad.
    """
    match fact:
        case CardClaimed():
            return [
                ask(
                    ReceiveStock(
                        card_id=fact.card_id,
                        sku=fact.sku,
                        sealed=fact.sealed,
                        import_id=fact.import_id,
                        line=fact.line,
                    )
                )
            ]
        case StockReserved() | StockRefused():
            return [Send("inventory.answers", fact.account_id, fact)]
        case CardRecalled(account_id=str(account_id)):
            return [Send("inventory.answers", account_id, fact)]
        case _:
            return []


def due(key: str, state: Any) -> int | None:
    """Inventory has no deadline of its own."""
    return None


def effect(key: str, state: Any) -> Effect | None:
    """Nobody outside is asked."""
    return None
