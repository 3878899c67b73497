"""Webhooks through the whole system: a receiver that misbehaves, over real HTTP (F4)."""

import asyncio
import os
from functools import partial
from signal import SIGKILL
from typing import Any, Final

import httpx
import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.people import CONTEXT

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SKU: Final = "steam-50"
USUAL: Final = [
    "order.awaiting_payment", "order.processing", "order.delivered",
]  # fmt: skip


def twin(shop: Shop, path: str, body: Any = None) -> Any:
    url = shop.run["twins"]["webhook"] + path
    answer = httpx.request("GET" if body is None else "POST", url, json=body, verify=CONTEXT)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def put(shop: Shop, name: str, **more: Any) -> httpx.Response:
    url = f"{shop.run['twins']['webhook']}/hook/{name}"
    return shop.send("PUT", f"/v1/webhooks/{name}", {"url": url, **more}, Prefer="wait=20")


def look(shop: Shop, name: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.send("GET", f"/v1/webhooks/{name}").json()
    return found


def verified(shop: Shop, name: str) -> str:
    """An endpoint at the twin that has sent the challenge back; its secret."""
    made = put(shop, name)
    assert made.status_code == 200, made.text
    until(lambda: look(shop, name)["state"] == "enabled")
    secret = str(made.json()["secret"])
    twin(shop, "/secret", {"name": name, "secret": secret})
    return secret


def received(shop: Shop, name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = twin(shop, f"/received?name={name}")["items"]
    return [call for call in items if '"webhook.challenge"' not in call["body"]]


def messages(shop: Shop, name: str) -> list[dict[str, Any]]:
    path = f"/v1/webhooks/{name}/messages?limit=100"
    items: list[dict[str, Any]] = shop.send("GET", path).json()["items"]
    return items


def drop(shop: Shop, name: str) -> None:
    put(shop, name, enabled=False)


def test_f4_an_order_is_told_signed_and_in_order_and_no_code_is_in_it(shop: Shop) -> None:
    secret = verified(shop, "main")
    assert "secret" not in look(shop, "main")
    placed = shop.order((SKU, 2))
    (codes, *_), calls = shop.cards(placed), until(lambda: len(received(shop, "main")) >= 3)
    calls = received(shop, "main")
    assert all(call["signed"] for call in calls)
    told = [call["body"] for call in calls]
    assert [event for event in USUAL if any(f'"{event}"' in body for body in told)] == USUAL
    assert [body.index(f'"{event}"') > 0 for body, event in zip(told, USUAL, strict=True)]
    assert all(placed["order_id"] in body for body in told)
    assert not any(codes["code"] in body for body in told)
    assert secret.encode() not in shop.log()
    drop(shop, "main")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/hook", "https://127.0.0.1/hook", "https://localhost/", "https://[::1]/",
        "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "http://example.com/",
        "https://user:pass@example.com/", "https://[::ffff:127.0.0.1]/",
    ],
)  # fmt: skip
def test_f4_no_endpoint_leads_inside(shop: Shop, url: str) -> None:
    refused = shop.send("PUT", "/v1/webhooks/inside", {"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "WEBHOOK_URL_REFUSED")
    own = shop.send("PUT", "/v1/webhooks/inside", {"url": shop.run["gateway"] + "/livez"})
    assert own.json()["code"] == "WEBHOOK_URL_REFUSED"


def test_f4_who_does_not_send_the_challenge_back_is_told_nothing_until_they_do(shop: Shop) -> None:
    twin(shop, "/behave", {"name": "mute", "steps": [{"do": "mute"}]})
    put(shop, "mute")
    until(lambda: look(shop, "mute").get("code") == "NO_PROOF")
    shop.order((SKU, 1))
    assert received(shop, "mute") == []
    again = shop.send("POST", "/v1/webhooks/mute/verify", {}, Prefer="wait=20")
    assert again.status_code == 200
    until(lambda: look(shop, "mute")["state"] == "enabled")
    drop(shop, "mute")


@pytest.mark.parametrize("do", ["fail", "redirect", "huge"])
def test_f4_wrong_and_then_right_arrives_under_the_same_id_before_what_came_after(
    shop: Shop, do: str
) -> None:
    verified(shop, do)
    twin(shop, "/behave", {"name": do, "steps": [{"do": do}]})
    shop.order((SKU, 1))
    until(lambda: len(received(shop, do)) >= 4)
    first, second, *others = received(shop, do)
    assert (first["did"], second["did"]) == (do, "answer")
    assert first["id"] == second["id"]
    assert second["at_ms"] - first["at_ms"] >= 5_000
    assert len({call["id"] for call in [second, *others]}) == 3
    found = until(lambda: [m for m in messages(shop, do) if m["message_id"] == first["id"]])
    assert found[0]["tries"] == 1
    drop(shop, do)


def test_f4_a_message_is_replayed_by_its_owner_and_from_the_console(shop: Shop) -> None:
    put(shop, "huge", enabled=True)
    before = look(shop, "huge")["delivered"]
    shop.order((SKU, 1))
    until(lambda: look(shop, "huge")["delivered"] >= before + 3)
    last = messages(shop, "huge")[0]
    path = f"/v1/webhooks/huge/messages/{last['message_id']}/replay"
    assert shop.send("POST", path, {}, Prefer="wait=20").status_code == 200
    until(lambda: _times(shop, "huge", last["message_id"]) == 2)
    own = f"/v1/admin/webhooks/{look(shop, 'huge')['endpoint_id']}"
    until(lambda: messages(shop, "huge")[0]["state"] == "delivered")
    path = f"{own}/messages/{last['message_id']}/replay"
    assert shop.operator("POST", path, {}, Prefer="wait=20").status_code == 200
    until(lambda: _times(shop, "huge", last["message_id"]) == 3)
    bodies = {c["body"] for c in received(shop, "huge") if c["id"] == last["message_id"]}
    assert len(bodies) == 1
    listed = shop.operator("GET", "/v1/admin/webhooks?state=enabled").json()["items"]
    assert "huge" in {each["name"] for each in listed}
    barred = shop.operator("POST", own + "/bar", {"reason": "too loud"}, Prefer="wait=20")
    assert barred.json()["state"] == "barred"
    assert put(shop, "huge").json()["code"] == "WEBHOOK_BARRED"
    spelled = f"{shop.run['twins']['webhook']}/hook/%68uge/?again"
    assert put(shop, "fail", url=spelled).json()["code"] == "WEBHOOK_BARRED"


def _times(shop: Shop, name: str, message_id: str) -> int:
    return sum(call["id"] == message_id for call in received(shop, name))


def test_f4_a_new_secret_signs_and_for_a_day_the_old_one_too(shop: Shop) -> None:
    put(shop, "mute", enabled=True)
    answer = shop.send("POST", "/v1/webhooks/mute/secret", {}, Prefer="wait=20")
    twin(shop, "/secret", {"name": "mute", "secret": answer.json()["secret"]})
    shop.order((SKU, 1))
    calls = until(lambda: received(shop, "mute"))
    assert all(call["signed"] and len(call["signature"].split(" ")) == 2 for call in calls)
    drop(shop, "mute")


def test_f4_killed_in_the_middle_nothing_is_lost_and_nothing_overtakes(shop: Shop) -> None:
    put(shop, "main", enabled=True)
    before = len(received(shop, "main"))
    twin(shop, "/behave", {"name": "main", "steps": [{"delay_ms": 150, "times": 60}]})
    for _ in range(6):
        shop.order((SKU, 1))
    for sent in (3, 8):
        until(partial(_has_come, shop, before + sent))
        killed = _worker(shop)
        os.kill(killed, SIGKILL)
        until(partial(_is_back, shop, killed))
    until(lambda: look(shop, "main")["waiting"] == 0)
    ids = [call["id"] for call in received(shop, "main")[before:]]
    first_seen = list(dict.fromkeys(ids))
    queued = [m["message_id"] for m in reversed(messages(shop, "main"))][-len(first_seen) :]
    assert first_seen == queued
    assert len(first_seen) == 18
    drop(shop, "main")


def _has_come(shop: Shop, calls: int) -> bool:
    return len(received(shop, "main")) >= calls


def _worker(shop: Shop) -> int:
    found = [each["pid"] for each in shop.run["processes"] if each["name"] == "gateway-1"]
    return int(found[0] or 0) if found else 0


def _is_back(shop: Shop, killed: int) -> bool:
    return _worker(shop) not in {0, killed}


def test_f4_afterwards_the_record_is_whole(shop: Shop) -> None:
    async def judged() -> Audited:
        return await audit(shop.system)

    audited = asyncio.run(judged())
    assert audited.passed, str(audited)
