"""What a turn, a process and a request tell: one line, a state in words, a few counters."""

import json
from pathlib import Path

import structlog
from prometheus_client import REGISTRY

from services.gateway.door.tracing import Tracing
from shared.runtime.environment import Environment
from shared.runtime.process import Runtime
from shared.runtime.tracing import Tracer
from shared.runtime.watching import Watching
from shared.shards.ledger import Halt, Ledger
from shared.shards.takeover import Owned
from shared.shards.tracing import span_of
from shared.shards.turn import Report
from tests.unit.operations.standing import follower, worker

TRACE, SPAN = "a" * 32, "b" * 16
LINE = {
    "event", "log_level", "shards", "read", "applied", "skipped", "parked", "duplicate", "facts",
    "follows", "poll_ms", "decide_ms", "wait_ms", "commit_ms", "publish_ms",
}  # fmt: skip


def report(**more: object) -> Report:
    step = span_of(
        f"00-{TRACE}-{SPAN}-01", "/kameng/orders/3", "orders.commands/3/7", "order-1",
        ("kameng.orders.OrderPlaced.v1",), 12,
    )  # fmt: skip
    assert step
    return Report([3], read=2, applied=2, facts=1, decide_s=0.004, spans=[step], **more)  # type: ignore[arg-type]  # numbers all


def test_a_turn_is_one_line_of_counts_and_times_and_nothing_else() -> None:
    with structlog.testing.capture_logs() as lines:
        Watching("orders", Tracer("", "orders-1")).turn(report())
    assert [set(line) for line in lines] == [LINE]
    assert lines[0]["decide_ms"] == 4.0


def test_a_turn_is_observed_once_however_many_records_it_has() -> None:
    labels = {"service": "told-once"}

    def count(name: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    Watching("told-once", Tracer("", "x-1")).turn(report())
    assert count("kameng_turn_duration_seconds_count") == 1
    assert count("kameng_turn_records_sum") == 2
    assert count("kameng_publish_duration_seconds_count") == 1


def test_a_sampled_step_is_exported_with_its_parent(tmp_path: Path) -> None:
    file = tmp_path / "traces.jsonl"
    tracer = Tracer(str(file), "orders-1")
    Watching("orders", tracer).turn(report())
    tracer.close()
    (span,) = map(json.loads, file.read_text().splitlines())
    assert span["name"] == "orders OrderPlaced"
    assert span["context"]["trace_id"] == f"0x{TRACE}"
    assert span["parent_id"] == f"0x{SPAN}"
    assert span["attributes"]["kameng.subject"] == "order-1"


def test_a_trace_that_is_not_sampled_does_not_go_on() -> None:
    for header in (f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}", "", "00-x-y-01"):
        assert span_of(header, "s", "c", "x", ("t",), 1) is None


def test_a_worker_says_that_it_starts_is_ready_or_is_halted_and_why() -> None:
    at_work = worker()
    assert at_work.health() == (False, "starting")
    at_work.joined = True
    assert at_work.health() == (True, "ready")
    at_work.owned[2] = Owned(Ledger(halt=Halt("FORK", "risk.events/2/9", detail="two histories")))
    ready, words = at_work.health()
    assert not ready
    assert words == "halted: risk.events/2/9: FORK two histories"


def test_read_models_say_that_they_start_or_are_ready() -> None:
    following = follower()
    assert following.health() == (False, "starting")
    following.joined = True
    assert following.health() == (True, "ready")


def test_a_process_is_ready_when_all_its_roles_are(tmp_path: Path) -> None:
    variables = ("BOOTSTRAP", "KAFKA_USER", "KAFKA_PASSWORD", "DSN", "KEYS", "PROCESS")
    runtime = Runtime(Environment.read({f"KAMENG_{name}": "x" for name in variables}))
    roles = ["worker", "views"]
    assert runtime.state(roles) == (False, "worker: starting")
    runtime.health["worker"] = lambda: (True, "ready")
    assert runtime.state(roles) == (False, "views: starting")
    runtime.health["views"] = lambda: (False, "halted: why")
    assert runtime.state(roles) == (False, "views: halted: why")
    runtime.health["views"] = lambda: (True, "ready")
    assert runtime.state(roles) == (True, "ready")


def test_one_order_in_so_many_is_traced_by_its_id() -> None:
    tracing = Tracing(16, Tracer("", "gateway-api-1"))
    drawn = [tracing.begin({"trace_id": f"{n:032x}"}, "acc") for n in range(64)]
    assert sum(each is not None for each in drawn) == 4


def test_who_asks_for_a_trace_gets_it_but_not_for_every_order() -> None:
    tracing = Tracing(0, Tracer("", "gateway-api-1"))
    scope = {"trace_id": TRACE, "parent_id": SPAN}
    asked = [tracing.begin(scope, "acc") for _ in range(100)]
    assert asked[0] is not None
    assert asked[0].traceparent.startswith(f"00-{TRACE}-")
    assert 0 < sum(each is not None for each in asked) < 30


def test_nobody_is_traced_where_nobody_exports() -> None:
    assert Tracing().begin({"trace_id": "0" * 32, "parent_id": SPAN}, "acc") is None
