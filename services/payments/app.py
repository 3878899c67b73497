"""The payments service, put together: `python -m services.payments.app worker|api`."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Final

import httpx

from shared.contracts.message import Message
from shared.runtime import roles
from shared.runtime.appending import KafkaAppender
from shared.runtime.clock import SystemClock
from shared.runtime.limits import read_limits
from shared.runtime.process import Runtime, main
from shared.security.keys import FolderOfKeys
from shared.shards.service import Handler, Performer, Service

from . import domain, process
from .adapters import kapay, yunfu
from .adapters.channels import Channel, Channels
from .api import Door, application
from .handlers import SUBSCRIPTIONS

SOURCE: Final = "/kameng/payments/api"
"""What the door appends on a channel's behalf."""
MERCHANTS: Final = {yunfu.NAME: yunfu.MERCHANT, kapay.NAME: kapay.MERCHANT}
NO_TERMS: Final = domain.Terms()


def service(
    performers: Mapping[str, Performer] | None = None, terms: domain.Terms = NO_TERMS
) -> Service:
    """Payments as the engine runs it; without channels unless the terms name some."""
    return Service(
        name="payments",
        subscriptions=_subscriptions(terms),
        domain=domain,
        process=process,
        state=domain.State,
        performers=performers or {},
    )


def _subscriptions(terms: domain.Terms) -> Mapping[str, Mapping[type[Message], Handler]]:
    return {
        topic: {cls: partial(handler, terms) for cls, handler in handlers.items()}
        for topic, handlers in SUBSCRIPTIONS.items()
    }


def channels(runtime: Runtime, client: httpx.AsyncClient) -> dict[str, Channel]:
    """Every channel with its keys; one that is missing, empty or too short stops the start."""
    keys, clock = FolderOfKeys(runtime.environment.keys), SystemClock()
    url = runtime.environment.twin_payment
    return {
        yunfu.NAME: yunfu.Yunfu(
            f"{url}/{yunfu.NAME}", keys.pem("yunfu"), keys.pem("yunfu.pub"), client, clock
        ),
        kapay.NAME: kapay.Kapay(
            f"{url}/{kapay.NAME}", keys.fetch("kapay_api"), keys.fetch("kapay"), client, clock
        ),
    }


async def worker(runtime: Runtime) -> None:
    """Decides, and calls channels."""
    limits = read_limits(domain.Limits, "KAMENG_PAYMENTS", os.environ)
    async with httpx.AsyncClient() as client:
        known = channels(runtime, client)
        caller = Channels(known, runtime.environment.notify_url, SystemClock(), limits)
        made = service({process.CHANNEL: caller}, domain.Terms(MERCHANTS, limits))
        await roles.work(runtime, made)


async def api(runtime: Runtime) -> None:
    """Hears what channels say."""
    environment = runtime.environment
    appender = KafkaAppender(environment.client(), environment.partitions, SOURCE)
    async with httpx.AsyncClient() as client:
        known = channels(runtime, client)
        await appender.start()
        try:
            await roles.serve(runtime, application(Door(known, appender, SystemClock())))
        finally:
            await appender.stop()


if __name__ == "__main__":
    main("payments", {"worker": worker, "api": api})
