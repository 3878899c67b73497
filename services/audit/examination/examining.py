"""One examination of the log: every record proved, every fact entered in the books. Pure.

Fed with records as they are read; the command, the service and the tests differ only in where
they read them from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pydantic import ValidationError

from services.audit.domain import WANTED, Books, Seen, Violation
from services.audit.incidents import Incidents
from shared.contracts.audit import CheckpointSigned
from shared.contracts.envelope import unix_ms
from shared.contracts.message import Fact
from shared.contracts.registry import facts_of
from shared.contracts.upcasters import UPCASTERS
from shared.replay.causes import Causes
from shared.replay.chain import Chains
from shared.replay.entry import Entry, RawRecord
from shared.replay.finding import Finding

from .heads import Heads, Verify

EVENTS: Final = ".events"
_DECODED: Final[tuple[type[Fact], ...]] = (*WANTED, *facts_of("shard"), CheckpointSigned)
DECODED: Final[Mapping[bytes, type[Fact]]] = {cls.type.encode(): cls for cls in _DECODED}
"""By wire type: what is decoded at all."""
LIFTED: Final = {name.encode(): upcaster for name, upcaster in UPCASTERS.items()}


class Explained(NamedTuple):
    """A flaw that is on record, with who put it there."""

    finding: Finding
    by: str


class Examination:
    """Feed it all records, then finish; what is wrong stands in its three lists.

    ``verify`` says whether a signed head is signed by whom it should be; without it signed heads
    are only compared with the chains.
    """

    def __init__(self, verify: Verify | None = None) -> None:
        self.chains, self.causes, self.heads = Chains(), Causes(), Heads(verify)
        self.books, self.incidents = Books(), Incidents()
        self.findings: list[Finding] = []
        self.violations: list[Violation] = []
        self.misfits: list[str] = []
        """Facts whose body does not fit its type, by coordinates."""
        self.types: Counter[bytes] = Counter()
        self._time, self._time_ms = b"", 0

    def feed(self, records: Iterable[RawRecord]) -> None:
        """The next records, in the order of their offsets within a partition."""
        self._enter(self.chains.feed(records))
        self.findings += self.heads.check(self.chains)

    def expire(self, now_ms: int, patience_ms: int) -> None:
        """Take positions that have not come within ``patience_ms`` for missing."""
        self._enter(self.chains.expire(now_ms, patience_ms))

    def finish(self, now_ms: int, patience_ms: int) -> None:
        """The log ends here, and it is now ``now_ms`` (0: the time of its last fact).

        What happened in the last ``patience_ms`` may still be on its way.
        """
        self._enter(self.chains.finish())
        self.findings += [*self.causes.finish(), *self.heads.finish(self.chains)]
        self.books.time_ms = max(self.books.time_ms, now_ms)
        self.violations += self.books.at_rest(patience_ms)

    @property
    def unexplained(self) -> list[Finding]:
        """Flaws that nobody has put on record."""
        return [found for found in self.findings if not self.incidents.explain(found)]

    @property
    def explained(self) -> list[Explained]:
        """Flaws that somebody has put on record."""
        pairs = ((found, self.incidents.explain(found)) for found in self.findings)
        return [Explained(found, by) for found, by in pairs if by]

    @property
    def passed(self) -> bool:
        """Whether the record is whole and every law holds."""
        return not (self.unexplained or self.violations or self.misfits)

    def _enter(self, entries: Iterable[Entry]) -> None:
        types, causes, findings = self.types, self.causes, self.findings
        findings += self.chains.findings
        self.chains.findings.clear()
        for record in self.chains.unread:
            causes.heed(record)
        self.chains.unread.clear()
        for entry in entries:
            types[entry.type] += 1
            if not entry.position or b"#" in entry.cause:
                findings += causes.feed(entry)
            if entry.position and entry.record.topic.endswith(EVENTS):
                self._fact(entry)

    def _fact(self, entry: Entry) -> None:
        cls = DECODED.get(entry.type)
        body = entry.record.value or b""
        try:
            if cls is not None:
                fact: object = cls.decode(body)
            elif upcaster := LIFTED.get(entry.type):
                fact = upcaster.lift(body)
            else:
                return
            if entry.time != self._time:
                self._time, self._time_ms = entry.time, unix_ms(entry.time.decode())
        except (ValidationError, ValueError):
            self.misfits.append(str(entry.where))
            return
        if not isinstance(fact, Fact):
            return
        if fact.owner == "shard":
            self.incidents.apply(fact)
        elif isinstance(fact, CheckpointSigned):
            self.findings += self.heads.enter(fact, entry.where)
        elif type(fact) in WANTED:
            seen = Seen(str(entry.where), entry.cause.decode(errors="replace"), self._time_ms)
            self.violations += self.books.apply(fact, seen)
