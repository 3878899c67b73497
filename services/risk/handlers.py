"""Messages to risk, as its rules take them. What they are judged by is handed in by app.py."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.contracts.message import Message
from shared.contracts.orders import OrderPlaced
from shared.shards.service import Arrival

from .domain import Judge, Rules


def judge(rules: Rules, message: OrderPlaced, arrival: Arrival) -> Judge:
    """An order passed orders' own check."""
    return Judge(message, rules)


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Callable[..., Judge]]]] = {
    "orders.events": {OrderPlaced: judge},
}
