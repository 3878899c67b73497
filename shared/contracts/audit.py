"""audit: what the reader of every log has found. Partition key: the source it speaks of."""

from .message import Fact


class CheckpointSigned(Fact, owner="audit", key="source", subject="source"):
    """The chain of this source stood here, signed: a history made anew would contradict it."""

    source: str
    """e.g. `/kameng/orders/3`."""
    position: int
    chain: str
    """64 hex digits."""
    key_id: str
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
    """`topic/partition/offset`."""
    code: str
    detail: str
