"""Looks at every record the moment it is appended; what must never be ends the run."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, Final, NamedTuple, Protocol, TypeVar, cast

from shared.contracts import shard as words
from shared.contracts.envelope import BadEnvelope, Envelope, read
from shared.contracts.message import Fact
from shared.contracts.registry import MESSAGES, decode
from shared.shards.ports import Polled

F = TypeVar("F", bound=Fact)
ENGINE: Final = "kameng.shard."


class Auditor(Protocol):
    """The audit's own examination."""

    @property
    def violations(self) -> list[Any]: ...
    @property
    def misfits(self) -> list[str]: ...
    @property
    def unexplained(self) -> list[Any]: ...
    def feed(self, records: Iterable[Any]) -> None:
        """The next records."""

    def finish(self, now_ms: int, patience_ms: int) -> None:
        """The log ends here."""


class Broken(Exception):
    """Something that must never be; ends the run."""

    def __init__(self, what: str, order_id: str = "") -> None:
        super().__init__(what)
        self.what, self.order_id = what, order_id


class Parked(NamedTuple):
    """A record that waits for somebody to retry or skip it."""

    service: str
    shard: int
    subject: str
    coordinates: str


class Watch:
    """Fed with everything; remembers what clients and operators look at."""

    def __init__(self, auditor: Auditor) -> None:
        self.auditor = auditor
        self.hash = sha256()
        self.appended: list[Polled] = []
        self.subjects: dict[str, str] = {}
        """Coordinates of every record → its subject."""
        self.causes: set[tuple[str, str]] = set()
        """Source and cause of every input that has facts on its shard's own log."""
        self.parked: dict[Parked, bool] = {}
        """Value: it was parked because of itself, not behind another."""
        self.orders: dict[str, list[Fact]] = {}
        """What orders says of each, in order."""
        self.facts: dict[type[Fact], list[Fact]] = {}
        self.seen: dict[str, tuple[int, int]] = {}
        """Product → shard of the catalogue, and position of its last fact there."""
        self.positions: dict[str, int] = {}
        """Source → position of its last fact."""
        self.chains: dict[str, bytes] = {}
        """Source → the chain at its last fact."""
        self.highest: dict[str, int] = {}
        """Source → the highest position of all that it has sent."""
        self.named: set[str] = set()
        """Whatever a fact on the log names: ids of calls to the outside among them."""
        self.released: set[tuple[str, str, str]] = set()
        self.blind = False
        """The log is not what was looked at: only an audit from the front can tell."""
        self.listeners: list[Callable[[Fact], None]] = []

    def said(self, kind: type[F]) -> list[F]:
        """All facts of a kind so far."""
        return cast("list[F]", self.facts.get(kind, []))

    def last(self, order_id: str) -> Fact | None:
        """What orders has said last of an order."""
        said = self.orders.get(order_id)
        return said[-1] if said else None

    def look(self, record: Polled) -> None:
        """One more record; raises Broken."""
        self._remember(record)
        try:
            envelope = read(record.headers)
        except BadEnvelope:
            self._audit(record)
            return
        where = f"{record.topic}/{record.partition}/{record.offset}"
        self.subjects[where] = envelope.subject
        if envelope.link:
            self._causality(record, envelope)
            if record.topic.endswith(".events"):
                self._fact(record, envelope)
        self._audit(record)

    def _remember(self, record: Polled) -> None:
        self.appended.append(record)
        for part in (record.topic, record.partition, record.key, record.value, record.headers):
            self.hash.update(repr(part).encode())

    def _audit(self, record: Polled) -> None:
        if self.blind:
            return
        auditor = self.auditor
        auditor.feed([record])
        if auditor.violations:
            violation = auditor.violations[0]
            raise Broken(str(violation), violation.order_id)
        if auditor.misfits or auditor.unexplained:
            raise Broken(str([*auditor.misfits, *auditor.unexplained][0]))

    def _causality(self, record: Polled, envelope: Envelope) -> None:
        """Nothing leaves a shard that its own log does not hold."""
        assert envelope.link
        known = self.highest.get(envelope.source, 0)
        self.highest[envelope.source] = max(envelope.position, known)
        who = (envelope.source, envelope.link.cause)
        if record.topic.endswith(".events"):
            self.causes.add(who)
        elif who not in self.causes:
            where = f"{record.topic}/{record.partition}/{record.offset}"
            raise Broken(f"{where}: {envelope.source} sends what no fact of its log led to")

    def _fact(self, record: Polled, envelope: Envelope) -> None:
        if envelope.position <= self.positions.get(envelope.source, 0):
            return
        assert envelope.link
        self.positions[envelope.source] = envelope.position
        self.chains[envelope.source] = envelope.link.chain
        if envelope.type not in MESSAGES:
            return
        fact = decode(envelope.type, record.value or b"")
        assert isinstance(fact, Fact)
        service = record.topic.removesuffix(".events")
        if fact.owner == "shard":
            self._engine(service, record.partition, fact)
        else:
            self._order_behind_parked(service, record, envelope)
        self.facts.setdefault(type(fact), []).append(fact)
        self.named.update([said for said in fact.__dict__.values() if type(said) is str])
        if fact.owner == "orders" and hasattr(fact, "order_id"):
            self.orders.setdefault(fact.subject, []).append(fact)
        if fact.owner == "catalog":
            self.seen[fact.subject] = (record.partition, envelope.position)
        for listener in self.listeners:
            listener(fact)

    def _engine(self, service: str, shard: int, fact: Fact) -> None:
        match fact:
            case words.RecordParked():
                parked = Parked(service, shard, fact.subject_id, fact.coordinates)
                self.parked[parked] = not fact.behind
            case words.ParkedRetried() | words.ParkedSkipped():
                parked = Parked(service, shard, fact.subject_id, fact.coordinates)
                if self.parked.pop(parked, None) is None and not self.blind:
                    raise Broken(f"{service}/{shard}: {fact} of what is not parked")
                self.released.add((service, fact.subject_id, fact.coordinates))
            case _:
                pass

    def _order_behind_parked(self, service: str, record: Polled, envelope: Envelope) -> None:
        """What is about a subject waits behind what is parked of it."""
        assert envelope.link
        cause = envelope.link.cause.partition("#")[0]
        subject = self._subject_of(cause)
        waiting = [p for p in self.parked if p[:3] == (service, record.partition, subject)]
        if waiting and (service, subject, cause) not in self.released:
            raise Broken(f"{record.topic}: {cause} was processed before {waiting[0].coordinates}")

    def _subject_of(self, cause: str) -> str:
        """What the input was about; empty for an answer of the outside, which waits for nobody."""
        kind, _, name = cause.partition("/")
        if kind in {"deadline", "effect"}:
            return name.partition("/")[2] if kind == "deadline" else ""
        return self.subjects.get(cause, "")


def facts_after(position: int, records: Iterable[Polled]) -> Iterator[tuple[int, Fact]]:
    """The facts of a shard's own log after this position, each once, with their positions."""
    for record in records:
        envelope = read(record.headers)
        if envelope.position > position:
            position = envelope.position
            fact = decode(envelope.type, record.value or b"")
            assert isinstance(fact, Fact)
            yield position, fact
