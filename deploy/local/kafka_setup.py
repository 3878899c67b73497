"""What a broker needs before the services come: users, topics, access lists."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local import acls
from deploy.local.endpoints import KafkaEndpoint
from deploy.local.kafka_users import ensure_users
from deploy.local.refusal import Refusal
from deploy.local.topics import ensure_topics
from shared.contracts.matrix import MATRIX, SERVICES, TopicRule

REQUEST_MS_MAX = 15_000


@asynccontextmanager
async def admin_of(endpoint: KafkaEndpoint) -> AsyncIterator[AIOKafkaAdminClient]:
    """A started admin client. Raises Refusal when the broker cannot be reached."""
    admin = AIOKafkaAdminClient(**endpoint.client(), request_timeout_ms=REQUEST_MS_MAX)
    try:
        await admin.start()
    except (KafkaError, OSError) as error:
        await admin.close()
        raise Refusal(
            f"Kafka at {endpoint.bootstrap} does not let {endpoint.user} in "
            f"({type(error).__name__}): correct KAMENG_KAFKA, or unset it to use a local broker."
        ) from error
    try:
        yield admin
    finally:
        await admin.close()


async def prepare_kafka(
    endpoint: KafkaEndpoint,
    passwords: Mapping[str, str],
    partitions: int,
    matrix: Sequence[TopicRule] = MATRIX,
) -> None:
    """Users, topics and access lists as the matrix says. Raises Refusal where that cannot be."""
    async with admin_of(endpoint) as admin:
        await ensure_users(admin, passwords)
        await ensure_topics(admin, [rule.topic for rule in matrix], partitions)
        await acls.bring_to(admin, acls.entries(matrix, SERVICES))
