"""Looking at the log as its auditor: ends, groups' offsets, single records. Nothing is decoded."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.refusal import Refusal
from shared.contracts.envelope import BadEnvelope, read

Route = tuple[str, int]
REQUEST_MS_MAX: Final = 20_000
POLL_MS: Final = 100
FETCH_BYTES_MAX: Final = 262_144
READ_S_MAX: Final = 20.0
RECORDS_MAX: Final = 5_000
"""Read at once when looking back."""


def client_of(run: Mapping[str, Any]) -> dict[str, Any]:
    """How run.json says to connect."""
    kafka = run["kafka"]
    return {
        "bootstrap_servers": kafka["bootstrap"],
        "security_protocol": kafka.get("protocol", "SASL_PLAINTEXT"),
        "sasl_mechanism": kafka["mechanism"],
        "sasl_plain_username": kafka["username"],
        "sasl_plain_password": kafka["password"],
    }


class Look:
    """An open connection to the log."""

    def __init__(self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient) -> None:
        self._consumer, self._admin = consumer, admin

    async def partitions(self, topic: str) -> int:
        """How many the topic has."""
        described = await self._admin.describe_topics([topic])
        return len(described[0]["partitions"])

    async def ends(self, routes: Iterable[Route]) -> dict[Route, int]:
        """The offset after the last record of each."""
        found = await self._consumer.end_offsets([TopicPartition(*route) for route in routes])
        return {(tp.topic, tp.partition): end for tp, end in found.items()}

    async def committed(self, group: str) -> dict[Route, int]:
        """What a consumer group has committed."""
        found = await self._admin.list_consumer_group_offsets(group)
        return {(tp.topic, tp.partition): at.offset for tp, at in found.items() if at.offset >= 0}

    async def times_ms(self, places: Mapping[Route, int]) -> dict[Route, int]:
        """When the record at each of these offsets was appended."""
        found: dict[Route, int] = {}
        deadline = time.monotonic() + READ_S_MAX
        self._place(places)
        while len(found) < len(places) and time.monotonic() < deadline:
            for where, records in (await self._consumer.getmany(timeout_ms=POLL_MS)).items():
                found.setdefault((where.topic, where.partition), records[0].timestamp)
                self._consumer.pause(where)
        return found

    async def records(self, route: Route, start: int, end: int) -> list[Any]:
        """All records of a partition from ``start`` up to ``end``."""
        found: list[Any] = []
        deadline = time.monotonic() + READ_S_MAX
        if start < end:
            self._place({route: start})
        while start < end and time.monotonic() < deadline:
            for some in (await self._consumer.getmany(timeout_ms=POLL_MS)).values():
                found += [record for record in some if record.offset < end]
                start = some[-1].offset + 1
        return found

    async def back(self, route: Route) -> AsyncIterator[Sequence[Any]]:
        """A partition from its end to its front, some thousand records at a time."""
        end = (await self.ends([route]))[route]
        while end > 0:
            start = max(0, end - RECORDS_MAX)
            yield await self.records(route, start, end)
            end = start

    def _place(self, places: Mapping[Route, int]) -> None:
        self._consumer.assign([TopicPartition(*route) for route in places])
        for route, offset in places.items():
            self._consumer.seek(TopicPartition(*route), offset)


def type_of(record: Any) -> str:
    """The record's wire type; empty where its headers cannot be read."""
    try:
        return read(record.headers).type
    except BadEnvelope:
        return ""


@asynccontextmanager
async def looking(run: Mapping[str, Any]) -> AsyncIterator[Look]:
    """Open the log; raises Refusal where Kafka does not answer."""
    client = client_of(run)
    consumer = AIOKafkaConsumer(
        **client, enable_auto_commit=False, auto_offset_reset="none",
        max_partition_fetch_bytes=FETCH_BYTES_MAX, request_timeout_ms=REQUEST_MS_MAX,
    )  # fmt: skip
    admin = AIOKafkaAdminClient(**client, request_timeout_ms=REQUEST_MS_MAX)
    try:
        async with asyncio.timeout(READ_S_MAX):
            await asyncio.gather(consumer.start(), admin.start())
        yield Look(consumer, admin)
    except (KafkaError, OSError, TimeoutError) as error:
        raise Refusal(
            f"Kafka does not answer ({type(error).__name__}): see `make status`."
        ) from None
    finally:
        await asyncio.gather(consumer.stop(), admin.close(), return_exceptions=True)
