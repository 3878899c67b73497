"""Who may do what: every refusal that the matrix and the roles promise."""

import asyncio

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from aiokafka.protocol.fetch import FetchRequest

from deploy.local.endpoints import KafkaEndpoint
from deploy.local.kafka_wire import admin_of, send
from shared.contracts.matrix import MATRIX, SERVICES
from shared.testing.local import LocalKafka, LocalPostgres

pytestmark = pytest.mark.integration

ANSWER_S_MAX = 10
FETCH_BYTES_MAX = 1024


async def write(endpoint: KafkaEndpoint, topic: str) -> None:
    producer = AIOKafkaProducer(**endpoint.client(), linger_ms=0)
    try:
        await asyncio.wait_for(producer.start(), ANSWER_S_MAX)
        await asyncio.wait_for(producer.send_and_wait(topic, b"{}", partition=0), ANSWER_S_MAX)
    finally:
        await producer.stop()


async def readable(endpoint: KafkaEndpoint) -> set[str]:
    """The topics of the matrix that the broker hands out to this user."""
    async with admin_of(endpoint) as admin:
        wanted = [(rule.topic, [(0, 0, FETCH_BYTES_MAX)]) for rule in MATRIX]
        response = await send(admin, FetchRequest(0, 0, FETCH_BYTES_MAX, 0, wanted))
        errors = {topic: partitions[0][1] for topic, partitions in response.topics}
    assert set(errors.values()) <= {0, TopicAuthorizationFailedError.errno}
    return {topic for topic, error in errors.items() if not error}


async def commit(endpoint: KafkaEndpoint, topic: str, group: str) -> None:
    consumer = AIOKafkaConsumer(**endpoint.client(), group_id=group, enable_auto_commit=False)
    try:
        await asyncio.wait_for(consumer.start(), ANSWER_S_MAX)
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        await asyncio.wait_for(consumer.commit({place: 0}), ANSWER_S_MAX)
    finally:
        await consumer.stop()


@pytest.mark.parametrize("user", SERVICES)
async def test_a_service_writes_what_the_matrix_names_and_nothing_else(
    kafka: LocalKafka, user: str
) -> None:
    for rule in MATRIX:
        if user in rule.writers:
            await write(kafka.as_user(user), rule.topic)
        else:
            with pytest.raises(TopicAuthorizationFailedError):
                await write(kafka.as_user(user), rule.topic)


@pytest.mark.parametrize("user", [*SERVICES, "auditor"])
async def test_a_service_reads_what_the_matrix_names_and_the_auditor_all(
    kafka: LocalKafka, user: str
) -> None:
    named = {rule.topic for rule in MATRIX if user in rule.readers | {"auditor"}}
    assert await readable(kafka.as_user(user)) == named


async def test_the_auditor_writes_nothing(kafka: LocalKafka) -> None:
    for rule in MATRIX:
        with pytest.raises(TopicAuthorizationFailedError):
            await write(kafka.as_user("auditor"), rule.topic)


@pytest.mark.parametrize("group", ["orders", "orders.views"])
async def test_a_service_uses_its_own_groups(kafka: LocalKafka, group: str) -> None:
    await commit(kafka.as_user("orders"), "orders.commands", group)


@pytest.mark.parametrize(
    ("user", "group"),
    [("orders", "inventory"), ("orders", "ordersx"), ("audit", "auditor"), ("auditor", "audit")],
)
async def test_a_foreign_group_is_refused(kafka: LocalKafka, user: str, group: str) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        await commit(kafka.as_user(user), "orders.events", group)


async def test_a_wrong_password_is_refused(kafka: LocalKafka) -> None:
    with pytest.raises(KafkaError):
        await write(kafka.admin.as_user("orders", "wrong"), "orders.events")


async def test_nobody_is_refused(kafka: LocalKafka) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, request_timeout_ms=2000)
    with pytest.raises(KafkaConnectionError):
        await asyncio.wait_for(producer.start(), ANSWER_S_MAX)
    await producer.stop()


def test_a_foreign_schema_is_refused(postgres: LocalPostgres) -> None:
    database = postgres.fresh_database()
    with psycopg.connect(database.dsn("inventory")) as connection:
        connection.execute("CREATE TABLE cards (id int)")
    with (
        psycopg.connect(database.dsn("orders")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM inventory.cards")


@pytest.mark.parametrize("schema", ["inventory", "public"])
def test_a_service_makes_tables_in_its_own_schema_alone(
    postgres: LocalPostgres, schema: str
) -> None:
    with psycopg.connect(postgres.fresh_database().dsn("orders")) as connection:
        connection.execute("CREATE TABLE mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"CREATE TABLE {schema}.theirs (id int)")


def test_another_database_of_the_server_is_refused(postgres: LocalPostgres) -> None:
    database = postgres.fresh_database()
    elsewhere = postgres.admin.database("postgres").as_user(
        f"{database.template}_orders", database.passwords["orders"]
    )
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(elsewhere.dsn)


def test_a_wrong_database_password_is_refused(postgres: LocalPostgres) -> None:
    wrong = postgres.admin.as_user(f"{postgres.template}_orders", "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong.dsn)
