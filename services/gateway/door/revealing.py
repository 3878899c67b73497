"""How the door asks delivery for codes: a port; its adapter is in adapters/delivery.py."""

from typing import Any, NamedTuple, Protocol


class OpenedCard(NamedTuple):
    """A card with its code: never logged, never stored."""

    card_id: str
    code: str
    masked: str
    parts: list[dict[str, Any]]
    file: str


class NotRevealed(Exception):
    """Nothing is shown; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RevealDoor(Protocol):
    """Delivery's internal door."""

    async def reveal(
        self, order_id: str, account_id: str, line: int, request_id: str, shape: str
    ) -> list[OpenedCard]:
        """The cards, of this shape, of a line whose reveal is on the log. Raises NotRevealed."""
