"""The engine's own words, on every service's log. Partition: always the shard's own."""

from .message import Command, Fact


class RecordParked(Fact, owner="shard", key="subject_id", subject="subject_id"):
    """This record could not be processed, or waits behind one of the same subject."""

    subject_id: str
    coordinates: str
    """`topic/partition/offset` of the record; never its body."""
    reason: str
    behind: bool
    """It waits only because an earlier record of its subject is parked."""


class ParkedRetried(Fact, owner="shard", key="subject_id", subject="subject_id"):
    """The record was processed after all."""

    subject_id: str
    coordinates: str


class ParkedSkipped(Fact, owner="shard", key="subject_id", subject="subject_id"):
    """A person decided to go on without this record."""

    subject_id: str
    coordinates: str
    reason: str
    by: str


class ShardRebuilt(Fact, owner="shard", key="subject_id", subject="subject_id"):
    """The shard was folded from its own log and goes on from here."""

    subject_id: str
    """`<service>/<shard>`."""
    position: int
    """The last position that was folded."""
    worker: str


class GapClosed(Fact, owner="shard", key="subject_id", subject="subject_id"):
    """A record that was missing was sent again, and is taken before its turn."""

    subject_id: str
    """`<service>/<shard>`."""
    source: str
    topic: str
    coordinates: str
    """`topic/partition/offset` of the record."""


class GapAccepted(Fact, owner="shard", key="subject_id", subject="subject_id"):
    """A person decided to go on without records that a sender's numbering says are missing."""

    subject_id: str
    """`<service>/<shard>`."""
    source: str
    topic: str
    expected: int
    found: int
    reason: str
    by: str


class RetryParked(Command, owner="shard", key="subject_id", subject="subject_id"):
    """Process the parked records of this subject again, in order."""

    subject_id: str
    by: str


class SkipParked(Command, owner="shard", key="subject_id", subject="subject_id"):
    """Go on without this parked record."""

    subject_id: str
    coordinates: str
    reason: str
    by: str


class AcceptGap(Command, owner="shard", key="subject_id", subject="subject_id"):
    """Go on although something is missing: names the halt it answers."""

    subject_id: str
    source: str
    topic: str
    expected: int
    found: int
    reason: str
    by: str
