"""risk: may this order go on. Partition key: account id."""

from .message import Fact


class OrderCleared(Fact, owner="risk", key="account_id", subject="order_id"):
    """The order may go on."""

    order_id: str
    account_id: str
    ruleset: str
    """Version of the rules that were asked."""


class OrderBlocked(Fact, owner="risk", key="account_id", subject="order_id"):
    """The order must not go on."""

    order_id: str
    account_id: str
    ruleset: str
    rules: tuple[str, ...]
    """Ids of the rules that blocked it."""
