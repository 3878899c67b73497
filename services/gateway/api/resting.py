"""Holding an answer until an order has come to rest."""

import asyncio
from typing import Final

from services.gateway.door.door import Door
from services.gateway.door.listening import TooManyWait
from services.gateway.projections import signals
from services.gateway.projections.order import OrderDoc

from .problems import Problem

LOOK_EVERY_S: Final = 5.0
"""A waiter looks by itself this often, in case a signal was lost."""


async def rested(
    door: Door, account_id: str, order_id: str, wait_s: float, after: int = 0
) -> OrderDoc | None:
    """The order when it rests by a fact later than ``after``, or as it is when the time is up.

    Woken by the committed projection, whichever process wrote it.
    """
    loop = asyncio.get_running_loop()
    end_s = loop.time() + wait_s
    try:
        async with door.listener.watch(signals.rest(order_id)) as bell:
            while True:  # bounded by: wait_s
                doc = await door.read.order(account_id, order_id)
                left_s = end_s - loop.time()
                if left_s <= 0 or doc is None or (doc.at_rest and doc.position > after):
                    return doc
                await bell.wait(min(left_s, LOOK_EVERY_S))
    except TooManyWait:
        raise Problem("OVERLOADED") from None
