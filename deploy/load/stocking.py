"""Puts a shop in: its products, its cards, its buyers' money; and waits until the log says so."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

from aiokafka import TopicPartition

from deploy.local.refusal import Refusal
from shared.contracts.catalog import ProductListed
from shared.contracts.inventory import QuotaGranted, StockReceived
from shared.contracts.message import Command, Fact
from shared.contracts.orders import Seen
from shared.contracts.payments import FundsDeposited
from shared.contracts.promotions import (
    CouponIssued,
    IssueCoupon,
    PromotionScheduled,
    SchedulePromotion,
)
from shared.security.keys import FolderOfKeys

from .appending import Appender
from .following import Reader
from .running import DOOR_USER, Running
from .shop import Keys, Shop

TOPICS: Final = ("catalog.events", "inventory.events", "payments.events")
BATCH_COMMANDS: Final = 5_000
QUIET_S_MAX: Final = 30.0
"""Nothing new on the log for so long: it will not come any more."""


class Awaited:
    """Counts facts of some types as they arrive."""

    def __init__(self, reader: Reader, *types: type[Fact]) -> None:
        self._reader = reader
        self._types = {cls.type.encode(): cls for cls in types}
        self.counts: Counter[type[Fact]] = Counter()
        self.seen: dict[str, Seen] = {}
        """Subject → where its last fact stands."""

    async def until(self, wanted: Mapping[type[Fact], int], quiet_s_max: float) -> bool:
        """Until all have come; False when nothing has come for ``quiet_s_max`` before that."""
        heard_s = time.monotonic()
        while any(self.counts[cls] < count for cls, count in wanted.items()):
            found = await self._reader.poll()
            for where, records in found.items():
                self._take(where, records)
            if found:
                heard_s = time.monotonic()
            if time.monotonic() - heard_s > quiet_s_max:
                return False
        return True

    def have(self, wanted: Mapping[type[Fact], int]) -> str:
        """How many of each have come."""
        return ", ".join(f"{self.counts[c]} of {n} {c.__name__}" for c, n in wanted.items())

    def _take(self, where: TopicPartition, records: Sequence[Any]) -> None:
        for record in records:
            headers = dict(record.headers)
            cls = self._types.get(headers["ce_type"])
            if cls is not None:
                self.counts[cls] += 1
                position = int(headers["ce_id"])
                subject = headers["ce_subject"].decode()
                self.seen[subject] = Seen(shard=where.partition, position=position)


def keys_of(running: Running) -> Keys:
    """The door's keys of a local system."""
    keys = FolderOfKeys(running.folder.keys / DOOR_USER)
    return Keys(keys.fetch("delivery.pub"), keys.fetch("fingerprint"))


async def put_in(running: Running, shop: Shop, cards_of_sku: Mapping[str, int]) -> dict[str, Seen]:
    """List, stock and fund a shop; by product, where its listing stands on the log."""
    listings, goods = list(shop.listings()), _goods(running, shop, cards_of_sku, 0)
    wanted: dict[type[Fact], int] = {
        ProductListed: len(listings),
        FundsDeposited: shop.buyers_count,
        **_stocked(shop, cards_of_sku),
    }
    awaited = await _ask(running, chain(listings, shop.deposits(), goods), wanted)
    return {each.product_id: awaited.seen[each.product_id] for each in listings}


async def issue(running: Running, coupon: IssueCoupon) -> dict[str, Seen]:
    """A coupon and its uses; where it stands on the log."""
    wanted: dict[type[Fact], int] = {CouponIssued: 1, QuotaGranted: 1}
    awaited = await _ask(running, [coupon], wanted)
    return {coupon.coupon_id: awaited.seen[coupon.coupon_id]}


async def schedule(running: Running, promotion: SchedulePromotion) -> dict[str, Seen]:
    """A promotion and its units; where its product stands on the log now."""
    wanted: dict[type[Fact], int] = {PromotionScheduled: 1, QuotaGranted: 1}
    awaited = await _ask(running, [promotion], wanted)
    return {promotion.product_id: awaited.seen[promotion.product_id]}


async def receive(
    running: Running, shop: Shop, cards_of_sku: Mapping[str, int], first: int
) -> None:
    """More cards for a shop that is in; ``first`` is how many of each SKU there have been."""
    goods = _goods(running, shop, cards_of_sku, first)
    await _ask(running, goods, _stocked(shop, cards_of_sku))


def _goods(
    running: Running, shop: Shop, count_of_sku: Mapping[str, int], first: int
) -> Iterator[Command]:
    keys = keys_of(running)
    for sku, goods_count in count_of_sku.items():
        if shop.tops_up:
            yield shop.units(sku, goods_count, first)
        else:
            yield from shop.cards(sku, goods_count, keys, first)


def _stocked(shop: Shop, count_of_sku: Mapping[str, int]) -> dict[type[Fact], int]:
    """What inventory says when all of it is in."""
    if shop.tops_up:
        return {QuotaGranted: len(count_of_sku)}
    return {StockReceived: sum(count_of_sku.values())}


async def _ask(
    running: Running, commands: Iterable[Command], wanted: Mapping[type[Fact], int]
) -> Awaited:
    reader = Reader(running.auditor, TOPICS, running.partitions)
    async with reader, Appender(running.door, running.partitions) as appender:
        await reader.skip_to_end()
        awaited = Awaited(reader, *wanted)
        arriving = asyncio.create_task(awaited.until(wanted, QUIET_S_MAX))
        await _append(appender, commands)
        if not await arriving:
            raise Refusal(f"The shop could not be put in: {awaited.have(wanted)}.")
    return awaited


async def _append(appender: Appender, commands: Iterable[Command]) -> None:
    commands = iter(commands)
    while some := list(islice(commands, BATCH_COMMANDS)):
        await appender.all(some)
