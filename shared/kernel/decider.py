"""The shape of every service's rules: keys, decide, evolve; and what follows from a fact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.contracts.message import Command, Fact, Message

States = Mapping[str, Any]
"""The aggregates at hand, by key (`order/<id>`); one that does not exist yet is not in it."""


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The deadline of this aggregate has passed: a command like any other."""

    key: str
    now_ms: int


@dataclass(frozen=True, slots=True)
class Send:
    """A record that follows from a fact: a command to another shard, or an answer."""

    topic: str
    key: str
    """Decides the partition."""
    message: Message


def ask(command: Command) -> Send:
    """The command, on its way to whose word it is."""
    return Send(f"{command.owner}.commands", command.partition_key, command)


@dataclass(frozen=True, slots=True)
class Effect:
    """A call to the outside that is open until its answer has entered as a command."""

    id: str
    """The request id: the same at every repeat."""
    kind: str
    """Which adapter performs it."""
    payload: Any


class Domain(Protocol):
    """domain.py: judgement in a pure decide, memory in a total evolve."""

    def keys(self, message: Any, states: States) -> Iterable[str]:
        """The aggregates that a command reads or a fact changes.

        Asked again with more states at hand until it names nothing new, so that one aggregate
        may say where another lies.
        """

    def decide(self, states: States, command: Any) -> list[Fact]:
        """A fact, a refusal fact with a reason code, or [] for "already so".

        Every fact in the list is decided on the states as given; an exception is a bug.
        """

    def evolve(self, key: str, state: Any, fact: Any) -> Any:
        """The aggregate after one of the service's own facts; None where it is no more.

        Total: it never raises.
        """


class Process(Protocol):
    """process.py: what follows from a fact; all pure functions of the service's own facts."""

    def follows(self, fact: Any) -> list[Send]:
        """Commands and answers, in the order in which they are sent."""

    def due(self, key: str, state: Any) -> int | None:
        """Unix milliseconds at which this aggregate's next deadline passes."""

    def effect(self, key: str, state: Any) -> Effect | None:
        """The call to the outside that this aggregate waits for."""
