"""What a broker needs before the services come: users, topics, access lists."""

from collections.abc import Mapping, Sequence

from deploy.local import acls
from deploy.local.endpoints import KafkaEndpoint
from deploy.local.kafka_users import ensure_users
from deploy.local.kafka_wire import admin_of
from deploy.local.topics import ensure_topics
from shared.contracts.matrix import MATRIX, SERVICES, TopicRule


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
