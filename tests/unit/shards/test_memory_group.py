"""The group in memory is a coordinator of its own: what a member suffers is not its work's end."""

import asyncio

from shared.shards.memory.broker import MemoryBroker
from shared.shards.memory.group import MemoryGroup, MemoryInbox

TOPIC = "orders.commands"


async def test_a_member_that_dies_while_it_gives_back_does_not_take_the_next_one_along() -> None:
    group = MemoryGroup(MemoryBroker(2), [TOPIC])
    dying, joining = MemoryInbox(group), MemoryInbox(group)
    heard: list[frozenset[int]] = []

    async def hear(shards: frozenset[int]) -> None:
        heard.append(shards)

    async def die(_: frozenset[int]) -> None:
        raise asyncio.CancelledError

    await dying.start(hear, die)
    await joining.start(hear, hear)
    await group.expel(dying)
    await asyncio.sleep(0)
    assert (group.members, joining.shards) == ([joining], frozenset({0, 1}))
