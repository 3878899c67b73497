"""How an endpoint is called: signed, to public addresses alone, within bounds (F4).

The receiver is the twin itself; the addresses are what a resolver says.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from deploy.local.twins.webhook import app
from services.gateway.adapters.webhooks import Webhooks
from services.gateway.domain import WebhookAnswered
from services.gateway.door.addresses import AddressRefused, Guard, is_public, resolve
from services.gateway.process import WEBHOOK, Call
from shared.kernel.decider import Effect
from shared.runtime.clock import SystemClock
from shared.security.box import Box
from shared.security.webhooks import is_ours, purpose, secret_of, signature

TRIAL = "http://receiver"
BOX = Box(bytes(32))
SECRET, OLD = secret_of(b"n" * 32), secret_of(b"o" * 32)
PUBLIC = "93.184.216.34"
OUTSIDE: list[httpx.Request] = []


class Internet(httpx.AsyncBaseTransport):
    """Takes every request and answers 200."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        OUTSIDE.append(request)

        async def nothing() -> AsyncIterator[bytes]:
            yield b""

        return httpx.Response(200, content=nothing())


def sealed(secret: str) -> str:
    return BOX.seal(secret, purpose("e-1"))


def effect(body: str = '{"type":"order.paid","data":{}}', **other: Any) -> Effect:
    told: dict[str, Any] = {
        "account_id": "acc-1", "endpoint_id": "e-1", "url": f"{TRIAL}/hook/main",
        "secret": sealed(SECRET), "old_secret": "", "old_until_ms": 0, "message_id": "msg_1",
        "body": body,
    }  # fmt: skip
    return Effect("call-1", WEBHOOK, Call(**told | other))


class Receiver:
    """The twin, called in this process."""

    def __init__(self) -> None:
        self.app = app()
        transport = httpx.ASGITransport(self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url=TRIAL)

    async def told(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.client.get("/received")).json()["items"]
        return items

    async def behaves(self, do: str) -> None:
        body = {"name": "main", "steps": [{"do": do}]}
        assert (await self.client.post("/behave", json=body)).status_code == 204

    async def call(self, wanted: Effect, timeout_s: float = 5.0) -> WebhookAnswered:
        return await Webhooks(BOX, Guard(TRIAL), self.client, SystemClock(), timeout_s)(wanted)


def called(do: str, wanted: Effect | None = None, timeout_s: float = 5.0) -> WebhookAnswered:
    """What comes of one call to a receiver that behaves so."""

    async def run() -> WebhookAnswered:
        receiver = Receiver()
        await receiver.behaves(do)
        return await receiver.call(wanted or effect(), timeout_s)

    return asyncio.run(run())


def outside(url: str, *addresses: str) -> WebhookAnswered:
    """What comes of a call to a name that has these addresses; it lands in OUTSIDE."""

    async def resolve(_name: str, _port: int) -> Sequence[str]:
        return addresses

    async def run() -> WebhookAnswered:
        client = httpx.AsyncClient(transport=Internet())
        return await Webhooks(BOX, Guard(resolve=resolve), client, SystemClock())(effect(url=url))

    OUTSIDE.clear()
    return asyncio.run(run())


def test_a_message_is_signed_as_standard_webhooks_has_it() -> None:
    """The convention's own words, computed here without our code."""
    key = b"k" * 32
    text = b"msg_1.1700000000." + b'{"a":1}'
    wanted = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    secret = "whsec_" + base64.b64encode(key).decode()
    assert secret_of(key) == secret
    assert signature(secret, "msg_1", 1_700_000_000, b'{"a":1}') == f"v1,{wanted}"


def test_what_is_sent_verifies_and_only_under_its_own_secret_and_time() -> None:
    async def run() -> None:
        receiver = Receiver()
        body = {"name": "main", "secret": SECRET}
        await receiver.client.post("/secret", json=body)
        answered = await receiver.call(effect())
        assert (answered.code, answered.status) == ("OK", 200)
        (call,) = await receiver.told()
        assert call["signed"] is True
        assert call["id"] == "msg_1"

    asyncio.run(run())
    headers = {"webhook-id": "m", "webhook-timestamp": "100"}
    headers["webhook-signature"] = "v1,bad " + signature(SECRET, "m", 100, b"x")
    assert is_ours(SECRET, headers, b"x", now_s=101)
    assert not is_ours(SECRET, headers, b"y", now_s=101)
    assert not is_ours(OLD, headers, b"x", now_s=101)
    assert not is_ours(SECRET, headers, b"x", now_s=1_000)


def test_while_a_secret_is_being_replaced_both_sign() -> None:
    async def signatures(until_ms: int) -> str:
        receiver = Receiver()
        await receiver.call(effect(old_secret=sealed(OLD), old_until_ms=until_ms))
        (call,) = await receiver.told()
        return str(call["signature"])

    assert len(asyncio.run(signatures(2**50)).split(" ")) == 2
    assert len(asyncio.run(signatures(1)).split(" ")) == 1


def test_the_challenge_has_to_come_back() -> None:
    assert called("answer", effect(body="")).code == "OK"
    assert called("mute", effect(body="")).code == "NO_PROOF"


@pytest.mark.parametrize(
    ("do", "code", "status"),
    [
        ("fail", "REFUSED", 500),
        ("gone", "REFUSED", 410),
        ("redirect", "REDIRECTED", 307),
        ("huge", "TOO_LARGE", 200),
    ],
)
def test_a_receiver_that_misbehaves_is_an_answer_too(do: str, code: str, status: int) -> None:
    answered = called(do)
    assert (answered.code, answered.status) == (code, status)


def test_a_receiver_that_hangs_is_left_after_a_while() -> None:
    assert called("hang", timeout_s=0.1).code == "TIMED_OUT"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
        "0.1.2.3", "224.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::", "fe80::1",
        "fd00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "no address",
    ],
)  # fmt: skip
def test_no_address_inside_is_called(address: str) -> None:
    assert not is_public(address)
    assert outside("https://shop.example/hook", address).code == "ADDRESS_REFUSED"
    assert outside("https://shop.example/hook", PUBLIC, address).code == "ADDRESS_REFUSED"
    assert not OUTSIDE


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook", "ftp://shop.example/", "file:///etc/passwd", "https:///hook",
        "https://user:pass@shop.example/", "https://shop.example/a b", "https://shop.example:0/",
        "https://shop.example/#part", "https://shop.example:99999/", "https://[::1", "nonsense",
        "https://shop.example/" + "x" * 600, "https://shop.example\\@127.0.0.1/",
    ],
)  # fmt: skip
def test_no_url_of_another_shape_is_called(url: str) -> None:
    assert outside(url, PUBLIC).code == "ADDRESS_REFUSED"
    assert not OUTSIDE


def test_the_call_goes_to_the_address_that_was_looked_at_under_the_name_that_was_asked_for() -> (
    None
):
    """A name that resolves to another address a moment later changes nothing."""
    assert outside("https://shop.example:8443/hook?a=1", PUBLIC).code == "OK"
    (request,) = OUTSIDE
    assert str(request.url) == f"https://{PUBLIC}:8443/hook?a=1"
    assert request.headers["host"] == "shop.example:8443"
    assert request.extensions["sni_hostname"] == "shop.example"
    assert outside("https://shop.example/", "2606:2800:220:1::1").code == "OK"
    assert OUTSIDE[0].url.host == "2606:2800:220:1::1"


def test_only_the_one_origin_for_trials_is_excepted() -> None:
    async def pinned(url: str) -> str:
        return (await Guard("http://127.0.0.1:4000").pin(url)).url

    assert asyncio.run(pinned("http://127.0.0.1:4000/hook/a")) == "http://127.0.0.1:4000/hook/a"
    for other in ("http://127.0.0.1:4001/", "https://127.0.0.1:4000/", "http://localhost:4000/"):
        with pytest.raises(AddressRefused):
            asyncio.run(pinned(other))


def test_a_name_that_cannot_be_resolved_is_an_answer_too() -> None:
    async def resolve(_name: str, _port: int) -> Sequence[str]:
        raise OSError

    async def run() -> WebhookAnswered:
        client = httpx.AsyncClient(transport=Internet())
        guard = Guard(resolve=resolve)
        return await Webhooks(BOX, guard, client, SystemClock())(effect(url="https://x.example/"))

    assert asyncio.run(run()).code == "UNREACHABLE"


def test_the_challenge_is_a_message_like_any_other() -> None:
    async def run() -> dict[str, Any]:
        receiver = Receiver()
        await receiver.call(effect(body=""))
        (call,) = await receiver.told()
        said: dict[str, Any] = json.loads(call["body"])
        return said

    said = asyncio.run(run())
    assert said["type"] == "webhook.challenge"
    assert len(said["data"]["challenge"]) == 36


async def test_names_that_are_slow_to_resolve_keep_nothing_else_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many as a process has threads for everything else (F4)."""
    answered = threading.Event()

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        answered.wait(8)
        return [(0, 0, 0, "", ("8.8.8.8", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    looks = [asyncio.create_task(resolve(f"{n}.example", 443)) for n in range(40)]
    await asyncio.sleep(0)
    await asyncio.to_thread(answered.set)
    assert await asyncio.gather(*looks) == [["8.8.8.8"]] * 40
