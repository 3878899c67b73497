"""A sampled trace goes on from an input to all that is decided on it. Pure.

Where an input carries no sampled `traceparent` (nearly always), nothing here is done. The ids of
spans are derived, not drawn: a turn that is decided again says the same.
"""

import re
from hashlib import sha256
from typing import Final, NamedTuple

TRACEPARENT: Final = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]?[13579bdf]")
"""W3C Trace Context, version 00, with the sampled flag."""
SPAN_DIGITS: Final = 16


class Span(NamedTuple):
    """One input, decided: a step of the trace."""

    trace_id: str
    span_id: str
    parent_id: str
    source: str
    cause: str
    subject: str
    facts: tuple[str, ...]
    """Wire types."""
    position: int
    """Of the first of them."""

    @property
    def traceparent(self) -> str:
        """The header of everything that comes of it."""
        return f"00-{self.trace_id}-{self.span_id}-01"


def span_of(
    traceparent: str, source: str, cause: str, subject: str, facts: tuple[str, ...], position: int
) -> Span | None:
    """The step that this input is in its trace; None where the header is not a sampled one."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    seed = f"{traceparent} {source} {cause} {position}".encode()
    span_id = sha256(seed).hexdigest()[:SPAN_DIGITS]
    return Span(found[1], span_id, found[2], source, cause, subject, facts, position)
