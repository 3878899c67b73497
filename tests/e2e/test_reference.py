"""The programs at /docs are run as they stand, against the running system (F3, F4)."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from deploy.load.people import People
from deploy.local.folder import of_checkout
from deploy.local.node import node
from deploy.local.ports import HOST, free_port
from services.gateway.api.docs import RECEIVERS, SIGNED, example
from shared.security.webhooks import secret_of, signature

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SKU: Final = "steam-50"
RUN_S_MAX: Final = 60
KEYS_ASKED_FOR: Final = 13
SUFFIXES: Final = {"curl": ".sh", "Python": ".py", "JavaScript": ".mjs"}
SECRET: Final = secret_of(b"s" * 32)


def command(language: str, name: str, folder: Path) -> list[str]:
    """How a program of the page is run, once it is copied into a file."""
    file = folder / f"{name}{SUFFIXES[language]}"
    file.write_text(example(name), "utf-8")
    programs = {"curl": ["bash", "-eu"], "Python": [sys.executable]}
    if language == "JavaScript":
        programs[language] = [str(node(of_checkout().cache, print).folder / "node")]
    return [*programs[language], str(file)]


@pytest.mark.parametrize("language", SIGNED)
def test_f3_a_program_of_the_page_orders_a_card(shop: Shop, language: str, tmp_path: Path) -> None:
    who = shop.run["demo"]["reseller"]
    found = shop.send("GET", "/v1/products?limit=100").json()["items"]
    (price,) = [sku["price"]["amount"] for p in found for sku in p["skus"] if sku["sku"] == SKU]
    before = shop.balance
    told = {
        "KAMENG": shop.run["gateway"], "KAMENG_KEY": who["key"], "KAMENG_SECRET": who["secret"],
        "SKU": SKU, "PRICE": str(price),
    }  # fmt: skip
    done = subprocess.run(
        command(language, SIGNED[language], tmp_path), env={**os.environ, **told},
        capture_output=True, text=True, timeout=RUN_S_MAX, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "delivered" in done.stdout
    orders = 1 if language == "curl" else 3
    until(lambda: shop.balance == before - orders * price)


@contextmanager
def receiving(language: str, folder: Path) -> Iterator[str]:
    """A receiver of the page, listening."""
    port = free_port()
    env = {**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    with subprocess.Popen(command(language, RECEIVERS[language], folder), env=env) as child:
        try:
            yield f"http://{HOST}:{port}/"
        finally:
            child.terminate()


def told(url: str, body: dict[str, Any], secret: str = SECRET, age_s: int = 0) -> httpx.Response:
    content, stamp = json.dumps(body).encode(), int(time.time()) - age_s
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(stamp),
        "webhook-signature": "v1,old " + signature(secret, "msg_1", stamp, content),
    }
    return httpx.post(url, content=content, headers=headers)


@pytest.mark.parametrize("language", RECEIVERS)
def test_f4_a_receiver_of_the_page_tells_ours_from_a_forgery(language: str, tmp_path: Path) -> None:
    moved = {"type": "order.delivered", "data": {"order_id": "o-1"}}
    with receiving(language, tmp_path) as url:
        until(lambda: _listens(url))
        assert told(url, moved).status_code == 200
        assert told(url, moved, secret_of(b"x" * 32)).status_code == 401
        assert told(url, moved, age_s=1_000).status_code == 401
        assert httpx.post(url, json=moved).status_code == 401
        asked = {"type": "webhook.challenge", "data": {"challenge": "c-1"}}
        assert told(url, asked).json() == {"challenge": "c-1"}


def _listens(url: str) -> bool:
    try:
        return httpx.post(url).status_code > 0
    except httpx.HTTPError:
        return False


def test_f3_the_page_shows_the_very_programs_and_every_message(shop: Shop) -> None:
    sent = httpx.get(shop.run["gateway"] + "/docs")
    page, policy = sent.text, sent.headers["content-security-policy"]
    assert "unsafe" not in policy
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert page.count(f'nonce="{nonce}"') == 2  # its style and its script
    assert "hmac.new(SECRET.encode()" in page
    assert "order.delivered" in page
    assert "5 s · 5 min · 30 min · 2 h" in page
    assert "<!-- " not in page


def test_f3_an_account_makes_uses_and_ends_its_own_key(shop: Shop) -> None:
    people = People(shop.run)
    session = people.sign_up()
    made = people.buyer(session, "POST", "/v1/api-keys", {"name": "till"})
    assert made["secret"] not in json.dumps(people.buyer(session, "GET", "/v1/api-keys"))
    mine = {**shop.run, "demo": {"reseller": {"key": made["key"], "secret": made["secret"]}}}
    own = Shop(_Seen(mine))  # type: ignore[arg-type]  # its description is all that is asked of it
    until(lambda: own.send("GET", "/v1/wallet").is_success)
    assert own.account == session["account_id"]
    until(lambda: "last_used_at" in people.buyer(session, "GET", "/v1/api-keys")["items"][0])
    by_key = own.send("POST", "/v1/api-keys", {"name": "more"})
    assert by_key.json()["code"] == "SESSION_REQUIRED"
    stranger = people.sign_up()
    path = f"/v1/api-keys/{made['key']}/revoke"
    token = {"Authorization": f"Bearer {stranger['token']}", "Idempotency-Key": "k-1"}
    theirs = httpx.post(shop.run["gateway"] + path, json={}, headers=token)
    assert theirs.status_code == 404
    people.buyer(session, "POST", path, {}, wait_s=20)
    until(lambda: own.send("GET", "/v1/wallet").status_code == 401)
    assert made["secret"].encode() not in shop.log()


class _Seen:
    """A system of which only the description is known."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description


def test_f3_a_key_is_limited_to_ten_of_an_account_though_more_are_asked_for_at_once(
    shop: Shop,
) -> None:
    people = People(shop.run)
    session = people.sign_up()

    def make(number: int) -> httpx.Response:
        once = {"Idempotency-Key": secrets.token_hex(8), "Prefer": "wait=20"}
        headers = {"Authorization": f"Bearer {session['token']}", **once}
        url = shop.run["gateway"] + "/v1/api-keys"
        return httpx.post(url, json={"name": f"key {number}"}, headers=headers, timeout=30)

    with ThreadPoolExecutor(KEYS_ASKED_FOR) as at_once:
        answers = list(at_once.map(make, range(KEYS_ASKED_FOR)))
    codes = sorted(answer.json().get("code", "") for answer in answers)
    assert codes == [""] * 10 + ["TOO_MANY_KEYS"] * (KEYS_ASKED_FOR - 10)
    listed = people.buyer(session, "GET", "/v1/api-keys")["items"]
    assert {each["key"] for each in listed} == {a.json()["key"] for a in answers if a.is_success}
