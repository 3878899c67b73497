"""Who writes and who reads which topic: topics, ACLs and documents are made from this."""

from typing import Final, Literal, NamedTuple

SERVICES: Final = (
    "catalog", "orders", "risk", "inventory", "payments", "delivery", "gateway", "audit",
)  # fmt: skip

TopicKind = Literal["events", "commands", "answers"]


class TopicRule(NamedTuple):
    """One topic: `events` are a service's own facts, `commands` what others ask of it."""

    topic: str
    owner: str
    kind: TopicKind
    writers: frozenset[str]
    readers: frozenset[str]


def _events(owner: str, *readers: str) -> TopicRule:
    everyone = {owner, "gateway", "audit", *readers}
    return TopicRule(f"{owner}.events", owner, "events", frozenset({owner}), frozenset(everyone))


def _commands(owner: str, *writers: str) -> TopicRule:
    senders = frozenset({"gateway", *writers})
    return TopicRule(f"{owner}.commands", owner, "commands", senders, senders | {owner, "audit"})


MATRIX: Final = (
    _events("catalog", "orders"),
    _commands("catalog", "orders"),
    _events("orders", "risk", "payments", "delivery"),
    _commands("orders"),
    _events("risk", "orders"),
    _commands("risk", "orders", "risk"),
    _events("inventory", "catalog"),
    _commands("inventory", "orders", "inventory", "catalog"),
    TopicRule(
        "inventory.answers", "inventory", "answers", frozenset({"inventory"}),
        frozenset({"inventory", "orders", "delivery", "audit"}),
    ),
    _events("payments", "orders", "delivery"),
    _commands("payments", "orders", "payments"),
    _events("delivery", "orders"),
    _commands("delivery", "orders"),
    _events("gateway"),
    _commands("gateway", "catalog"),
    _events("audit"),
    _commands("audit", "audit"),
)  # fmt: skip
"""The gateway reads all events, audit reads everything; a sender may read what it writes."""

TOPICS: Final = {rule.topic: rule for rule in MATRIX}
