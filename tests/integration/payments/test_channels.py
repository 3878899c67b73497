"""Both adapters and our own door against the twin of the channels, over HTTP (C8).

The twin was written from the channels' manuals and shares no line with the adapters.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from msgspec.structs import replace

from deploy.local.secrets import rsa_pair
from deploy.local.twins.payment import Secrets, app
from deploy.local.twins.payment_books import Payment, Step
from deploy.local.twins.payment_wires import letter_kapay, letter_yunfu
from services.payments.adapters import kapay, yunfu
from services.payments.adapters.channels import Channel, Channels, Forged, NoAnswer, Said
from services.payments.api import Door, application
from services.payments.domain import ChargeAnswered, Limits, RefundAnswered
from services.payments.domain.state import Bill, Return
from services.payments.process import Close, Create, GiveBack
from shared.contracts.charges import NotifyPayment
from shared.kernel.decider import Effect
from shared.runtime.appending import Appended, NotAppended, Outgoing
from shared.runtime.clock import SystemClock
from shared.security.keys import FolderOfKeys, KeyRefused

NOW_S: Final = 1_700_000_000
LATER_MS: Final = 4_102_444_800_000
OURS, THEIRS = rsa_pair("own", "pub")(), rsa_pair("own", "pub")()
SECRETS: Final = Secrets(THEIRS["own"], OURS["pub"], bytes(range(32)), bytes(range(32, 64)))
NAMES: Final = ("yunfu", "kapay")


class Log:
    """What is appended; not reached while it is away."""

    def __init__(self) -> None:
        self.records: list[Outgoing] = []
        self.away = 0

    async def append(self, record: Outgoing) -> Appended:
        if self.away:
            self.away -= 1
            raise NotAppended("away")
        self.records.append(record)
        return Appended(0, len(self.records))

    @property
    def notices(self) -> list[NotifyPayment]:
        return [NotifyPayment.decode(record.body) for record in self.records]


class Scene:
    """The twin, our door, and the adapters between them."""

    def __init__(self) -> None:
        self.log, clock = Log(), SystemClock()
        self.client = httpx.AsyncClient()
        self.channels: dict[str, Channel] = {
            "yunfu": yunfu.Yunfu(
                "http://twin/yunfu", OURS["own"], THEIRS["pub"], self.client, clock
            ),
            "kapay": kapay.Kapay(
                "http://twin/kapay", SECRETS.kapay_api, SECRETS.kapay, self.client, clock
            ),
        }
        door = httpx.ASGITransport(application(Door(self.channels, self.log, clock)))
        self.shop = httpx.AsyncClient(transport=door, base_url="http://shop")
        twin = httpx.ASGITransport(app(SECRETS, self.shop))
        self.client = httpx.AsyncClient(transport=twin, base_url="http://twin")
        for channel in self.channels.values():
            channel._client = self.client  # type: ignore[attr-defined]  # noqa: SLF001  # made in a ring: adapters, door, twin, adapters
        self.caller = Channels(self.channels, "http://shop", clock, Limits())

    async def script(self, **step: Any) -> None:
        answer = await self.client.post("/script", json={"steps": [step]})
        assert answer.status_code == 204, answer.text

    async def created(self, name: str) -> Said:
        return await self.channels[name].create(bill(name), f"http://shop/notices/{name}")

    async def pay(self, name: str, their_id: str) -> None:
        answer = await self.client.post(f"/pay/{name}/{their_id}")
        assert answer.json() == {"state": "paid"}
        for _ in range(200):
            if self.log.records:
                return
            await asyncio.sleep(0.01)


def bill(name: str) -> Bill:
    merchant = {"yunfu": yunfu.MERCHANT, "kapay": kapay.MERCHANT}[name]
    return Bill(
        "charge-1", "ord-1", "acc-1", "pay-1", "pay-1", name, merchant, 9_850, "CNY", LATER_MS
    )


def job(name: str, their_id: str, amount: int = 9_850) -> Return:
    return Return(
        "ref-1", "pay-1", "ord-1", "acc-1", "charge-1", their_id, name, amount, "CNY", "li", "x"
    )


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene()
    async with made.client, made.shop:
        yield made


@pytest.mark.parametrize("name", NAMES)
async def test_a_charge_is_created_once_however_often_it_is_asked_for(
    scene: Scene, name: str
) -> None:
    said = await scene.created(name)
    assert said.code == "CREATED"
    assert said.pay_url.endswith(f"/pay/{name}/{said.their_id}")
    assert await scene.created(name) == said


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_paid_is_on_our_log_before_the_channel_is_thanked(
    scene: Scene, name: str
) -> None:
    said = await scene.created(name)
    await scene.pay(name, said.their_id)
    (told,) = scene.log.notices
    merchant = bill(name).merchant
    assert (told.channel, told.merchant, told.account_id) == (name, merchant, "acc-1")
    assert (told.charge_id, told.their_id) == ("charge-1", said.their_id)
    assert (told.amount, told.currency) == (9_850, "CNY")
    paid = await scene.channels[name].close(bill(name))
    assert paid == Said("PAID", said.their_id, amount=9_850, currency="CNY")


@pytest.mark.parametrize("name", NAMES)
async def test_a_notice_that_is_not_on_the_log_is_sent_again(scene: Scene, name: str) -> None:
    scene.log.away = 2
    said = await scene.created(name)
    await scene.pay(name, said.their_id)
    assert len(scene.log.notices) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_a_notice_sent_ten_times_at_once_is_the_same_notice(scene: Scene, name: str) -> None:
    said = await scene.created(name)
    await scene.script(do="duplicate", on="notify")
    await scene.pay(name, said.their_id)
    await asyncio.sleep(0.1)
    assert len(scene.log.notices) == 10
    assert len({told.notice_id for told in scene.log.notices}) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("do", ["forge", "none"])
async def test_a_forged_callback_is_turned_away_and_leaves_no_record(
    scene: Scene, name: str, do: str
) -> None:
    """An empty key still signs elsewhere (acg-faka); here neither does algorithm "none"."""
    said = await scene.created(name)
    await scene.script(do=do, on="notify")
    await scene.client.post(f"/pay/{name}/{said.their_id}")
    await asyncio.sleep(0.3)
    assert scene.log.records == []


async def test_another_channel_s_signature_does_not_count(scene: Scene) -> None:
    said = await scene.created("kapay")
    await scene.pay("kapay", said.their_id)
    letters: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        letters.append(request)
        return httpx.Response(200)

    twin = httpx.ASGITransport(app(SECRETS, httpx.AsyncClient(transport=httpx.MockTransport(take))))
    async with httpx.AsyncClient(transport=twin, base_url="http://twin") as client:
        scene.channels["kapay"]._client = client  # type: ignore[attr-defined]  # noqa: SLF001  # the same adapter at another twin
        other = await scene.created("kapay")
        await client.post(f"/pay/kapay/{other.their_id}")
        await asyncio.sleep(0.1)
    (letter,) = letters
    before = len(scene.log.records)
    for path in ("/notices/yunfu", "/notices/shells"):
        answer = await scene.shop.post(path, content=letter.content, headers=letter.headers)
        assert answer.status_code in {400, 404}
    assert len(scene.log.records) == before


@pytest.mark.parametrize("name", NAMES)
async def test_a_replay_a_day_later_is_stale(scene: Scene, name: str) -> None:
    payment = Payment(name, "m", "charge-1", "their-1", "acc-1", 5, "CNY", "http://shop")
    key = SECRETS.yunfu if name == "yunfu" else SECRETS.kapay
    letter = (letter_yunfu if name == "yunfu" else letter_kapay)(key, payment, Step(), NOW_S)
    headers = {key.lower(): value for key, value in letter.headers.items()}
    channel = scene.channels[name]
    assert channel.read(headers, letter.body, NOW_S) is not None
    with pytest.raises(Forged, match="STALE"):
        channel.read(headers, letter.body, NOW_S + 86_400)
    with pytest.raises(Forged, match=r"WRONG_SIGNATURE|WRONG_ALGORITHM|MALFORMED"):
        channel.read(headers, letter.body.replace(b"charge-1", b"charge-2"), NOW_S)


@pytest.mark.parametrize("name", NAMES)
async def test_what_nobody_paid_is_closed_and_cannot_be_paid(scene: Scene, name: str) -> None:
    assert await scene.channels[name].close(bill(name)) == Said("CLOSED")
    said = await scene.created(name)
    assert await scene.channels[name].close(bill(name)) == Said("CLOSED")
    assert (await scene.client.post(f"/pay/{name}/{said.their_id}")).status_code == 409


@pytest.mark.parametrize("name", NAMES)
async def test_a_refusal_and_not_knowing_are_told_apart(scene: Scene, name: str) -> None:
    await scene.script(do="refuse", on="create")
    assert (await scene.created(name)).code == "REFUSED"
    await scene.created(name)
    await scene.script(do="unknown", on="close")
    assert (await scene.channels[name].close(bill(name))).code == "UNKNOWN"


@pytest.mark.parametrize("name", NAMES)
async def test_money_goes_back_once_and_never_more_than_was_paid(scene: Scene, name: str) -> None:
    said = await scene.created(name)
    await scene.pay(name, said.their_id)
    channel = scene.channels[name]
    await scene.script(do="unknown", on="refund")
    assert (await channel.refund(job(name, said.their_id))).code == "UNKNOWN"
    assert (await channel.refund(job(name, said.their_id))).code == "DONE"
    assert (await channel.refund(job(name, said.their_id))).code == "DONE"
    more = replace(job(name, said.their_id, 1), refund_id="ref-2")
    assert (await channel.refund(more)).code == "REFUSED"
    (payment,) = (await scene.client.get("/payments")).json()["items"]
    assert payment["refunded"] == 9_850


async def test_a_channel_that_is_down_has_not_answered(scene: Scene) -> None:
    for name in NAMES:
        await scene.script(do="down", on="create")
        with pytest.raises(NoAnswer):
            await scene.caller(Effect("charge-1", "channel", Create(bill(name))))


async def test_each_effect_comes_back_as_its_answer(scene: Scene) -> None:
    created = await scene.caller(Effect("charge-1", "channel", Create(bill("kapay"))))
    assert isinstance(created, ChargeAnswered)
    assert (created.code, created.call_id) == ("CREATED", "charge-1")
    await scene.pay("kapay", created.their_id)
    closing = Effect("call-2", "channel", Close(bill("kapay"), created.their_id, "call-2"))
    assert getattr(await scene.caller(closing), "code", "") == "PAID"
    back = Effect("call-3", "channel", GiveBack(job("kapay", created.their_id), "call-3"))
    returned = await scene.caller(back)
    assert isinstance(returned, RefundAnswered)
    assert (returned.code, returned.call_id) == ("DONE", "call-3")


def test_an_empty_or_a_short_key_stops_the_start(tmp_path: Path) -> None:
    client = httpx.AsyncClient()
    for key in (b"", b"short"):
        with pytest.raises(ValueError, match="signs nothing"):
            kapay.Kapay("http://x", bytes(32), key, client, SystemClock())
        with pytest.raises(ValueError, match=r"PEM|deserialize|load"):
            yunfu.Yunfu("http://x", OURS["own"], key, client, SystemClock())
    (tmp_path / "kapay").touch(mode=0o600)
    (tmp_path / "yunfu").touch(mode=0o600)
    keys = FolderOfKeys(tmp_path)
    with pytest.raises(KeyRefused):
        keys.fetch("kapay")
    for name in ("yunfu", "missing"):
        with pytest.raises(KeyRefused):
            keys.pem(name)


async def test_too_long_a_notice_is_not_read(scene: Scene) -> None:
    answer = await scene.shop.post("/notices/kapay", content=b"x" * 70_000)
    assert answer.status_code == 413
