"""Reads every log, all the time: from the front at each start, then as it grows.

It trusts nothing that it stored, so it stores nothing. What it finds it appends to its own
commands, where the engine numbers, chains and publishes it as any other service's facts.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.audit.examination import Examination, Findings, Pace
from services.audit.page import page
from services.audit.report import report
from shared.contracts.envelope import rfc3339
from shared.contracts.matrix import TOPICS
from shared.contracts.message import Command
from shared.replay.reader import LogOutOfReach, LogReader
from shared.shards.partitions import partition_of
from shared.shards.ports import Clock

from .signing import Signer, Verifier

SOURCE: Final = "/kameng/audit/watch"
TOPIC: Final = "audit.commands"
RETRY_S: Final = 5.0
SEND_S_MAX: Final = 20.0
MS_PER_S: Final = 1_000

log = structlog.get_logger()


class Watch:
    """One reader of everything; a second one beside it says the same, and nothing doubles."""

    def __init__(
        self, client: Mapping[str, Any], partitions: int, signer: Signer, pace: Pace,
        clock: Clock,
    ) -> None:  # fmt: skip
        self.client, self.partitions, self.signer = dict(client), partitions, signer
        self.pace, self.clock = pace, clock
        self.examined = Examination()
        self.live = False
        """The past is read."""
        self._signed_ms = self._rested_ms = self._reported = self._began_ms = 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Until it is told to stop; an outage is waited out, then the log is read anew."""
        while not stopping.is_set():
            try:
                await self._read(stopping)
            except (LogOutOfReach, KafkaError, TimeoutError) as error:
                log.warning("the log cannot be read", why=str(error), retry_s=RETRY_S)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), RETRY_S)

    async def _read(self, stopping: asyncio.Event) -> None:
        self.live = False
        self.examined = examined = Examination(Verifier(self.signer.public))
        examined.books.sights.period_ms = self.pace.report_ms
        self._began_ms = self.clock.now_ms()
        findings = Findings(examined, self.pace.explain_ms)
        async with (
            LogReader(self.client, TOPICS) as reader,
            AIOKafkaProducer(**self.client, enable_idempotence=True, acks="all") as producer,
        ):
            async for records in reader.batches():
                examined.feed(records)
                await asyncio.sleep(0)
                if stopping.is_set():
                    return
            self.live = True
            log.info("the past is read", records=examined.chains.tally["records"])
            async for records in reader.following(stopping):
                examined.feed(records)
                await self._tell(producer, self._news(examined, findings))

    def _news(self, examined: Examination, findings: Findings) -> list[Command]:
        """What is to be put on record now."""
        now_ms, pace = self.clock.now_ms(), self.pace
        examined.expire(now_ms, pace.gap_ms)
        news: list[Command] = list(findings.flaws(now_ms))
        if now_ms - self._rested_ms >= pace.rest_ms:
            self._rested_ms = now_ms
            examined.books.time_ms = max(examined.books.time_ms, now_ms)
            news += findings.violations(examined.books.at_rest(pace.settle_ms))
        if now_ms - self._signed_ms >= pace.checkpoint_ms:
            self._signed_ms = now_ms
            news += [self.signer.sign(*head) for head in findings.heads()]
        if now_ms // pace.report_ms != self._reported:
            self._reported = now_ms // pace.report_ms
            news.append(self._report(examined, now_ms))
        return news

    def _report(self, examined: Examination, now_ms: int) -> Command:
        """On the period that is over: written once, however often it is asked for."""
        last = now_ms // self.pace.report_ms - 1
        period = rfc3339(last * self.pace.report_ms)
        seconds = (now_ms - self._began_ms) / MS_PER_S
        found = report(examined, seconds=seconds, patience_ms=self.pace.settle_ms)
        shown = examined.books.sights.of(last)
        text = page(found, shown, period=period, as_of_ms=now_ms)
        return self.signer.sign_report(period, text)

    async def _tell(self, producer: AIOKafkaProducer, news: Iterable[Command]) -> None:
        sent = [await self._append(producer, command) for command in news]
        if sent:
            async with asyncio.timeout(SEND_S_MAX):
                await asyncio.gather(*sent)

    async def _append(self, producer: AIOKafkaProducer, command: Command) -> asyncio.Future[Any]:
        headers = {
            "ce_specversion": "1.0",
            "ce_type": command.type,
            "ce_source": SOURCE,
            "ce_id": str(uuid4()),
            "ce_subject": command.subject,
            "ce_time": rfc3339(self.clock.now_ms()),
        }
        key = command.partition_key
        sent: asyncio.Future[Any] = await producer.send(
            TOPIC, command.encode(), key=key.encode(),
            partition=partition_of(key, self.partitions),
            headers=[(name, value.encode()) for name, value in headers.items()],
        )  # fmt: skip
        return sent
