"""Everything that a request may need, put together once for a process."""

import asyncio
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from services.gateway.adapters.audit_key import AuditKey
from services.gateway.projections.queries import Read
from shared.runtime.appending import Appender
from shared.security.box import Box

from .access import Access
from .accounts import Accounts
from .api_keys import ApiKeys
from .batch_progress import BatchReader
from .batches import Batches
from .bespoke import Requests as CustomRequests
from .board import Board
from .catalogue import Catalogue
from .disputes import Disputes
from .examining import Examining
from .imports import Imports
from .invoices import Invoices
from .limits import Limiter, Places
from .listening import Listener
from .nonces import Nonces
from .order_search import OrderSearch
from .orders import OrderDesk
from .pressure import Pressure
from .recalls import Recalls
from .requests import Requests
from .revealing import RevealDoor
from .reviews import Reviews
from .shelf import ShelfWatch
from .targets import SavedTargets
from .threads import Threads
from .tracing import Tracing
from .waitlists import Waitlists
from .webhooks import WebhookDesk

TIDY_EVERY_S: Final = 0.5
TIDIES_PER_NOTE: Final = 4
"""When API keys were last used is written down so often."""
TIDIES_PER_FORGET: Final = 60
"""What has expired is dropped twice a minute."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Secrets:
    """The gateway's own keys."""

    own: Box
    """Seals API secrets and TOTP secrets."""
    sms: Box
    """Seals text messages."""
    own_key: bytes
    """Derives an API key's secret from its id."""
    body_key: bytes
    sign_in_key: bytes
    fingerprint_key: bytes
    contact: Box
    """Seals phone numbers to risk's SMS sender."""
    verification_key: bytes
    """Shared with risk: HMACs of the codes that confirm an order."""
    delivery_public: bytes
    """X25519: cards are sealed to it."""

    def body_hash(self, *parts: bytes) -> bytes:
        """Keyed hash of a request: the same request has the same one, and nobody can guess it."""
        return hmac.digest(self.body_key, b"\x1f".join(parts), "sha256")


@dataclass(frozen=True)
class Limits:
    """Paces, by what they protect."""

    orders: Limiter
    """By account."""
    requests: Limiter
    """By account or operator: everything that is asked."""
    strangers: Limiter
    """By address: signing in."""
    phones: Limiter
    """By phone: codes asked for."""
    reveals: Limiter
    """By account."""
    streams: Places
    """By account: what is pushed to it at once."""
    webhooks: Limiter
    """By account: what is asked of its endpoints."""
    voices: Limiter
    """By account: what one of our people has to read."""
    keys: Limiter
    """By API key: everything that is asked."""


@dataclass(frozen=True)
class Door:
    """The parts of the door."""

    read: Read
    search: OrderSearch
    board: Board
    examining: Examining
    audit_key: AuditKey
    desk: OrderDesk
    requests: Requests
    imports: Imports
    recalls: Recalls
    batches: Batches
    batch_reader: BatchReader
    disputes: Disputes
    invoices: Invoices
    bespoke: CustomRequests
    targets: SavedTargets
    threads: Threads
    waitlists: Waitlists
    webhooks: WebhookDesk
    api_keys: ApiKeys
    accounts: Accounts
    appender: Appender
    access: Access
    nonces: Nonces
    listener: Listener
    catalogue: Catalogue
    shelf: ShelfWatch
    pressure: Pressure
    reveals: RevealDoor
    reviews: Reviews
    secrets: Secrets
    limits: Limits
    partitions: int
    forwarded_hops: int = 0
    """Proxies of our own in front of this door; 0: who connects is who asks."""
    tracing: Tracing = field(default_factory=Tracing)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process stops: streams end."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything that goes on beside requests."""
        await self.catalogue.read()
        tasks = [
            asyncio.create_task(run)
            for run in (
                self.listener.run(), self.catalogue.run(), self.access.run(),
                self.pressure.run(), self.imports.run(), self.batches.run(), self.shelf.run(),
                self._tidy(),
            )
        ]  # fmt: skip
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tidy(self) -> None:
        count = 0
        while True:  # bounded by: the task's cancellation when the process stops
            count += 1
            await asyncio.sleep(TIDY_EVERY_S)
            try:
                await self.desk.flush()
                if count % TIDIES_PER_NOTE == 0:
                    await self.api_keys.note(self.access.used)
                if count % TIDIES_PER_FORGET == 0:
                    await self.nonces.forget(int(time.time()))
                    await self.access.forget(time.time_ns() // 1_000_000)
            except (psycopg.Error, PoolTimeout, OSError) as error:
                log.warning("cannot tidy up", why=type(error).__name__)
