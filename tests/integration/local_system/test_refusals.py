"""Every way a start can go wrong is one sentence that says what to do."""

import shutil
import socket
from pathlib import Path

import pytest
from aiokafka.admin import NewPartitions, NewTopic

from deploy.local import jars, topics
from deploy.local.disk import require_space
from deploy.local.endpoints import kafka_from, postgres_from
from deploy.local.folder import LocalFolder, of_checkout
from deploy.local.java import Java
from deploy.local.kafka import Broker
from deploy.local.kafka_setup import prepare_kafka
from deploy.local.kafka_wire import admin_of
from deploy.local.migrate import migrate_service
from deploy.local.postgres import PostgresServer
from deploy.local.postgres_setup import prepare_database, role_of
from deploy.local.refusal import Refusal
from deploy.local.secrets import KEYS, load_secrets
from shared.contracts.matrix import SERVICES
from shared.runtime.migrations import Migration, MigrationChanged, migrate
from shared.testing.local import LocalKafka, LocalPostgres
from tests.integration.local_system.running import Running

pytestmark = pytest.mark.timeout(180)  # whole systems start here

NOBODY_LISTENS = "127.0.0.1:1"


def test_a_taken_port_that_was_asked_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = Running(tmp_path / "local", KAMENG_PORT=port).wait_refused()
    assert refused == f"Port {port} is taken: choose another with `make run PORT=…`.\n"


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    refused = Running(tmp_path / "local", KAMENG_PORT=port).wait_refused()
    assert refused.startswith(f"KAMENG_PORT={port} is not a number from 1 to 65535")


def test_half_written_data_of_the_broker(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    broker = Broker(tmp_path, Java((), tmp_path), "word", tmp_path / "kafka.log")
    with pytest.raises(Refusal, match="half-written: put its backup back, or wipe"):
        broker.prepare()


def test_half_written_data_of_the_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    server = PostgresServer(tmp_path, "word", tmp_path / "postgres.log")
    with pytest.raises(Refusal, match="half-written: remove that folder and start again"):
        server.prepare()


def test_a_first_start_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(scheme, f"http://{NOBODY_LISTENS}")
        monkeypatch.setenv(scheme.lower(), f"http://{NOBODY_LISTENS}")
    with pytest.raises(Refusal, match="the first start needs the network, later ones do not"):
        jars.classpath(tmp_path, print)


def test_a_jar_that_is_not_the_locked_one_is_not_run(tmp_path: Path) -> None:
    shutil.copytree(of_checkout().cache / "m2", tmp_path / "m2")
    for marker in tmp_path.glob("m2/complete-*"):
        marker.unlink()
    jar = next(tmp_path.rglob("kafka-clients-*.jar"))
    jar.write_bytes(b"something else")
    with pytest.raises(Refusal, match=f"{jar.name} is not the file that kafka.lock.toml names"):
        jars.classpath(tmp_path / "m2", print)
    assert not jar.exists()


@pytest.mark.parametrize(
    "url", ["localhost:9092", "kafka://localhost:9092", "kafka://admin@localhost", "kafka://a:b@"]
)
def test_an_address_of_kafka_in_another_form(url: str) -> None:
    with pytest.raises(Refusal, match="KAMENG_KAFKA must look like kafka://user:password@host"):
        kafka_from(url)


@pytest.mark.parametrize("url", ["localhost", "mysql://a:b@localhost/kameng", "postgresql://a@b"])
def test_an_address_of_postgres_in_another_form(url: str) -> None:
    with pytest.raises(Refusal, match="KAMENG_POSTGRES must look like postgresql://user:password"):
        postgres_from(url)


async def test_a_broker_that_nobody_answers_for(kafka: LocalKafka) -> None:
    with pytest.raises(Refusal, match="correct KAMENG_KAFKA, or unset it to use a local broker"):
        await prepare_kafka(kafka_from(f"kafka://a:b@{NOBODY_LISTENS}"), {}, 12)
    with pytest.raises(Refusal, match="does not let admin in"):
        await prepare_kafka(kafka_from(f"kafka://admin:wrong@{kafka.bootstrap}"), {}, 12)


def test_a_database_that_does_not_let_us_in(postgres: LocalPostgres) -> None:
    with pytest.raises(Refusal, match="correct KAMENG_POSTGRES, or unset it to use a local server"):
        prepare_database(postgres_from(f"postgresql://a:b@{NOBODY_LISTENS}/kameng"), {})
    wrong = postgres.admin.as_user("postgres", "wrong")
    with pytest.raises(Refusal, match="password authentication failed"):
        prepare_database(wrong, {})


async def test_a_topic_with_another_partition_count(kafka: LocalKafka) -> None:
    (topic,) = await kafka.fresh_topics("orders.events", partitions=4)
    async with admin_of(kafka.admin) as admin:
        with pytest.raises(Refusal, match="has 4 partitions instead of 12"):
            await topics.ensure_topics(admin, [topic], 12)
        await topics.ensure_topics(admin, [topic], 4)
        await admin.create_partitions({topic: NewPartitions(total_count=5)})
        with pytest.raises(Refusal, match="start with KAMENG_PARTITIONS=5"):
            await topics.ensure_topics(admin, [topic], 4)


@pytest.mark.parametrize(
    ("name", "value"), [("retention.ms", "1000"), ("cleanup.policy", "compact")]
)
async def test_a_topic_that_forgets(kafka: LocalKafka, name: str, value: str) -> None:
    topic = f"forgetful-{name}"
    async with admin_of(kafka.admin) as admin:
        await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={name: value})])
        with pytest.raises(Refusal, match=f"{name}={value} instead of"):
            await topics.ensure_topics(admin, [topic], 1)


def test_secrets_that_are_gone_while_their_log_is_there(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    first = load_secrets(folder)
    assert load_secrets(folder) == first
    folder.kafka.mkdir(parents=True)
    folder.secrets_file.unlink()
    with pytest.raises(Refusal, match=r"secrets\.json is gone but what it opens is still there"):
        load_secrets(folder)


@pytest.mark.parametrize("make", KEYS)
def test_a_key_that_is_gone_is_not_replaced_by_one_that_opens_nothing(
    tmp_path: Path, make: object
) -> None:
    assert callable(make)
    folder = LocalFolder(tmp_path)
    load_secrets(folder)
    (folder.keys / next(iter(make()))).unlink()
    with pytest.raises(Refusal, match="is gone but what it opens is still there"):
        load_secrets(folder)


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    with pytest.raises(Refusal, match="a full disk stops Kafka: make room for"):
        require_space(tmp_path, shutil.disk_usage(tmp_path).total)


def test_migrations_are_applied_once_and_never_changed(postgres: LocalPostgres) -> None:
    dsn = postgres.fresh_database().dsn("orders")
    first = Migration("0001_a.sql", "create table a (id int)")
    second = Migration("0002_b.sql", "create table b (id int); create table c (id int)")
    assert migrate(dsn, [first]) == ["0001_a.sql"]
    assert migrate(dsn, [first, second]) == ["0002_b.sql"]
    assert migrate(dsn, [first, second]) == []
    with pytest.raises(MigrationChanged, match=r"0001_a\.sql is not the file that was applied"):
        migrate(dsn, [Migration("0001_a.sql", "create table z (id int)")])


def test_every_service_has_tables_that_its_own_role_can_make(postgres: LocalPostgres) -> None:
    database = postgres.fresh_database()
    for service in SERVICES:
        assert migrate_service(service, database.dsn(service))[0] == "0001_shards.sql"
        assert migrate_service(service, database.dsn(service)) == []


def test_a_schema_that_belongs_to_somebody_else(postgres: LocalPostgres) -> None:
    database = postgres.fresh_database()
    with pytest.raises(Refusal, match=r"belongs to .*: give KAMENG_POSTGRES a database of its own"):
        prepare_database(database.admin, postgres.passwords)
    assert role_of(database.admin.database_name, "orders") != role_of(database.template, "orders")
