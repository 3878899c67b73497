"""The topics of the matrix: created once by name, checked at every start."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local.refusal import Refusal

PARTITIONS = 12
"""How many shards each service has locally: a setting at birth, fixed for life."""

SETTINGS = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
"""The log is the record: nothing of it is ever dropped or compacted."""

REPLICAS_MAX = 3
TOPIC_EXISTS = 36
LOOKS_MAX = 100
LOOK_S = 0.1


async def ensure_topics(admin: AIOKafkaAdminClient, names: Sequence[str], partitions: int) -> None:
    """Create the topics that are missing; raise Refusal where one is not as it must be."""
    replication = min(REPLICAS_MAX, await _brokers(admin))
    new = [NewTopic(name, partitions, replication, topic_configs=SETTINGS) for name in names]
    response = await admin.create_topics(new)
    for name, error_code, message in (error[:3] for error in response.topic_errors):
        if error_code not in (0, TOPIC_EXISTS):
            raise Refusal(f"Kafka does not create topic {name}: {message or error_code}.")
    _check_partitions(await _described(admin, names), partitions)
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    _check_settings(await admin.describe_configs(resources))


async def _brokers(admin: AIOKafkaAdminClient) -> int:
    """How many there are; one that has just started is not known at once."""
    for _ in range(LOOKS_MAX):
        if found := len((await admin.describe_cluster())["brokers"]):
            return found
        await asyncio.sleep(LOOK_S)
    raise Refusal("Kafka answers and knows no broker: see its log, then start again.")


async def _described(
    admin: AIOKafkaAdminClient, names: Sequence[str]
) -> Sequence[Mapping[str, Any]]:
    """Every topic as the broker knows it; a new one is not known everywhere at once."""
    topics: Sequence[Mapping[str, Any]] = ()
    for _ in range(LOOKS_MAX):
        topics = await admin.describe_topics(list(names))
        if all(topic["error_code"] == 0 and topic["partitions"] for topic in topics):
            return topics
        await asyncio.sleep(LOOK_S)
    unknown = ", ".join(topic["topic"] for topic in topics if not topic["partitions"])
    raise Refusal(f"Kafka created {unknown} and does not show it: see its log, then start again.")


def _check_partitions(topics: Iterable[Mapping[str, Any]], partitions: int) -> None:
    for topic in topics:
        found = len(topic["partitions"])
        if found != partitions:
            raise Refusal(
                f"Topic {topic['topic']} has {found} partitions instead of {partitions}, and a "
                "partition count is for life: start with KAMENG_PARTITIONS="
                f"{found}, or begin an empty log with `make reset`."
            )


def _check_settings(responses: Iterable[Any]) -> None:
    for resource in (each for response in responses for each in response.resources):
        topic, entries = resource[3], resource[4]
        found = {entry[0]: entry[1] for entry in entries}
        for name, expected in SETTINGS.items():
            if found.get(name) != expected:
                raise Refusal(
                    f"Topic {topic} has {name}={found.get(name)} instead of {expected}, so the "
                    "record would not stay whole: set it back with Kafka's kafka-configs tool."
                )
