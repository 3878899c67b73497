"""A turn of one shard, before it is committed: pure, and thrown away whole if it is lost."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts import shard as words
from shared.contracts.envelope import Sealed, chained, rfc3339
from shared.contracts.message import Fact, Message
from shared.kernel.decider import Effect, Send

from .ledger import Ledger
from .outbox import Outbox
from .partitions import partition_of
from .service import Service


class AggregateNotNamed(Exception):
    """keys() of a command left out what its fact changes: a bug in a service's domain."""


class Draft:
    """Moves a copy of the ledger and the aggregates at hand; collects what is to be sent.

    ``states`` holds the aggregates that exist, ``known`` the keys that were looked up.
    """

    def __init__(self, service: Service, shard: int, ledger: Ledger, now_ms: int, partitions: int):
        self.service, self.shard, self.partitions = service, shard, partitions
        self.before = ledger
        self.ledger = ledger.copy()
        self.ledger.time_ms = max(now_ms, ledger.time_ms)
        self.source = f"/kameng/{service.name}/{shard}"
        self.events = f"{service.name}.events"
        self.time = rfc3339(self.ledger.time_ms)
        self.states: dict[str, Any] = {}
        self.known: set[str] = set()
        self.changed: dict[str, None] = {}
        self.outbox = Outbox(facts=[], follows=[])

    @property
    def now_ms(self) -> int:
        """The turn's time."""
        return self.ledger.time_ms

    def missing(self, message: Any) -> list[str]:
        """Aggregates that ``message`` names and that have not been looked up yet."""
        named = self.service.domain.keys(message, self.states)
        return [key for key in named if key not in self.known]

    def learn(self, keys: Iterable[str], found: dict[str, Any]) -> None:
        """These keys were looked up, and this is what exists of them."""
        for key in keys:
            self.known.add(key)
            if key in found:
                self.states[key] = found[key]

    def decide(self, command: Any) -> list[Fact]:
        """What the rules say; whatever they raise is a bug of theirs."""
        return self.service.domain.decide(self.states, command)

    def apply(self, facts: Sequence[Fact], cause: str) -> None:
        """Number, chain and fold the facts of one input, then what follows from them."""
        if not facts:
            return
        sends = [send for fact in facts if fact.owner != "shard" for send in self._follows(fact)]
        self.outbox.facts.append(tuple(self._own(fact, cause) for fact in facts))
        for fact in facts:
            self.fold(fact)
        self.outbox.follows += [self._sent(send, cause) for send in sends]

    def _follows(self, fact: Fact) -> list[Send]:
        """Asked before anything is numbered, so that a bug here leaves the draft as it was."""
        if missing := self.missing(fact):
            raise AggregateNotNamed(
                f"{fact.type} changes {missing}, which its command did not name"
            )
        return self.service.process.follows(fact)

    def fold(self, fact: Fact) -> None:
        """Move the aggregates, or the ledger where the fact is the engine's own."""
        if fact.owner == "shard":
            self._fold_engine(fact)
            return
        evolve, states = self.service.domain.evolve, self.states
        for key in self.service.domain.keys(fact, states):
            before = states.get(key)
            state = evolve(key, before, fact)
            if state is before:
                continue
            self.changed[key] = None
            if state is None:
                del states[key]
            else:
                states[key] = state

    def due(self, key: str) -> int | None:
        """Unix milliseconds of the aggregate's deadline, if it has one that is not parked."""
        state = self.states.get(key)
        if state is None or f"deadline/{key}" in self.ledger.parked.get(key, ()):
            return None
        return self.service.process.due(key, state)

    def effect(self, key: str) -> Effect | None:
        """The aggregate's open call to the outside."""
        state = self.states.get(key)
        return None if state is None else self.service.process.effect(key, state)

    @property
    def moved(self) -> bool:
        """Whether there is anything to commit beside how far was read."""
        return bool(self.outbox) or bool(self.changed) or self.ledger.halt != self.before.halt

    def _fold_engine(self, fact: Fact) -> None:
        parked = self.ledger.parked
        match fact:
            case words.RecordParked():
                parked.setdefault(fact.subject_id, []).append(fact.coordinates)
                if fact.coordinates.startswith("deadline/"):
                    self.changed[fact.subject_id] = None
            case words.ParkedRetried() | words.ParkedSkipped():
                queue = parked.get(fact.subject_id, [])
                if fact.coordinates in queue:
                    queue.remove(fact.coordinates)
                if not queue:
                    parked.pop(fact.subject_id, None)
                if fact.coordinates.startswith("deadline/"):
                    self.changed[fact.subject_id] = None
            case words.GapClosed() | words.GapAccepted():
                self.ledger.halt = None
            case _:
                pass

    def _own(self, fact: Fact, cause: str) -> Sealed:
        return self._seal(self.events, self.shard, fact.partition_key, fact, cause)

    def _sent(self, send: Send, cause: str) -> Sealed:
        partition = partition_of(send.key, self.partitions)
        return self._seal(send.topic, partition, send.key, send.message, cause)

    def _seal(self, topic: str, partition: int, key: str, message: Message, cause: str) -> Sealed:
        ledger = self.ledger
        ledger.position += 1
        route = f"{topic}/{partition}"
        previous = ledger.lasts.get(route, 0)
        ledger.lasts[route] = ledger.position
        record_key, value, subject = key.encode(), message.encode(), message.subject
        ledger.chain = chained(
            ledger.chain, topic, record_key, ledger.position, message.type, self.source,
            subject, self.time, previous, cause, value,
        )  # fmt: skip
        return Sealed(
            topic, partition, record_key, value, message.type, subject, self.time,
            ledger.position, previous, cause, ledger.chain,
        )  # fmt: skip
