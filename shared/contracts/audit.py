"""audit: what the reader of every log has found. Partition key: the source it speaks of."""

from .message import Command, Fact


class RecordCheckpoint(Command, owner="audit", key="source", subject="source"):
    """The reader of the log has signed this source's head: put it on record."""

    source: str
    position: int
    chain: str
    """64 hex digits."""
    key_id: str
    signature: str
    """Ed25519, hex, as in CheckpointSigned."""


class RecordFlaw(Command, owner="audit", key="source", subject="source"):
    """The reader of the log has found something wrong: put it on record."""

    source: str
    coordinates: str
    """`topic/partition/offset`; `source:position` of a record that is missing."""
    code: str
    detail: str


class RecordReport(Command, owner="audit", key="series", subject="report_id"):
    """The reader of the log has written a report for people, and signed it: put it on record."""

    series: str
    """`reports`: they all stand in one partition."""
    report_id: str
    """When its period begins, RFC 3339: one report a period."""
    text: str
    key_id: str
    signature: str
    """Ed25519, hex, as in ReportSigned."""


class ReportSigned(Fact, owner="audit", key="series", subject="report_id"):
    """The scheduled report: what was verified, what the books say, who was shown which card."""

    series: str
    report_id: str
    """When its period begins, RFC 3339: one report a period."""
    text: str
    """As people read it."""
    key_id: str
    """The first 16 hex digits of the public key's SHA-256."""
    signature: str
    """Ed25519 over `report_id`, a line feed and the text, hex."""


class CheckpointSigned(Fact, owner="audit", key="source", subject="source"):
    """The chain of this source stood here, signed: a history made anew would contradict it."""

    source: str
    """e.g. `/kameng/orders/3`."""
    position: int
    chain: str
    """64 hex digits."""
    key_id: str
    """The first 16 hex digits of the public key's SHA-256."""
    signature: str
    """Ed25519 over `source position chain` (one space between), hex."""


class AuditPassed(Fact, owner="audit", key="source", subject="source"):
    """Everything read of this source up to here is whole."""

    source: str
    position: int


class AuditFailed(Fact, owner="audit", key="source", subject="source"):
    """Something is wrong, and this record is where it shows."""

    source: str
    coordinates: str
    """`topic/partition/offset`; `source:position` of a record that is missing."""
    code: str
    """Of the log itself: CHAIN, GAP, FORK, …; of what it says: the law that does not hold."""
    detail: str
