"""What channels answer besides yes and no, and one that hangs beside one that is well (C8)."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest
from msgspec.structs import replace

from deploy.local.secrets import rsa_pair
from services.payments.adapters import kapay, yunfu
from services.payments.adapters.channels import (
    CALLS_AT_ONCE_MAX,
    Channel,
    Channels,
    NoAnswer,
    Returned,
)
from services.payments.domain import Limits
from services.payments.domain.state import Bill, Return
from services.payments.process import Create
from shared.kernel.decider import Effect
from shared.runtime.clock import SystemClock

OURS, THEIRS = rsa_pair("own", "pub")(), rsa_pair("own", "pub")()
CLOCK: Final = SystemClock()
Says = Callable[[httpx.Request], Any]


def channels(says: Says) -> dict[str, Channel]:
    """Both adapters, at a channel that says this to every call."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(says))
    key = bytes(range(32))
    return {
        "yunfu": yunfu.Yunfu("http://x", OURS["own"], THEIRS["pub"], client, CLOCK),
        "kapay": kapay.Kapay("http://x", key, key, client, CLOCK),
    }


def caller(says: Says) -> Channels:
    return Channels(channels(says), "http://shop", CLOCK, Limits())


def bill(name: str, number: int = 1) -> Bill:
    deadline_ms = CLOCK.now_ms() + 60_000
    return Bill(
        f"charge-{number}", "ord-1", "acc-1", "pay-1", "pay-1", name, "us", 9_850, "CNY",
        deadline_ms,
    )  # fmt: skip


def create(name: str, number: int = 1) -> Effect:
    return Effect(f"charge-{number}", "channel", Create(bill(name, number)))


def job(name: str) -> Return:
    return Return("ref-1", "pay-1", "ord-1", "acc-1", "charge-1", "t", name, 5, "CNY", "li", "x")


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("yunfu", 200, {"code": "20000"}),
        ("yunfu", 200, {"code": "40001", "sub_code": "INVALID_SIGNATURE"}),
        ("yunfu", 200, {"code": "40004", "sub_code": "SYSTEM_ERROR"}),
        ("yunfu", 429, {}),
        ("kapay", 401, {"reason": "unauthorized"}),
        ("kapay", 409, {"reason": "in_progress"}),
        ("kapay", 429, {}),
    ],
)
async def test_a_refund_is_turned_down_only_by_a_word_about_the_refund(
    name: str, status: int, body: Any
) -> None:
    """An earlier try may have been done: "not now" is no "no", or the money goes back twice."""
    channel = channels(lambda _: httpx.Response(status, json=body))[name]
    assert await channel.refund(job(name)) == Returned("UNKNOWN")


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("yunfu", 200, {"code": "20000"}),
        ("kapay", 404, {}),
        ("kapay", 429, {}),
        ("kapay", 200, {"status": "busy"}),
    ],
)
async def test_a_channel_that_does_not_know_whether_it_has_created_is_called_again(
    name: str, status: int, body: Any
) -> None:
    """Else nobody would ever be shown a page to pay on."""
    with pytest.raises(NoAnswer):
        await caller(lambda _: httpx.Response(status, json=body))(create(name))


async def test_after_its_deadline_a_charge_is_not_created_any_more() -> None:
    """A channel that comes back after an hour would be asked for pages that nobody may pay on."""
    called = []

    def says(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return httpx.Response(200, json={"status": "open", "id": "t", "url": "u"})

    over = replace(bill("kapay"), deadline_ms=CLOCK.now_ms())
    answer = await caller(says)(Effect("charge-1", "channel", Create(over)))
    assert (getattr(answer, "code", ""), called) == ("UNKNOWN", [])


async def test_a_channel_that_hangs_holds_up_no_other_channel() -> None:
    """The engine has so many places for calls; one channel may take a part of them only."""

    async def says(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/gateway":
            await asyncio.Event().wait()
        return httpx.Response(200, json={"status": "open", "id": "t", "url": "u"})

    calling = caller(says)
    hanging = [asyncio.create_task(calling(create("yunfu", n))) for n in range(CALLS_AT_ONCE_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(NoAnswer):
        await calling(create("yunfu", 99))
    assert getattr(await calling(create("kapay")), "code", "") == "CREATED"
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    with pytest.raises(TimeoutError):  # the places are free again: this one hangs by itself
        async with asyncio.timeout(0.05):
            await calling(create("yunfu", 100))
