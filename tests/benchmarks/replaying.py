"""How fast a service's own log is folded into its state again, every hash checked."""

import time
from collections import defaultdict
from typing import Any

from deploy.load.running import Running
from deploy.local.refusal import Refusal
from services.orders.app import service
from shared.replay.reader import LogReader
from shared.runtime.process import spare_the_resident
from shared.shards.folding import Folder, Past, inputs, own_facts
from shared.shards.ledger import Ledger

TOPIC = "orders.events"


async def replay_per_s(running: Running) -> float:
    """Events a second, one process: decoded, folded, what follows derived, the chain compared."""
    by_shard: dict[int, list[Any]] = defaultdict(list)
    async with LogReader(running.auditor.client(), [TOPIC]) as reader:
        async for records in reader.batches():
            for record in records:
                by_shard[record.partition].append(record)
    spare_the_resident()  # as in every process of ours
    began_s = time.process_time()
    folded = sum(_fold(shard, records, running) for shard, records in by_shard.items())
    return folded / (time.process_time() - began_s)


def _fold(shard: int, records: list[Any], running: Running) -> int:
    past = Past(service(), shard, Ledger(), 0, running.partitions)
    folder, folded = Folder(past, set()), 0
    for group in inputs(own_facts(records, 0)):
        for own in group:
            past.learn(past.missing(own.fact), {})  # all that exists is at hand already
        folder.fold(group)
        folded += len(group)
        if past.ledger.halt:
            raise Refusal(f"The log does not fold: {past.ledger.halt}")
    return folded
