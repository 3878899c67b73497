"""The ports in memory: a log, an inbox with its group, a store. Deterministic, one thread.

They hold to the same conformance suite as Kafka and PostgreSQL. What may go wrong on the way to
them (a lost answer, an outage, a crash) is the business of whoever wraps them.
"""

from .broker import MemoryBroker, MemoryLog
from .group import MemoryGroup, MemoryInbox
from .store import MemoryDatabase, MemoryStore

__all__ = [
    "MemoryBroker", "MemoryDatabase", "MemoryGroup", "MemoryInbox", "MemoryLog", "MemoryStore",
]  # fmt: skip
