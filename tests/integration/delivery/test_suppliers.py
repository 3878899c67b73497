"""Both adapters against the twin of the suppliers, each outcome by its name (C6).

The twin was written from the suppliers' manuals and shares no line with the adapters.
"""

import json
from collections.abc import AsyncIterator
from typing import Any, Final, get_args

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from deploy.local.twins.supplier import app
from deploy.local.twins.supplier_orders import Outcome
from services.delivery.adapters import jiuzhou, xinghe
from services.delivery.adapters.supplying import Said, Supplier, Supplying, Wanted
from services.delivery.app import SUPPLIERS
from services.delivery.domain import Limits
from services.delivery.domain.state import Job
from services.delivery.process import Call
from shared.kernel.decider import Effect
from shared.runtime.clock import SystemClock
from shared.security.sealing import seal

URL: Final = "http://twin"
SECRETS: Final = {"xinghe": bytes(range(32)), "jiuzhou": bytes(range(32, 64))}
WANTED: Final = Wanted("req-1", "genshin-30", 2, {"uid": "100000001", "server": "天空岛 & 世界树"})
PRIVATE: Final = X25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
CLOCK: Final = SystemClock()

NAMES = sorted(SUPPLIERS)


class Scene:
    """The twin, and who calls it."""

    def __init__(self) -> None:
        transport = httpx.ASGITransport(app(SECRETS))
        self.client = httpx.AsyncClient(transport=transport, base_url=URL)
        self.suppliers = {name: self.supplier(name, SECRETS[name]) for name in NAMES}

    def supplier(self, name: str, secret: bytes) -> Supplier:
        return SUPPLIERS[name](f"{URL}/{name}", secret, self.client, CLOCK)

    async def script(self, *steps: dict[str, Any]) -> None:
        answer = await self.client.post("/script", json={"steps": steps})
        assert answer.status_code == 204, answer.text

    async def topups(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.client.get("/topups")).json()["items"]
        return items


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene()
    async with made.client:
        yield made


@pytest.mark.parametrize("name", NAMES)
async def test_a_top_up_is_done_once_and_proved_however_often_it_is_sent(
    scene: Scene, name: str
) -> None:
    supplier = scene.suppliers[name]
    said = await supplier.submit(WANTED)
    assert said.code == "DONE"
    assert said.receipt
    assert await supplier.submit(WANTED) == await supplier.ask("req-1") == said
    (order,) = await scene.topups()
    assert (order["product"], order["quantity"], order["account"]) == (
        "genshin-30", 2, dict(WANTED.target),
    )  # fmt: skip


CODES: Final = {"done": "DONE"} | {name: name.upper() for name in get_args(Outcome)}


@pytest.mark.parametrize("outcome", CODES)
@pytest.mark.parametrize("name", NAMES)
async def test_every_outcome_arrives_in_our_words(scene: Scene, name: str, outcome: str) -> None:
    await scene.script({"do": outcome, "for_ms": 60_000}, {"do": outcome, "on": "ask"})
    wanted = CODES[outcome] if outcome != "unknown" else "PROCESSING"
    if outcome == "done":
        return
    assert (await scene.suppliers[name].submit(WANTED)).code == wanted
    assert (await scene.suppliers[name].ask("req-1")).code == wanted


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("then", "code"), [("done", "DONE"), ("failed", "FAILED")])
async def test_unknown_becomes_known_either_way(
    scene: Scene, name: str, then: str, code: str
) -> None:
    supplier = scene.suppliers[name]
    await scene.script({"do": "unknown", "then": then})
    assert (await supplier.submit(WANTED)).code == "PROCESSING"
    assert (await supplier.ask("req-1")).code == code


@pytest.mark.parametrize("name", NAMES)
async def test_an_order_nobody_sent_is_not_known(scene: Scene, name: str) -> None:
    assert await scene.suppliers[name].ask("req-9") == Said("NO_SUCH_ORDER")


@pytest.mark.parametrize("name", NAMES)
async def test_a_wrong_key_tops_nothing_up(scene: Scene, name: str) -> None:
    for wrong in (bytes(32), b"", SECRETS[name][:-1]):
        supplier = scene.supplier(name, wrong)
        assert await supplier.submit(WANTED) == Said("BAD_SIGNATURE")
    assert await scene.topups() == []


@pytest.mark.parametrize("name", NAMES)
async def test_done_and_answered_as_a_duplicate_is_done_once(scene: Scene, name: str) -> None:
    await scene.script({"do": "duplicate"})
    supplier = scene.suppliers[name]
    assert await supplier.submit(WANTED) == Said("DUPLICATE_ORDER")
    assert (await supplier.ask("req-1")).code == "DONE"
    assert len(await scene.topups()) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_more_than_a_supplier_takes_at_once_is_a_wrong_quantity(
    scene: Scene, name: str
) -> None:
    said = await scene.suppliers[name].submit(WANTED._replace(quantity=501))
    assert said == Said("WRONG_QUANTITY")


@pytest.mark.parametrize("said", [xinghe.said, jiuzhou.said])
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b"null", b'{"status":"success"}', b'{"ret":0,"state":1}',
     b'{"status":"new"}', b'{"ret":"x"}'],
)  # fmt: skip
def test_what_is_no_answer_of_theirs_tells_nothing(said: Any, body: bytes) -> None:
    assert said(httpx.Response(200, content=body)) == Said("UNKNOWN")


def test_the_signatures_are_as_in_the_manuals() -> None:
    """Computed once by hand with openssl: neither scheme may drift unseen."""
    xh = "7c613efb4344325a6fb597e580f0349dae6ac58257f9d6a5c5a88c7b6cf2ce90"
    jz = "b3c18626e7ac81395c1d37966c7ee2258a6967a1b3fdefb4fa339bb19dc73b0e"
    assert xinghe.signature(b"key", "1", "/orders", b"{}") == xh
    first = jiuzhou.signature(b"key", {"b": "2", "a": "1", "empty": "", "sign": "x"})
    assert first == jz == jiuzhou.signature(b"key", {"a": "1", "b": "2"})
    assert first != jiuzhou.signature(b"key", {"a": "1", "b": "3"})


def effect(name: str = "xinghe", verb: Any = "submit", sealed: str | None = None) -> Effect:
    public = PRIVATE.public_key().public_bytes_raw()
    target = json.dumps(dict(WANTED.target))
    job = Job(
        "ord-1", "acc-1", 1, "res-1", "genshin-30", 2,
        sealed or seal(public, target, "ord-1", "genshin-30"), name, (), "req-1", 1,
    )  # fmt: skip
    return Effect("call-1", "topup", Call(verb, job, "call-1"))


def supplying(scene: Scene) -> Supplying:
    return Supplying(scene.suppliers, PRIVATE.private_bytes_raw(), CLOCK, Limits())


async def test_the_effect_opens_the_target_and_brings_the_proof_home(scene: Scene) -> None:
    answered = await supplying(scene)(effect())
    assert (answered.code, answered.request_id, answered.call_id) == ("DONE", "req-1", "call-1")
    assert (await scene.topups())[0]["account"] == dict(WANTED.target)
    assert (await supplying(scene)(effect(verb="ask"))).receipt == answered.receipt


async def test_a_target_that_cannot_be_opened_is_not_sent(scene: Scene) -> None:
    answered = await supplying(scene)(effect(sealed="v1.nonsense"))
    assert answered.code == "MISSING_PARAMETER"
    assert await scene.topups() == []


async def test_no_service_and_no_connection_tell_nothing(scene: Scene) -> None:
    await scene.script({"do": "refuse"})
    assert (await supplying(scene)(effect())).code == "UNKNOWN"
    async with httpx.AsyncClient() as client:
        nobody = SUPPLIERS["xinghe"]("http://127.0.0.1:1", SECRETS["xinghe"], client, CLOCK)
        caller = Supplying({"xinghe": nobody}, PRIVATE.private_bytes_raw(), CLOCK, Limits())
        assert (await caller(effect())).code == "TIMED_OUT"
        nowhere = SUPPLIERS["xinghe"]("", SECRETS["xinghe"], client, CLOCK)
        caller = Supplying({"xinghe": nowhere}, PRIVATE.private_bytes_raw(), CLOCK, Limits())
        assert (await caller(effect())).code == "TIMED_OUT"
