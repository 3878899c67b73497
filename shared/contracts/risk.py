"""risk: may this order go on. Partition key: account id."""

from .message import Fact


class OrderCleared(Fact, owner="risk", key="account_id", subject="order_id"):
    """The order may go on."""

    order_id: str
    account_id: str
    ruleset: str
    """Version of the rules that were asked."""
    received_ms: int
    """When our door received the order, Unix milliseconds: it counts in the account's window."""
    amount: int
    """Minor units: the order's total; it counts in the account's window."""


class OrderBlocked(Fact, owner="risk", key="account_id", subject="order_id"):
    """The order must not go on."""

    order_id: str
    account_id: str
    ruleset: str
    """Version of the rules that were asked."""
    rules: tuple[str, ...]
    """Ids of the rules that blocked it."""
    received_ms: int
    """When our door received the order, Unix milliseconds: it counts in the account's window."""
    amount: int
    """Minor units: the order's total; it counts in the account's window."""
