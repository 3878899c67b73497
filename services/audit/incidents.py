"""What the engine has put on record of itself: records parked, shards rebuilt, gaps and their end.

None of it is damage by itself. A gap that was closed by the missing record, or accepted by a
person, explains a flaw that the reader of the log finds at that place.
"""

from collections import Counter

from shared.contracts import shard as words
from shared.contracts.message import Fact
from shared.replay.finding import Finding, Flaw


class Incidents:
    """Counts the engine's facts, and remembers those that explain something."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.parked: dict[str, str] = {}
        """Coordinates of what is parked now → the reason."""
        self.accepted: list[words.GapAccepted] = []
        self._closed: set[str] = set()

    def apply(self, fact: Fact) -> None:
        """Enter one of the engine's facts."""
        self.counts[type(fact).__name__] += 1
        match fact:
            case words.RecordParked():
                self.parked[f"{fact.subject_id} {fact.coordinates}"] = fact.reason
            case words.ParkedRetried() | words.ParkedSkipped():
                self.parked.pop(f"{fact.subject_id} {fact.coordinates}", None)
            case words.GapAccepted():
                self.accepted.append(fact)
            case words.GapClosed():
                self._closed.add(fact.coordinates)
            case _:
                pass

    def explain(self, finding: Finding) -> str:
        """Who has put on record what the finding shows; "" where nobody has."""
        if finding.flaw is Flaw.ORDER and str(finding.where) in self._closed:
            return "sent again by its source, and taken so"
        if finding.flaw is Flaw.GAP:
            for gap in self.accepted:
                if gap.source == finding.source and gap.expected < finding.position <= gap.found:
                    return f"accepted by {gap.by}: {gap.reason}"
        return ""
