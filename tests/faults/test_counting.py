"""What a run of faults counts: copies, copies that were acted on, and how long buyers waited."""

from typing import Final, NamedTuple

from deploy.load.doubles import Doubles
from deploy.load.felt import felt
from deploy.load.following import Delivery
from shared.contracts.envelope import Headers

SHARD: Final = "/kameng/orders/3"
READER: Final = "/kameng/payments/3"


class Record(NamedTuple):
    """A record of the log, as small as can be."""

    topic: str
    offset: int
    source: str
    position: int
    cause: str
    partition: int = 3
    key: bytes | None = b"k"
    value: bytes | None = b"{}"
    timestamp: int = 0

    @property
    def headers(self) -> Headers:
        link = f"0 {self.cause} {bytes(32).hex()}".encode()
        return [
            ("ce_type", b"t"), ("ce_source", self.source.encode()),
            ("ce_id", b"%d" % self.position), ("ce_subject", b"s"), ("ce_time", b"t"),
            ("ce_link", link),
        ]  # fmt: skip


def asked(offset: int, position: int) -> Record:
    """A command that orders sends to payments."""
    return Record("payments.commands", offset, SHARD, position, "orders.commands/3/0#00")


def decided(position: int, cause: str) -> Record:
    """A fact of payments."""
    return Record("payments.events", position, READER, position, cause)


def counted(*records: Record) -> tuple[int, int]:
    doubles = Doubles()
    doubles.feed(records)
    return doubles.copies, doubles.acted_on


def test_a_copy_that_nobody_acts_on_is_a_copy_and_no_more() -> None:
    first = decided(1, "payments.commands/3/0")
    assert counted(asked(0, 1), asked(1, 1), first) == (1, 0)


def test_a_copy_that_somebody_acts_on_is_counted_wherever_it_is_read_first() -> None:
    first, again = decided(1, "payments.commands/3/0"), decided(2, "payments.commands/3/1")
    assert counted(asked(0, 1), asked(1, 1), first, again) == (1, 1)
    assert counted(first, again, asked(0, 1), asked(1, 1)) == (1, 1)


def test_an_input_that_is_decided_on_twice_is_counted() -> None:
    one, other = "payments.commands/3/0", "payments.commands/3/1"
    facts = [decided(1, one), decided(2, one), decided(3, other), decided(4, one)]
    assert counted(asked(0, 1), asked(1, 2), *facts) == (0, 1)


def test_a_fact_that_is_published_again_is_no_second_decision() -> None:
    fact = decided(1, "payments.commands/3/0")
    assert counted(asked(0, 1), fact, decided(2, "deadline/x"), fact._replace(offset=9)) == (1, 0)


def test_deadlines_and_answers_from_outside_are_no_records() -> None:
    facts = [decided(1, "deadline/x"), decided(2, "effect/y"), decided(3, "deadline/x")]
    assert counted(*facts) == (0, 0)


def test_a_pause_is_told_of_the_whole_and_of_the_shard_that_stood_longest() -> None:
    deliveries = [Delivery(b"", at_s, at_s % 2, 0.5) for at_s in (11, 12, 13, 15, 17, 18)]
    deliveries[3] = deliveries[3]._replace(waited_s=4.0)
    found = felt(deliveries, 10.0, 20.0, calm_s=0.1, take_over_s=None)
    assert found.pause_s == 2.0
    assert found.shard_pause_s == 6.0  # shard 0 between 12 and 18
    assert found.slowest_s == 4.0


def test_nothing_delivered_at_all_is_one_long_pause() -> None:
    found = felt([], 10.0, 20.0, calm_s=0.0, take_over_s=None)
    assert found.pause_s == found.shard_pause_s == 10.0
