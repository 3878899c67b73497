"""What several processes say together: rates between two looks, and who owns what."""

from deploy.cli.ops.scraping import Scrape, owners, rates

READ, SINCE = "kameng_records_total", "kameng_shard_owned_since_timestamp_seconds"
HALTED = "kameng_shard_halted"


def look(name: str, at_s: float, shard: str, read: float, **more: float) -> Scrape:
    labels = {"service": "orders", "shard": shard}
    samples = [
        (READ, {**labels, "outcome": "applied"}, read),
        (SINCE, labels, 1_000.0),
        *((metric, labels, value) for metric, value in more.items()),
    ]
    return Scrape(name, "orders", at_s, "ready", samples)


def test_a_rate_is_what_was_counted_between_two_looks() -> None:
    (row,) = rates([look("orders-1", 10.0, "1", 100)], [look("orders-1", 12.0, "1", 300)])
    assert row["read_per_s"] == 100.0
    assert row["states"] == []


def test_a_shard_takes_its_counters_along_to_another_process() -> None:
    before = [look("orders-1", 10.0, "1", 1_000_000)]
    after = [Scrape("orders-1", "orders", 12.0, "ready"), look("orders-2", 12.0, "1", 1_000_050)]
    (row,) = rates(before, after)
    assert row["read_per_s"] == 25.0
    assert row["processes"] == 2


def test_what_does_not_answer_is_told_by_its_state() -> None:
    (row,) = rates([], [Scrape("orders-1", "orders", 1.0)])
    assert row["states"] == ["orders-1: no answer"]


def test_a_shard_in_two_hands_is_told_twice_and_a_halted_one_as_such() -> None:
    found = owners([look("orders-2", 1.0, "1", 0, **{HALTED: 1.0}), look("orders-1", 1.0, "1", 0)])
    assert [(each.process, each.halted) for each in found] == [
        ("orders-2", True), ("orders-1", False),
    ]  # fmt: skip
