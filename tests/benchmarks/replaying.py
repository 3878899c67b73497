"""How fast a service's own log is folded into its state again, every hash checked."""

import time
from collections import defaultdict
from typing import Any

from deploy.load.running import Running
from deploy.local.refusal import Refusal
from services.orders.app import service
from shared.replay.reader import LogReader
from shared.runtime.process import spare_the_resident
from shared.shards.draft import Draft
from shared.shards.folding import Folder, Own, inputs, own_facts
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
    draft = Draft(service(), shard, Ledger(), 0, running.partitions)
    folder = Folder(draft, set())
    facts = list(own_facts(records, 0))
    for group in inputs(facts):
        for own in group:
            _know(draft, own)
        folder.fold(group)
        if draft.ledger.halt:
            raise Refusal(f"The log does not fold: {draft.ledger.halt}")
    return len(facts)


def _know(draft: Draft, own: Own) -> None:
    """All that exists is at hand already: the log is read from its front."""
    if own.fact.owner != "shard":
        draft.learn(draft.missing(own.fact), {})
