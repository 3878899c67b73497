"""The broker or the database may be away when a process starts: it waits, as a running one does."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import psycopg
import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

ANSWER_S_MAX: Final = 5.0
PAUSE_S_MIN, PAUSE_S_MAX = 0.05, 1.0

log = structlog.get_logger()


async def both_answer(client: Mapping[str, Any], dsn: str, stopping: asyncio.Event) -> bool:
    """Return True when both have answered, False when it is told to stop before."""
    pause_s = PAUSE_S_MIN
    while not stopping.is_set():
        why = await _kafka(client) or await _postgres(dsn)
        if not why:
            return True
        log.warning("waiting", why=why, pause_s=pause_s)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause_s)
        pause_s = min(2 * pause_s, PAUSE_S_MAX)
    return False


async def _kafka(client: Mapping[str, Any]) -> str:
    """Why it cannot be used; nothing where it can."""
    kafka = AIOKafkaClient(**client)
    try:
        await asyncio.wait_for(kafka.bootstrap(), ANSWER_S_MAX)
    except (KafkaError, OSError, TimeoutError) as error:
        return f"Kafka: {type(error).__name__}"
    finally:
        await kafka.close()
    return ""


async def _postgres(dsn: str) -> str:
    """Why it cannot be used; nothing where it can."""
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, connect_timeout=int(ANSWER_S_MAX))
    except psycopg.OperationalError as error:
        return f"PostgreSQL: {type(error).__name__}"
    await connection.close()
    return ""
