"""A turn of one shard, before it is committed: pure, and thrown away whole if it is lost."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts import shard as words
from shared.contracts.envelope import Sealed, chained, rfc3339
from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send

from .ledger import Ledger, Mark
from .outbox import Outbox
from .partitions import partition_of
from .service import Service
from .tracing import Span, span_of


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
        self.traceparent = ""
        self.spans: list[Span] = []

    @property
    def now_ms(self) -> int:
        """The turn's time."""
        return self.ledger.time_ms

    def missing(self, message: Any) -> list[str]:
        """Aggregates that ``message`` names and that have not been looked up yet."""
        if isinstance(message, Fact) and message.owner == "shard":
            named: Iterable[str] = filter(None, [parked_key(message)])
        else:
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

    def apply(self, facts: Sequence[Fact], cause: str, traceparent: str = "") -> None:
        """Fold, number and chain the facts of one input, then what follows from them.

        Where the rules raise, the draft stays as it was. A sampled trace of the input goes on.
        """
        if not facts:
            return
        sends = [send for fact in facts for send in self._follows(fact)]
        own = [Send(self.events, fact.partition_key, fact) for fact in facts]
        bodies = [send.message.encode() for send in (*own, *sends)]
        self._evolve([fact for fact in facts if fact.owner != "shard"])
        self.traceparent = self._traced(facts, cause, traceparent) if traceparent else ""
        sealed = [
            self._seal(send, body, cause) for send, body in zip((*own, *sends), bodies, strict=True)
        ]
        self.outbox.facts.append(tuple(sealed[: len(own)]))
        self.outbox.follows += sealed[len(own) :]
        for fact in facts:
            self._fold_engine(fact)

    def _traced(self, facts: Sequence[Fact], cause: str, traceparent: str) -> str:
        types = tuple(fact.type for fact in facts)
        position = self.ledger.position + 1
        span = span_of(traceparent, self.source, cause, facts[0].subject, types, position)
        if span is None:
            return ""
        self.spans.append(span)
        return span.traceparent

    def _follows(self, fact: Fact) -> list[Send]:
        if missing := self.missing(fact):
            raise AggregateNotNamed(
                f"{fact.type} changes {missing}, which its command did not name"
            )
        return [] if fact.owner == "shard" else self.service.process.follows(fact)

    def _evolve(self, facts: Sequence[Fact]) -> None:
        domain, states = self.service.domain, self.states
        before: dict[str, Any] = {}
        try:
            for fact in facts:
                for key in tuple(domain.keys(fact, states)):
                    before.setdefault(key, states.get(key))
                    self._put(key, domain.evolve(key, states.get(key), fact))
        except BaseException:
            for key, state in before.items():
                self._put(key, state)
            raise
        self.changed |= {key: None for key, was in before.items() if states.get(key) is not was}

    def _put(self, key: str, state: Any) -> None:
        if state is None:
            self.states.pop(key, None)
        else:
            self.states[key] = state

    def due(self, key: str) -> int | None:
        """Unix milliseconds of the aggregate's deadline, if it has one that is not parked."""
        state = self.states.get(key)
        parked = self.ledger.parked.get(subject_of(key), ())
        if state is None or f"deadline/{key}" in parked:
            return None
        return self.service.process.due(key, state)

    def effect(self, key: str) -> Effect | None:
        """The aggregate's open call to the outside, if its answer is not parked."""
        state = self.states.get(key)
        effect = None if state is None else self.service.process.effect(key, state)
        if effect and f"effect/{effect.id}" in self.ledger.parked.get(key, ()):
            return None
        return effect

    @property
    def moved(self) -> bool:
        """Whether there is anything to commit beside how far was read."""
        return bool(self.outbox) or bool(self.changed) or self.ledger.halt != self.before.halt

    def _fold_engine(self, fact: Fact) -> None:
        parked = self.ledger.parked
        match fact:
            case words.RecordParked():
                parked.setdefault(fact.subject_id, []).append(fact.coordinates)
            case words.ParkedRetried() | words.ParkedSkipped():
                queue = parked.get(fact.subject_id, [])
                if fact.coordinates in queue:
                    queue.remove(fact.coordinates)
                if not queue:
                    parked.pop(fact.subject_id, None)
            case words.GapClosed():
                self.ledger.halt = None
            case words.GapAccepted():
                self.ledger.halt = None
                self.ledger.marks[f"{fact.source} {fact.topic}"] = Mark(fact.found, b"")
            case _:
                return
        if key := parked_key(fact):
            self.changed[key] = None

    def _seal(self, send: Send, value: bytes, cause: str) -> Sealed:
        ledger, topic, message = self.ledger, send.topic, send.message
        own = topic == self.events
        partition = self.shard if own else partition_of(send.key, self.partitions)
        ledger.position += 1
        route = f"{topic}/{partition}"
        previous = ledger.lasts.get(route, 0)
        ledger.lasts[route] = ledger.position
        key, subject = send.key.encode(), message.subject
        ledger.chain = chained(
            ledger.chain, topic, key, ledger.position, message.type, self.source,
            subject, self.time, previous, cause, value,
        )  # fmt: skip
        return Sealed(
            topic, partition, key, value, message.type, subject, self.time,
            ledger.position, previous, cause, ledger.chain, self.traceparent,
        )  # fmt: skip


def parked_key(fact: Fact) -> str:
    """The aggregate whose deadline or effect is parked or no longer so; else empty."""
    if not isinstance(fact, words.RecordParked | words.ParkedRetried | words.ParkedSkipped):
        return ""
    kind, _, name = fact.coordinates.partition("/")
    return {"deadline": name, "effect": fact.subject_id}.get(kind, "")


def subject_of(key: str) -> str:
    """What an aggregate is about: the subject of its records, and so of its deadlines."""
    return key.partition("/")[2]
