"""A system that runs: what it says of itself, how it scales, what it survives, how it ends."""

import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from deploy.local.control import ask
from deploy.local.refusal import Refusal
from shared.contracts.matrix import SERVICES
from tests.integration.local_system.running import Running, until

pytestmark = pytest.mark.timeout(180)  # whole systems start here

STOP_S_MAX = 10


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("checkout") / "local")
    try:
        yield running.wait_ready()
    finally:
        running.kill()


def write_rows(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table if not exists kept (id int)")
        connection.execute("insert into kept values (1)")


def count_rows(dsn: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from kept").fetchone()
        assert row is not None
        return row[0]


def test_a_running_system_describes_itself_to_its_owner_alone(system: Running) -> None:
    assert stat.S_IMODE(system.folder.run_file.stat().st_mode) == 0o600
    described = system.description
    assert described["kafka"]["username"] == "auditor"
    assert httpx.get(f"{described['twins']['sms']}/sms").json() == {"items": []}
    assert {each["name"] for each in described["processes"]} == {"orders-1", "gateway-api-1"}
    for each in described["processes"]:
        assert httpx.get(f"{each['metrics']}/readyz").status_code == httpx.codes.OK


def test_secrets_and_keys_are_for_their_owner_alone(system: Running) -> None:
    files = [system.folder.secrets_file, *system.folder.keys.rglob("*")]
    assert len(files) > len(SERVICES)
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_a_service_is_given_its_own_rights_and_nobody_elses(system: Running) -> None:
    seen = httpx.get(f"{system.find('orders-1')['metrics']}/seen").json()
    assert seen["role"] == "worker"
    environment = seen["environment"]
    assert environment["KAMENG_PROCESS"] == "orders-1"
    assert environment["KAMENG_KEYS"].endswith("keys/orders")
    assert "kameng_orders:" in environment["KAMENG_DSN"]
    admin = system.description["postgres"].split(":")[2].split("@")[0]
    assert admin not in str(environment)


def test_a_second_start_beside_the_first_is_refused(system: Running) -> None:
    second = Running(system.folder.root)
    assert "already runs in this checkout" in second.wait_refused()
    assert system.find("orders-1")["serving"]


def test_routine_lines_go_to_the_log_file_and_others_to_the_terminal_too(system: Running) -> None:
    httpx.get(f"{system.find('orders-1')['metrics']}/seen")
    until(lambda: "orders-1         | somebody looked" in system.said)
    log = (system.folder.logs / "orders-1.log").read_text()
    assert "routine" in log
    assert "routine" not in system.said
    assert "signed in" in log
    assert "signed in" not in system.said


def test_a_service_scales_up_and_down_while_it_runs(system: Running) -> None:
    names = system.ask(do="scale", unit="orders", count=3)
    assert names == ["orders-1", "orders-2", "orders-3"]
    pids = [system.find(name)["pid"] for name in names]
    assert system.ask(do="scale", unit="orders", count=1) == ["orders-1"]
    assert [psutil.pid_exists(pid) for pid in pids] == [True, False, False]


@pytest.mark.parametrize(
    ("unit", "count", "sentence"),
    [("nobody", 1, "There is no nobody"), ("orders", 33, "from 0 to 32"), ("orders", -1, "N=-1")],
)
def test_what_cannot_be_scaled_is_refused(
    system: Running, unit: str, count: int, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        system.ask(do="scale", unit=unit, count=count)


def test_who_does_not_know_the_token_is_refused(system: Running) -> None:
    with pytest.raises(Refusal, match="token"):
        ask(system.description["control"]["port"], "guessed", do="stop")


def test_a_killed_service_is_started_again(system: Running) -> None:
    system.kill_and_wait_for_another("orders-1")
    assert system.find("orders-1")["restarts"] == 1


async def test_a_killed_broker_comes_back_where_it_was_with_every_record(system: Running) -> None:
    await system.append("orders.events", b"before the kill")
    bootstrap = system.description["kafka"]["bootstrap"]
    system.kill_and_wait_for_another("kafka")
    assert system.description["kafka"]["bootstrap"] == bootstrap
    assert await system.last("orders.events") == b"before the kill"


def test_a_killed_database_comes_back_where_it_was_with_every_row(system: Running) -> None:
    dsn = system.description["postgres"]
    write_rows(dsn)
    system.kill_and_wait_for_another("postgres")
    assert system.description["postgres"] == dsn
    assert count_rows(dsn) == 1


def test_two_systems_run_side_by_side(system: Running, tmp_path: Path) -> None:
    other = Running(tmp_path / "local").wait_ready()
    try:
        assert other.description["gateway"] != system.description["gateway"]
        assert set(other.pids()).isdisjoint(system.pids())
        assert other.stop() < STOP_S_MAX
    finally:
        other.kill()
    assert all(psutil.pid_exists(pid) for pid in system.pids())


async def test_a_killed_supervisor_leaves_nothing_running_and_the_next_goes_on(
    system: Running,
) -> None:
    await system.append("orders.events", b"before the end")
    write_rows(system.description["postgres"])
    pids = system.pids()
    system.kill()
    until(lambda: not any(map(psutil.pid_exists, pids)), STOP_S_MAX)

    successor = Running(system.folder.root).wait_ready()
    try:
        assert await successor.last("orders.events") == b"before the end"
        assert count_rows(successor.description["postgres"])
        pids = successor.pids()
        assert successor.stop() < STOP_S_MAX
    finally:
        successor.kill()
    assert not successor.folder.run_file.exists()
    assert not any(map(psutil.pid_exists, pids))
