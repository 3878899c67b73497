"""KAMENG_KAFKA and KAMENG_POSTGRES: a broker and a database that somebody else runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka_settings import ADMIN
from deploy.local.postgres_setup import create_database
from deploy.local.sources import kafka_for_tests, postgres_for_tests
from tests.integration.local_system.running import Running

pytestmark = pytest.mark.timeout(180)  # whole systems start here

Environment = dict[str, str]


@pytest.fixture(scope="module")
def existing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    homes = tmp_path_factory.mktemp("servers")
    with kafka_for_tests(homes / "kafka") as kafka, postgres_for_tests(homes / "pg") as postgres:
        yield {
            "KAMENG_KAFKA": f"kafka://{ADMIN}:{kafka.password}@{kafka.bootstrap}",
            "KAMENG_POSTGRES": create_database(postgres, "shop").dsn,
        }


def test_a_system_uses_them_and_starts_none_of_its_own(
    existing: Environment, tmp_path: Path
) -> None:
    running = Running(tmp_path / "local", **existing, KAMENG_PARTITIONS="3").wait_ready()
    try:
        assert running.description["postgres"] == existing["KAMENG_POSTGRES"]
        assert running.description["kafka"]["bootstrap"] in existing["KAMENG_KAFKA"]
        servers = {each["name"] for each in running.description["servers"]}
        assert {name for name in servers if not name.startswith("twin-")} == {"preloader"}
        running.stop()
    finally:
        running.kill()


def test_their_topics_must_be_as_expected(existing: Environment, tmp_path: Path) -> None:
    refused = Running(tmp_path / "local", **existing, KAMENG_PARTITIONS="4").wait_refused()
    assert "has 3 partitions instead of 4" in refused
    assert "start with KAMENG_PARTITIONS=3" in refused


def test_a_service_that_does_not_stay_up_is_given_up_with_the_end_of_its_log(
    existing: Environment, tmp_path: Path
) -> None:
    running = Running(
        tmp_path / "local", **existing, KAMENG_PARTITIONS="3", TINY_FAILS="the reason why"
    )
    refused = running.wait_refused()
    assert refused.startswith("orders-1 did not stay up in 5 tries; its log")
    assert refused.endswith("the reason why\n")
