"""Webhook endpoints: set, challenged, given another secret, barred (F4)."""

import re
from pathlib import Path
from typing import Any

import pytest

from services.gateway import domain
from services.gateway.domain import Rotate
from services.gateway.domain.webhook_barring import address_of
from services.gateway.domain.webhook_events import NAMES
from services.gateway.domain.webhook_limits import (
    ENDPOINTS_MAX,
    OLD_SECRET_MS,
)
from services.gateway.projections.webhooks import endpoint_after
from shared.contracts.webhooks import (
    JudgeWebhook,
    ReplayWebhook,
    RotateWebhookSecret,
    VerifyWebhook,
    WebhookAllowed,
    WebhookDisabled,
    WebhookQueued,
    WebhookRefused,
    WebhookSecretRotated,
    WebhookSet,
    WebhookVerificationFailed,
    WebhookVerified,
    WebhookVerifying,
)
from shared.testing.scenario import given
from tests.unit.gateway.webhook_words import (
    ABOUT,
    NOW_MS,
    SET,
    VERIFIED,
    WAS_SET,
    Walk,
    message,
    paid,
)

REPLAY = ReplayWebhook(**ABOUT, request_id="r-9", message=message(paid("o-1")), by="acc-1")
BAR = JudgeWebhook(**ABOUT, request_id="r-8", barred=True, reason="abuse", by="li")


def test_a_new_endpoint_is_challenged_before_it_is_told_anything() -> None:
    given(domain).when(SET).then(WAS_SET)
    walk = Walk(WAS_SET)
    assert walk.do(paid("o-1")) == []
    call = walk.call()
    assert call
    assert not call.payload.body
    assert call.payload.url == SET.url
    assert walk.answer() == [VERIFIED]
    assert [type(fact) for fact in walk.do(paid("o-2"))] == [WebhookQueued]


def test_an_endpoint_that_does_not_send_the_challenge_back_is_told_nothing() -> None:
    walk = Walk(WAS_SET)
    failed = WebhookVerificationFailed(**ABOUT, code="NO_PROOF", status=200)
    assert walk.answer("NO_PROOF") == [failed]
    assert walk.call() is None
    assert walk.do(paid("o-1")) == []
    again = VerifyWebhook(**ABOUT, request_id="r-2")
    assert walk.do(again) == [WebhookVerifying(**again.model_dump())]
    assert walk.answer() == [VERIFIED]


def test_another_url_is_challenged_while_messages_are_kept_for_it() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    late = walk.call()
    moved = SET.model_copy(update={"request_id": "r-2", "url": "https://other.example/"})
    facts: list[Any] = walk.do(moved)
    assert facts[0].verifying
    assert facts[0].sealed_secret is None
    assert walk.call()
    assert not walk.call().payload.body
    walk.do(paid("o-2"))
    walk.answer()
    now = walk.call()
    assert now
    assert late
    assert now.id != late.id
    assert now.payload.url == moved.url
    assert now.payload.message_id == late.payload.message_id


def test_each_endpoint_of_an_account_is_told_and_there_are_few() -> None:
    others = [
        WAS_SET.model_copy(update={"endpoint_id": f"e-{n}", "request_id": f"r-{n}"})
        for n in range(1, ENDPOINTS_MAX + 1)
    ]
    proofs = [WebhookVerified(endpoint_id=each.endpoint_id, account_id="acc-1") for each in others]
    walk = Walk(*others, *proofs)
    assert len(walk.do(paid("o-1"))) == ENDPOINTS_MAX
    more = SET.model_copy(update={"endpoint_id": "e-x", "request_id": "r-x"})
    refused = {"endpoint_id": "e-x", "account_id": "acc-1", "request_id": "r-x"}
    assert walk.do(more) == [WebhookRefused(**refused, code="TOO_MANY")]


def test_a_new_secret_signs_and_the_old_one_signs_too_for_a_while() -> None:
    asked = RotateWebhookSecret(**ABOUT, request_id="r-5", sealed_secret="b1.second")
    until_ms = NOW_MS + OLD_SECRET_MS
    given(domain, WAS_SET, VERIFIED).when(Rotate(asked, NOW_MS)).then(
        WebhookSecretRotated(**asked.model_dump(), old_until_ms=until_ms)
    )
    walk = Walk()
    walk.do(paid("o-1"))
    walk.do(Rotate(asked, NOW_MS))
    assert walk.call()
    call = walk.call().payload
    assert (call.secret, call.old_secret, call.old_until_ms) == ("b1.second", "b1.first", until_ms)


def test_what_our_people_have_barred_its_owner_cannot_enable_until_they_allow_it() -> None:
    walk = Walk()
    said = BAR.model_dump(exclude={"barred"})
    assert walk.do(BAR) == [WebhookDisabled(**said, code="OPERATOR")]
    enable = SET.model_copy(update={"request_id": "r-6"})
    assert walk.do(enable) == [WebhookRefused(**ABOUT, request_id="r-6", code="BARRED")]
    walk.do(BAR.model_copy(update={"request_id": "r-7", "barred": False}))
    again = SET.model_copy(update={"request_id": "r-10"})
    assert [type(fact) for fact in walk.do(again)] == [WebhookSet]


SPELLED = (
    "https://SHOP.example/hook", "https://shop.example:443/hook", "https://shop.example./hook",
    "https://shop.example/%68ook", "https://shop.example/a/../hook",
    "https://shop.example/%2e/hook", "https://shop.example//hook/",
    "https://shop.example/hook?again", "HTTPS://shop.example:/hook",
)  # fmt: skip


@pytest.mark.parametrize("url", SPELLED)
def test_a_barred_address_is_barred_by_every_name_and_spelling(url: str) -> None:
    walk = Walk()
    walk.do(BAR)
    another = {**ABOUT, "endpoint_id": "e-2", "request_id": "r-6"}
    asked = SET.model_copy(update={**another, "name": "other", "url": url})
    assert walk.do(asked) == [WebhookRefused(**another, code="BARRED")]
    walk.do(BAR.model_copy(update={"request_id": "r-7", "barred": False}))
    allowed = asked.model_copy(update={"request_id": "r-11"})
    assert [type(fact) for fact in walk.do(allowed)] == [WebhookSet]


def test_a_barred_endpoint_does_not_move_out_of_the_way() -> None:
    walk = Walk()
    walk.do(BAR)
    away = {"request_id": "r-6", "url": "https://other.example/", "enabled": False}
    refused = WebhookRefused(**ABOUT, request_id="r-6", code="BARRED")
    assert walk.do(SET.model_copy(update=away)) == [refused]
    put_by = SET.model_copy(update={"request_id": "r-10", "enabled": False})
    assert [type(fact) for fact in walk.do(put_by)] == [WebhookSet]


def test_with_an_endpoint_the_others_at_its_address_are_barred_and_allowed() -> None:
    twin = {**ABOUT, "endpoint_id": "e-2"}
    other = WAS_SET.model_copy(update={**twin, "request_id": "r-2", "url": SPELLED[0]})
    walk = Walk(WAS_SET, VERIFIED, other, WebhookVerified(**twin))
    said = BAR.model_dump(exclude={"barred", "endpoint_id"})
    both = [WebhookDisabled(**said, endpoint_id=each, code="OPERATOR") for each in ("e-1", "e-2")]
    assert walk.do(BAR) == both
    assert walk.do(paid("o-1")) == []
    allow = BAR.model_copy(update={"request_id": "r-7", "barred": False})
    said |= {"request_id": "r-7"}
    assert walk.do(allow) == [WebhookAllowed(**said, endpoint_id=each) for each in ("e-1", "e-2")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://93.184.216.34/", "https://0x5db8d822"),
        ("https://93.184.216.34/", "https://93.12113954/"),
        ("https://93.184.216.34/", "https://0135.184.0330.34:443/"),
        ("https://93.184.216.34/", "https://[::ffff:93.184.216.34]/"),
        ("https://[2606:2800:220:1::1]/a", "https://[2606:2800:0220:0001:0:0:0:1]:0443/a"),
        ("https://shop.example/a%2Fb", "https://shop.example/a/b"),
    ],
)
def test_an_address_of_numbers_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert address_of(one) == address_of(other)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/hook2", "https://shop.example:8443/hook",
        "https://shop2.example/hook", "https://shop.example/Hook",
        "https://shop.example/hook/a", "nonsense",
    ],
)  # fmt: skip
def test_another_host_port_or_path_is_another_address(url: str) -> None:
    assert address_of(url) != address_of(SET.url)


def test_of_an_endpoint_that_is_not_there_nothing_can_be_asked() -> None:
    for asked in (REPLAY, BAR, VerifyWebhook(**ABOUT, request_id="r-2")):
        refused = WebhookRefused(**ABOUT, request_id=asked.request_id, code="UNKNOWN")
        given(domain).when(asked).then(refused)


def test_allowing_an_endpoint_that_nobody_barred_leaves_it_as_it_stands() -> None:
    row = None
    for fact in (WAS_SET, VERIFIED):
        row = endpoint_after(row, fact, NOW_MS)
    allowed = WebhookAllowed(**ABOUT, request_id="r-8", reason="a mistake", by="li")
    assert row
    assert endpoint_after(row, allowed, NOW_MS) == row
    barred = endpoint_after(row._replace(state="barred"), allowed, NOW_MS)
    assert barred
    assert barred.state == "disabled"


def test_an_owner_can_choose_every_message_on_the_page() -> None:
    page = Path("services/gateway/storefront/src/shop/developers/WebhookEdit.vue")
    assert set(re.findall(r'"(order\.[a-z_]+)"', page.read_text("utf-8"))) == set(NAMES)
