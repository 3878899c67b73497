"""Records made by hand: as the door appends them, and as another service's shard would."""

from shared.contracts.envelope import API_SOURCE, NO_CHAIN, Sealed, chained, rfc3339
from shared.contracts.message import Message

START_MS = 1_700_000_000_000
Wire = list[tuple[str, bytes | None]]


def door_headers(message: Message, record_id: str, now_ms: int = START_MS) -> Wire:
    """What the door says of a client's command: no link."""
    said = {
        "ce_specversion": "1.0",
        "ce_type": message.type,
        "ce_source": API_SOURCE,
        "ce_id": record_id,
        "ce_subject": message.subject,
        "ce_time": rfc3339(now_ms),
    }
    return [(name, value.encode()) for name, value in said.items()]


class Sender:
    """Another source, with its own numbering and chain; whoever holds it decides what arrives."""

    def __init__(self, source: str = "/kameng/elsewhere/0") -> None:
        self.source = source
        self.position, self.chain = 0, NO_CHAIN
        self.lasts: dict[str, int] = {}

    def seal(self, topic: str, partition: int, message: Message) -> Sealed:
        """The next record, ready to be appended, or to be lost."""
        self.position += 1
        route = f"{topic}/{partition}"
        previous = self.lasts.get(route, 0)
        self.lasts[route] = self.position
        key, value, time = message.partition_key.encode(), message.encode(), rfc3339(START_MS)
        cause = f"deadline/{self.position}"
        self.chain = chained(
            self.chain, topic, key, self.position, message.type, self.source, message.subject,
            time, previous, cause, value,
        )  # fmt: skip
        return Sealed(
            topic, partition, key, value, message.type, message.subject, time, self.position,
            previous, cause, self.chain,
        )  # fmt: skip
