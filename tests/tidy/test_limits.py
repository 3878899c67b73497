"""Every loop, batch, retry, queue and timeout has a named limit."""

import pytest

from tests.tidy.limits import badly_named_limits, endless_loops, nameless_limits
from tests.tidy.source import CODE, Source, expect_kept, python


def made_of(text: str) -> Source:
    return Source("shared/shards/worker.py", text)


def test_no_limit_is_a_bare_number() -> None:
    expect_kept(nameless_limits, python(*CODE))


def test_every_endless_loop_says_what_bounds_it() -> None:
    expect_kept(endless_loops, python(*CODE))


def test_the_name_of_a_limit_ends_with_its_unit() -> None:
    expect_kept(badly_named_limits, python(*CODE))


@pytest.mark.parametrize(
    "text",
    [
        "await asyncio.wait_for(answer, 5)",
        "await asyncio.wait_for(answer, timeout=2.5)",
        "time.sleep(60 * 5)",
        "for attempt in range(3): ...",
        "asyncio.Queue(100)",
        "asyncio.Queue(maxsize=100)",
        "consumer.getmany(timeout_ms=200)",
        "producer(linger_ms=5)",
        "call(max_records=500)",
        "connect(retries=7)",
    ],
)
def test_a_bare_number_as_a_limit_is_seen(text: str) -> None:
    assert list(nameless_limits(made_of(text)))


@pytest.mark.parametrize(
    "text",
    [
        "await asyncio.sleep(0)",
        "await asyncio.wait_for(answer, ANSWER_S_MAX)",
        "for line in range(1, lines + 1): ...",
        "name: str = Field(max_length=64)",
        "point(x=12)",
        "WIDE = {code: code - SHIFT for code in range(0xFF01, 0xFF5F)}",
    ],
)
def test_a_named_or_obvious_limit_is_left_alone(text: str) -> None:
    assert not list(nameless_limits(made_of(text)))


@pytest.mark.parametrize(
    "text",
    [
        "while True:\n    turn()",
        "while 1:\n    turn()",
        "for n in itertools.count():\n    turn()",
        "while True:  # for ever\n    turn()",
    ],
)
def test_an_endless_loop_without_its_bound_is_seen(text: str) -> None:
    assert list(endless_loops(made_of(text)))


def test_a_loop_that_says_its_bound_is_left_alone() -> None:
    assert not list(endless_loops(made_of("while True:  # bounded by: the stop event\n    turn()")))
    assert not list(endless_loops(made_of("# bounded by: attempts_max\nwhile True:\n    turn()")))
    assert not list(endless_loops(made_of("while not stopping:\n    turn()")))


@pytest.mark.parametrize(
    "text",
    [
        "MAX_RETRIES = 5",
        "TIMEOUT = 5",
        "POLL = 0.2",
        "class Settings:\n    session_timeout: int = 6000",
        "def send(record, *, retry_delay=0.5): ...",
        "def send(record, max_attempts=3): ...",
        "MS_POLL_WAIT = 200",
    ],
)
def test_a_limit_without_its_unit_last_is_seen(text: str) -> None:
    assert list(badly_named_limits(made_of(text)))


@pytest.mark.parametrize(
    "text",
    [
        "POLL_MS_MAX = 200",
        "attempts_max: int = 5",
        "LOCK_WAIT_S = 15.0",
        "partitions = 12",
        "NO_DEADLINE = -1",
    ],
)
def test_a_limit_with_its_unit_last_is_left_alone(text: str) -> None:
    assert not list(badly_named_limits(made_of(text)))
