"""What a service hands to the engine: its rules, its subscriptions, and the shape of its state."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.message import Fact, Message
from shared.contracts.orders import Seen
from shared.kernel.decider import Domain, Effect, Process, States

Ahead = Callable[[Sequence[Any], States], Iterable[str]]
"""Which aggregates a batch of commands will name, each once those before it are decided. Pure.

A guess: what it leaves out is looked up when the command's turn comes, one look each.
"""


def nothing_ahead(_commands: Sequence[Any], _states: States) -> Iterable[str]:
    """Of a service whose commands name at once all that they need."""
    return ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a handler may know besides the message."""

    now_ms: int
    """The turn's time, Unix milliseconds; never falls within a shard."""
    table: Mapping[str, Any]
    """The read-only table (for orders: the catalogue), at least as new as the sender saw it."""


Handler = Callable[[Any, Arrival], Any]
"""A message arrives → the domain's command for decide. Pure."""

Performer = Callable[[Effect], Awaitable[Any]]
"""Performs an effect and returns the domain's command that carries the answer.

Raises an OSError or TimeoutError where there is no answer: the effect is repeated.
"""


@dataclass(frozen=True)
class Table:
    """A small topic that every worker reads whole, outside the group."""

    topic: str
    follows: frozenset[type[Fact]]
    """The facts wanted; others are passed over undecoded."""
    apply: Callable[[dict[str, Any], Fact], None]
    """Folds a fact into the table, in place."""
    seen: Callable[[Message], tuple[Seen, ...]]
    """How far the sender of a message had read it."""


@dataclass(frozen=True)
class Service:
    """A service as the engine sees it."""

    name: str
    subscriptions: Mapping[str, Mapping[type[Message], Handler]]
    """Topic → message class → handler; other types on these topics are skipped undecoded."""
    domain: Domain
    process: Process
    state: Any
    """The union of the aggregates' msgspec Structs (each with a short, stable tag)."""
    performers: Mapping[str, Performer] = field(default_factory=dict)
    """By the effect's kind."""
    table: Table | None = None
    ahead: Ahead = nothing_ahead

    @property
    def topics(self) -> tuple[str, ...]:
        """What its shards read: what it subscribes to, and the door where the engine is asked."""
        return tuple({**self.subscriptions, f"{self.name}.commands": {}})
