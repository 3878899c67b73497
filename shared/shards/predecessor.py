"""A process that starts again takes the one of its name that was killed out of the group.

Nobody else can know that it is dead: the group would wait for it until its session has run out,
and its shards with it. Were it alive after all, it would be what any worker is whose shards have
been taken over: a zombie, whose next commit finds that the row has moved.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog
from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import DescribeGroupsRequest
from aiokafka.protocol.group import LeaveGroupRequest

ANSWER_S_MAX: Final = 3.0

log = structlog.get_logger()


async def bury(client: Mapping[str, Any], group: str) -> int:
    """Leave the group for each member that has this client's id; returns how many there were.

    ``client``: arguments of any aiokafka client, `client_id` among them, which no two processes
    that run at once may share. Where the broker does not answer nobody is taken out: sessions end.
    """
    kafka = AIOKafkaClient(**client)
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            await kafka.bootstrap()
            dead = await _leave(kafka, group, client["client_id"])
    except (KafkaError, OSError, TimeoutError) as error:
        log.info("cannot look for a predecessor", group=group, why=type(error).__name__)
        return 0
    finally:
        await kafka.close()
    if dead:
        log.info("took a predecessor out of the group", group=group, members=dead)
    return dead


async def _leave(kafka: AIOKafkaClient, group: str, name: str) -> int:
    way = ConnectionGroup.COORDINATION
    coordinator = await kafka.coordinator_lookup(CoordinationType.GROUP, group)
    await kafka.ready(coordinator, group=way)
    described = await kafka.send(coordinator, DescribeGroupsRequest([group]), group=way)
    members = [
        member_id
        for _, _, _, _, _, found, *_ in described.groups
        for member_id, client_id, *_ in found
        if client_id == name
    ]
    for member_id in members:
        await kafka.send(coordinator, LeaveGroupRequest(group, member_id), group=way)
    return len(members)
