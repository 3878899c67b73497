"""Commands onto the log as the door appends them: its source, its rights, a fresh id, no link."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, Self

import uuid_utils
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from deploy.local.endpoints import KafkaEndpoint
from deploy.local.refusal import Refusal
from shared.contracts.envelope import API_SOURCE, rfc3339
from shared.contracts.message import Command
from shared.shards.partitions import partition_of

BATCH_BYTES_MAX: Final = 1_000_000
REQUEST_MS_MAX: Final = 30_000
TRIES_MAX: Final = 60
AGAIN_S: Final = 0.5
STOP_S_MAX: Final = 2.0

SOURCE: Final = API_SOURCE.encode()


class Appender:
    """Appends whole batches, or one command at a time; returns when Kafka has acknowledged."""

    def __init__(self, door: KafkaEndpoint, partitions: int) -> None:
        self.partitions = partitions
        self._made = partial(
            AIOKafkaProducer,
            **door.client(), enable_idempotence=True, acks="all", linger_ms=0,
            max_batch_size=BATCH_BYTES_MAX, request_timeout_ms=REQUEST_MS_MAX,
        )  # fmt: skip
        self._producer = self._made()

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def one(self, command: Command) -> None:
        """One command, as one request of a client makes it."""
        key = command.partition_key
        await self._producer.send_and_wait(
            topic_of(command),
            command.encode(),
            key=key.encode(),
            partition=partition_of(key, self.partitions),
            headers=headers_of(command, _now()),
        )

    async def all(self, commands: Iterable[Command]) -> None:
        """Many commands, in as few batches as there are partitions (and bytes) to them."""
        by_route: dict[tuple[str, int], list[Command]] = {}
        for command in commands:
            route = topic_of(command), partition_of(command.partition_key, self.partitions)
            by_route.setdefault(route, []).append(command)
        await asyncio.gather(*(self._send(*route, some) for route, some in by_route.items()))

    async def insist(self, commands: Sequence[Command]) -> None:
        """The same, and again, on a fresh connection, for as long as Kafka does not acknowledge.

        A command may arrive twice then, as any client's may that asks again.
        """
        for _ in range(TRIES_MAX):
            try:
                await self.all(commands)
                return
            except (KafkaError, OSError):
                await self._renew()
        raise Refusal(f"Kafka has not acknowledged an order in {TRIES_MAX} tries.")

    async def _renew(self) -> None:
        with suppress(KafkaError, OSError, TimeoutError):
            await asyncio.wait_for(self._producer.stop(), STOP_S_MAX)
        for _ in range(TRIES_MAX):
            self._producer = self._made()
            try:
                await self._producer.start()
                break
            except (KafkaError, OSError):
                await self._producer.stop()
                await asyncio.sleep(AGAIN_S)

    async def _send(self, topic: str, partition: int, commands: Sequence[Command]) -> None:
        """The partition's batches, one after the other."""
        sent: list[Any] = []
        batch, time_text = self._producer.create_batch(), _now()
        for command in commands:
            key, value = command.partition_key.encode(), command.encode()
            headers = headers_of(command, time_text)
            if not batch.append(timestamp=None, key=key, value=value, headers=headers):
                sent.append(await self._producer.send_batch(batch, topic, partition=partition))
                batch = self._producer.create_batch()
                batch.append(timestamp=None, key=key, value=value, headers=headers)
        sent.append(await self._producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)


def topic_of(command: Command) -> str:
    """Where a command of this type is asked."""
    return f"{command.owner}.commands"


def headers_of(command: Command, time_text: bytes) -> list[tuple[str, bytes]]:
    """Six headers: what the door appends has no link."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_type", command.type.encode()),
        ("ce_source", SOURCE),
        ("ce_id", str(uuid_utils.uuid7()).encode()),
        ("ce_subject", command.subject.encode()),
        ("ce_time", time_text),
    ]


def _now() -> bytes:
    return rfc3339(time.time_ns() // 1_000_000).encode()
