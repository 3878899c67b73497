"""What happened to an order, as a timeline that a person can read."""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.contracts.envelope import BadEnvelope, Envelope, read, unix_ms
from shared.shards.ports import Polled
from shared.testing.sender import START_MS

LAST_MAX: Final = 30
"""Records told where no order is named."""


def story(records: Sequence[Polled], order_id: str) -> Iterator[str]:
    """One line a record that names the order, or the last ones of all."""
    name = order_id.encode()
    chosen = [r for r in records if name in (r.value or b"")] if name else records[-LAST_MAX:]
    for record in chosen:
        where = f"{record.topic}/{record.partition}/{record.offset}"
        try:
            yield f"{_line(read(record.headers))}  [{where}]"
        except BadEnvelope as bad:
            yield f"{'':9} {bad}  [{where}]"


def _line(envelope: Envelope) -> str:
    seconds = (unix_ms(envelope.time) - START_MS) / 1000
    kind = envelope.type.removeprefix("kameng.")
    if envelope.link is None:
        return f"{seconds:8.3f}s {envelope.source}: {kind}"
    cause = envelope.link.cause.partition("#")[0]
    return f"{seconds:8.3f}s {envelope.source} #{envelope.position}: {kind}, because of {cause}"
