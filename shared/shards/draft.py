"""A turn of one shard, before it is committed: pure, and thrown away whole if it is lost."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts import shard as words
from shared.contracts.envelope import Sealed, chained, rfc3339
from shared.contracts.message import Fact
from shared.kernel.decider import Effect

from .ledger import Ledger, Mark
from .outbox import Outbox
from .partitions import partition_of
from .service import Service
from .tracing import Span, span_of

Written = tuple[str, bytes]
"""The wire type and the body of a fact as they stand on the log, in whichever version."""


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
        self.lost = False
        """Another worker has moved the shard: this draft is worth nothing."""
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

    def apply(
        self, facts: Sequence[Fact], cause: str, traceparent: str = "",
        written: Sequence[Written] = (),
    ) -> None:  # fmt: skip
        """Fold, number and chain the facts of one input, then what follows from them.

        Where the rules raise, the draft stays as it was. A sampled trace of the input goes on.
        Facts that are read back come with what was ``written``, which is what was chained.
        """
        if not facts:
            return
        events, follows = self.events, self.service.process.follows
        sends = [s for fact in facts if fact.owner != "shard" for s in follows(fact)]
        bodies = written or [(fact.type, fact.encode()) for fact in facts]
        further = [send.message.encode() for send in sends]
        self._evolve(facts)
        self.traceparent = self._traced(facts, cause, traceparent) if traceparent else ""
        self.outbox.facts.append(
            tuple(
                [
                    self._seal(events, fact.partition_key, wire_type, fact.subject, body, cause)
                    for fact, (wire_type, body) in zip(facts, bodies, strict=True)
                ]
            )
        )
        for send, body in zip(sends, further, strict=True):
            message = send.message
            sealed = self._seal(send.topic, send.key, message.type, message.subject, body, cause)
            self.outbox.follows.append(sealed)
        for fact in facts:
            if fact.owner == "shard":
                self._fold_engine(fact)

    def _traced(self, facts: Sequence[Fact], cause: str, traceparent: str) -> str:
        types = tuple(fact.type for fact in facts)
        position = self.ledger.position + 1
        span = span_of(traceparent, self.source, cause, facts[0].subject, types, position)
        if span is None:
            return ""
        self.spans.append(span)
        return span.traceparent

    def _evolve(self, facts: Sequence[Fact]) -> None:
        domain, states, known = self.service.domain, self.states, self.known
        before: dict[str, Any] = {}
        try:
            for fact in facts:
                if fact.owner == "shard":
                    self._require(fact, filter(None, [parked_key(fact)]))
                    continue
                for key in tuple(domain.keys(fact, states)):
                    if key not in known:
                        self._require(fact, [key])
                    before.setdefault(key, states.get(key))
                    self._put(key, domain.evolve(key, states.get(key), fact))
        except BaseException:
            for key, state in before.items():
                self._put(key, state)
            raise
        self.changed |= {key: None for key, was in before.items() if states.get(key) is not was}

    def _require(self, fact: Fact, keys: Iterable[str]) -> None:
        if missing := [key for key in keys if key not in self.known]:
            raise AggregateNotNamed(
                f"{fact.type} changes {missing}, which its command did not name"
            )

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

    def _seal(
        self, topic: str, partition_key: str, wire_type: str, subject: str, value: bytes,
        cause: str,
    ) -> Sealed:  # fmt: skip
        ledger = self.ledger
        own = topic == self.events
        partition = self.shard if own else partition_of(partition_key, self.partitions)
        position = ledger.position = ledger.position + 1
        route = f"{topic}/{partition}"
        previous = ledger.lasts.get(route, 0)
        ledger.lasts[route] = position
        key = partition_key.encode()
        chain = ledger.chain = chained(
            ledger.chain, topic, key, position, wire_type, self.source,
            subject, self.time, previous, cause, value,
        )  # fmt: skip
        return Sealed(
            topic, partition, key, value, wire_type, subject, self.time,
            position, previous, cause, chain, self.traceparent,
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
