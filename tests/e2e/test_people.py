"""Invoices, custom requests and support threads through the whole system (E2, E4, E5, B4)."""

import asyncio
from typing import Any, Final

import pytest

from deploy.load.auditing import Audited, audit

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SKU: Final = "steam-50"
TITLE: Final = "TITLE-THAT-STAYS-SEALED"
WISH: Final = "WISH-THAT-STAYS-SEALED"
ASKED: Final = "WORDS-THAT-STAY-SEALED"
COMPANY: Final = {
    "kind": "company", "title": TITLE, "tax_number": "91350100M000100Y43", "email": "a@example.cn",
}  # fmt: skip
WAIT: Final = {"Prefer": "wait=20"}
WORDS_MAX: Final = 40
"""More than anybody may write at once."""


def invoices(shop: Shop, placed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = shop.send("GET", f"/v1/orders/{placed['order_id']}/invoice").json()
    return found


def rule(shop: Shop, asked: Any, outcome: str, **more: Any) -> Any:
    path = f"/v1/admin/invoices/{asked.json()['invoice_id']}/decide"
    return shop.operator("POST", path, {"outcome": outcome, **more}, **WAIT)


def test_e5_an_invoice_is_asked_for_issued_and_voided_by_a_refund(shop: Shop) -> None:
    placed = shop.order((SKU, 2))
    path = f"/v1/orders/{placed['order_id']}/invoice"
    total = placed["total"]["amount"]
    assert invoices(shop, placed)["left"]["amount"] == total
    bad = shop.send("POST", path, {**COMPANY, "tax_number": "91350100M000100Y44"})
    assert (bad.status_code, bad.json()["code"]) == (422, "INVOICE_BAD_TAX_NUMBER")
    asked = shop.send("POST", path, COMPANY, **WAIT)
    assert asked.status_code == 200, asked.text
    more = shop.send("POST", path, {**COMPANY, "amount": 1}, **WAIT)
    assert more.json()["code"] == "INVOICE_MORE_THAN_PAID"
    listed = shop.operator("GET", "/v1/admin/invoices?state=requested").json()["items"]
    assert [each["title"] for each in listed] == [TITLE]
    assert rule(shop, asked, "issued").json()["code"] == "INVOICE_REASON_REQUIRED"
    assert rule(shop, asked, "issued", number="24502000").status_code == 200
    (mine,) = invoices(shop, placed)["items"]
    assert (mine["state"], mine["label"], mine["number"]) == ("issued", "已开票", "24502000")
    refund = {"account_id": shop.account, "amount": 100, "reason": "sorry"}
    shop.operator("POST", f"/v1/admin/orders/{placed['order_id']}/refunds", refund)
    until(lambda: invoices(shop, placed)["items"][0]["state"] == "voided")
    until(lambda: invoices(shop, placed)["left"]["amount"] == total - 100)
    again = shop.send("POST", path, {**COMPANY, "amount": total - 100}, **WAIT)
    assert again.status_code == 200, again.text
    assert rule(shop, again, "rejected", reason="抬头有误").status_code == 200
    mine = shop.send("GET", "/v1/invoices").json()["items"]
    assert [each["state"] for each in mine] == ["rejected", "voided"]


def test_e4_what_is_on_no_shelf_is_quoted_and_ordered_at_that_price(shop: Shop) -> None:
    body = {"text": f"团队授权 5 席 {WISH}", "quantity": 5, "budget": 60_000, "contact": "wx"}
    asked = shop.send("POST", "/v1/requests", body, **WAIT)
    assert asked.status_code == 200, asked.text
    path = f"/v1/requests/{asked.json()['request_id']}"
    (waiting,) = shop.operator("GET", "/v1/admin/requests").json()["items"]
    assert waiting["text"] == body["text"]
    quote: dict[str, Any] = {"name": "团队授权 5 席", "quantity": 1, "unit_price": 48_000}
    quote |= {"valid_days": 3, "shape": "url_extract"}
    given = shop.operator("POST", f"/v1/admin{path[3:]}/quote", quote, **WAIT)
    assert given.status_code == 200, given.text
    found = shop.send("GET", path).json()
    assert (found["state"], found["quote"]["ready"]) == ("quoted", False)
    stock = f"/v1/admin/stock/{waiting['sku']}/imports"
    assert shop.operator("POST", stock, "https://licence.example/team-5\n").status_code < 300
    until(lambda: shop.send("GET", path).json()["quote"]["ready"])
    price = {"amount": 48_000, "currency": "CNY"}
    cheaper = {"unit_price": {**price, "amount": 1}, "quantity": 1}
    refused = shop.send("POST", path + "/accept", cheaper, **WAIT).json()
    assert (refused["state"], refused["code"]) == ("refused", "PRICE_CHANGED")
    taken = {"unit_price": price, "quantity": 1}
    placed = shop.send("POST", path + "/accept", taken, **WAIT).json()
    assert (placed["state"], placed["total"]) == ("delivered", price), placed
    (card,) = shop.cards(placed)
    assert [(part["name"], part["text"]) for part in card["parts"]] == [
        ("url", "https://licence.example/team-5"),
    ]  # fmt: skip
    done = until(lambda: _ordered(shop, path))
    assert done["order_id"] == placed["order_id"]
    twice = shop.send("POST", path + "/accept", taken, **WAIT).json()
    assert (twice["state"], twice["code"]) == ("refused", "QUOTE_ORDERED")
    assert shop.send("GET", "/v1/requests").json()["answer_ms"] > 0


def _ordered(shop: Shop, path: str) -> dict[str, Any] | None:
    found: dict[str, Any] = shop.send("GET", path).json()
    return found if found["state"] == "ordered" else None


def test_e4_a_request_is_withdrawn_or_declined(shop: Shop) -> None:
    path = ""
    for how in ("withdraw", "decline"):
        asked = shop.send("POST", "/v1/requests", {"text": "别的"}, **WAIT).json()
        path = f"/v1/requests/{asked['request_id']}"
        if how == "withdraw":
            shop.send("POST", f"{path}/withdraw", {}, **WAIT)
        else:
            why = {"reason": "没有货源"}
            shop.operator("POST", f"/v1/admin{path[3:]}/decline", why, **WAIT)
        found = shop.send("GET", path).json()
        assert found["state"] == {"withdraw": "withdrawn", "decline": "declined"}[how]
    late = shop.send("POST", f"{path}/withdraw", {}, **WAIT)
    assert late.json()["code"] == "REQUEST_NOT_OPEN"


def test_e2_a_thread_knows_its_order_and_is_answered(shop: Shop) -> None:
    placed = shop.order((SKU, 1))
    about = {"order_id": placed["order_id"], "line": 1, "step": "receive"}
    body = {"text": f"卡密怎么用 {ASKED}", **about}
    assert shop.send("POST", "/v1/support", {**body, "order_id": "nobody"}).status_code == 404
    opened = shop.send("POST", "/v1/support", body, **WAIT)
    assert opened.status_code == 200, opened.text
    path = f"/v1/support/{opened.json()['thread_id']}"
    (waiting,) = shop.operator("GET", "/v1/admin/support").json()["items"]
    assert {name: waiting[name] for name in about} == about
    assert waiting["unread"] == 1
    answer = shop.operator("POST", f"/v1/admin{path[3:]}/messages", {"text": "看图"}, **WAIT)
    assert answer.status_code == 200, answer.text
    found = shop.send("GET", path).json()
    assert (found["state"], found["unread"]) == ("answered", 1)
    assert [(word["who"], word["text"]) for word in found["words"]] == [
        ("buyer", body["text"]), ("shop", "看图"),
    ]  # fmt: skip
    assert "by" not in found["words"][1]
    shop.send("POST", path + "/read", {"number": 2})
    until(lambda: shop.send("GET", path).json()["unread"] == 0)
    shop.operator("POST", f"/v1/admin{path[3:]}/close", **WAIT)
    assert shop.send("GET", path).json()["state"] == "closed"
    shop.send("POST", path + "/messages", {"text": "还有"}, **WAIT)
    found = shop.send("GET", "/v1/support").json()
    assert (found["items"][0]["state"], found["answer_ms"] > 0) == ("open", True)
    assert found["items"][0]["question"] == body["text"]


def test_e2_a_thread_from_before_the_order_knows_what_is_about_to_be_ordered(shop: Shop) -> None:
    body = {"text": "哪个地区能用？", "step": "choose", "sku": SKU}
    assert shop.send("POST", "/v1/support", {**body, "sku": "nothing"}).status_code == 404
    opened = shop.send("POST", "/v1/support", body, **WAIT)
    path = f"/v1/support/{opened.json()['thread_id']}"
    waiting = shop.operator("GET", f"/v1/admin{path[3:]}").json()
    for found in (shop.send("GET", path).json(), waiting):
        assert (found["sku"], found["product_id"]) == (SKU, "steam")
        assert found["about"] == "Steam 钱包码 50元"


def test_e2_who_writes_too_fast_is_told_when_to_go_on(shop: Shop) -> None:
    """What one of our people has to read comes at a person's pace, whatever writes it."""
    answers = [shop.send("POST", "/v1/support", {"text": "在吗"}) for _ in range(WORDS_MAX)]
    assert {answer.status_code for answer in answers} == {202, 429}
    told = next(answer for answer in answers if answer.status_code == 429)
    assert told.json()["code"] == "TOO_MANY_REQUESTS"
    assert int(told.headers["retry-after"]) >= 1


def test_e2_who_only_looks_at_money_reads_no_thread(shop: Shop) -> None:
    """Nor does a stranger: what is somebody else's is not there."""
    assert shop.operator("GET", "/v1/admin/support/nobody").status_code == 404
    assert shop.send("GET", "/v1/requests/nobody").status_code == 404


def test_nothing_of_it_is_in_clear_on_the_log_and_the_audit_is_content(shop: Shop) -> None:
    log = shop.log()
    for secret in (TITLE, WISH, ASKED, COMPANY["tax_number"]):
        assert secret.encode() not in log

    async def judged() -> Audited:
        return await audit(shop.system)

    audited = asyncio.run(judged())
    assert audited.passed, str(audited)
