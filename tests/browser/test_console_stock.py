"""Stock, top-ups and wallets at the console: cards come in, a bad batch goes, money is booked."""

import secrets
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.conftest import DESK, PHONE, visiting
from tests.browser.staff import Staff, staff_of
from tests.e2e.shop import Shop

pytestmark = pytest.mark.timeout(300)

SKU: Final = "steam-200"
ASIDE_SKU: Final = "video-365"
LOW_SKU: Final = "video-90"
GARBAGE: Final = "\x00\x01 ; drop table cards; <script>alert(1)</script>"


@pytest.fixture(scope="module")
def staff(system: Running) -> Staff:
    return staff_of(system.description["gateway"], Shop(system))


def fresh_codes(count: int) -> list[str]:
    """Codes that nobody has ever imported."""
    made = [secrets.token_hex(8).upper()[:15] for _ in range(count)]
    return ["-".join(code[at : at + 5] for at in (0, 5, 10)) for code in made]


def test_f1_cards_are_previewed_line_by_line_taken_once_and_a_bad_batch_called_back(
    browser: Browser, system: Running, staff: Staff
) -> None:
    codes = fresh_codes(4)
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "stock", "/console/stock")
        group, row = page.locator("[data-group=steam]"), page.locator(f"[data-sku='{SKU}']")
        expect(group).to_contain_text("4 种")
        expect(row).to_have_count(0)
        group.click()
        expect(row).to_be_visible()
        visitor.expect_accessible()
        page.get_by_label("商品名称或编号").fill("steam")
        page.get_by_role("button", name="查找").click()
        page.locator(f"[data-sku='{SKU}']").get_by_role("link").click()
        available = page.locator("[data-count=available]")
        before = int(available.inner_text())
        lines = [*codes, codes[0], GARBAGE]
        page.get_by_label("粘贴卡密").fill("\n".join(lines))
        page.get_by_role("button", name="预览").click()
        expect(page.locator("[data-verdict=OK]")).to_have_count(len(codes))
        expect(page.locator("[data-verdict=DUPLICATE_IN_FILE]")).to_contain_text("文件内重复")
        expect(page.locator("[data-verdict=CONTROL_CHARACTER]")).to_be_visible()
        visitor.expect_accessible()
        assert not any(code in page.content() for code in codes), "no code is in the page's source"
        page.get_by_role("button", name=f"导入 {len(codes)} 张").dblclick()
        expect(page.locator("[data-import=done]")).to_contain_text("4 / 4")
        expect(available).to_have_text(str(before + len(codes)))
        assert page.get_by_label("粘贴卡密").input_value() == ""
        page.get_by_label("粘贴卡密").fill("\n".join(codes))
        page.get_by_role("button", name="预览").click()
        expect(page.locator("[data-verdict=DUPLICATE_CARD]")).to_have_count(len(codes))
        page.locator("[data-batch]").first.get_by_role("button").click()
        deed = page.locator("[data-act=recall]")
        expect(deed).to_be_disabled()
        page.get_by_label("理由").fill("the supplier says so")
        visitor.expect_accessible()
        deed.dblclick()
        expect(page.locator("[data-recall]")).to_contain_text("已撤下 4 张")
        expect(available).to_have_text(str(before))
        assert not any(code in page.content() for code in codes)


def test_f2_cards_that_may_be_bad_are_set_aside_lifted_or_called_back_with_a_reason(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "stock", f"/console/stock/{ASIDE_SKU}")
        available, aside = page.locator("[data-count=available]"), page.locator("[data-aside]")
        before = int(available.inner_text())
        expect(page.get_by_text("没有隔离中的卡密")).to_be_visible()

        def put(what: str) -> None:
            page.get_by_role("button", name="隔离卡密").click()
            page.get_by_label("哪些卡密").select_option(what)
            deed = page.locator("[data-act=aside]")
            expect(deed).to_be_disabled()
            page.get_by_label("理由").fill("the maker is asked")
            visitor.expect_accessible()
            deed.dblclick()
            expect(available).to_have_text("0")

        put("everything")
        expect(aside).to_have_attribute("data-aside", str(before))
        expect(aside).to_contain_text("the maker is asked")
        visitor.expect_accessible()
        aside.get_by_role("button").click()
        page.get_by_label("理由").fill("the maker knows of nothing")
        page.locator("[data-act=lift]").dblclick()
        expect(available).to_have_text(str(before))
        expect(aside).to_have_count(0)
        put("everything")
        aside.get_by_role("button").click()
        page.get_by_label("理由").fill("they are bad")
        page.locator("[data-act=condemn]").dblclick()
        expect(aside).to_have_count(0)
        expect(available).to_have_text("0")


def test_f2_what_runs_low_is_on_the_board_by_the_threshold_that_was_set(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "stock", f"/console/stock/{LOW_SKU}")
        left = page.locator("[data-count=available]").inner_text()
        page.locator("[data-set-threshold]").click()
        deed = page.locator("[data-act=threshold]")
        page.get_by_label("剩余多少件时预警").fill("many")
        page.get_by_label("理由").fill("it sells fast")
        expect(deed).to_be_disabled()
        page.get_by_label("剩余多少件时预警").fill(left)
        visitor.expect_accessible()
        deed.dblclick()
        expect(page.locator("[data-threshold]")).to_have_text(left)
        for room in ("/console/board", "/console/stock"):
            visitor.open(room)
            row = page.locator(f"[data-low='{LOW_SKU}']")
            expect(row).to_contain_text(left)
            expect(row.locator("td").nth(3)).not_to_have_text("–")
            visitor.expect_accessible()


def test_support_sees_the_stock_and_cannot_touch_it(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "support", f"/console/stock/{SKU}")
        expect(page.locator("[data-counts]")).to_be_visible()
        expect(page.get_by_text("导入卡密")).to_have_count(0)
        visitor.expect_accessible()
        visitor.open("/console/stock?low=1")
        visitor.open("/console/stock/no-such-sku")
        expect(page.get_by_text("没有这样的商品")).to_be_visible()


def test_finance_books_a_deposit_once_with_a_reason(
    browser: Browser, system: Running, staff: Staff
) -> None:
    account, before = staff.shop.account, staff.shop.balance
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "finance", "/console/accounts")
        page.get_by_label("账户或手机号").fill("13900000099")
        page.get_by_role("button", name="查找").click()
        expect(page.get_by_text("没有这个账户")).to_be_visible()
        page.get_by_label("账户或手机号").fill(account)
        page.get_by_role("button", name="查找").click()
        expect(page.locator("[data-balance]")).to_have_text(f"¥{before / 100:,.2f}")
        visitor.expect_accessible()
        page.get_by_role("button", name="充值").click()
        page.get_by_label("理由").fill("a goodwill gesture")
        page.get_by_label("金额（元）").fill("12,50")
        expect(page.locator("[data-act=deposit]")).to_be_disabled()
        page.get_by_label("金额（元）").fill("12.50")
        visitor.expect_accessible()
        page.locator("[data-act=deposit]").dblclick()
        expect(page.locator("[data-balance]")).to_have_text(f"¥{(before + 1250) / 100:,.2f}")
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert staff.shop.balance == before + 1250
    body = {"amount": {"amount": 100, "currency": "CNY"}, "reason": "a slip of the pen"}
    answer = staff.shop.operator("POST", "/v1/admin/wallets/acc-nobody/deposits", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_ACCOUNT")


def test_f2_what_runs_low_is_listed_by_itself_page_by_page(staff: Staff) -> None:
    def listed(query: str) -> list[dict[str, object]]:
        answer = staff.shop.operator("GET", f"/v1/admin/stock{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, object]] = answer.json()["items"]
        return items

    assert {item["sku"] for item in listed("?q=steam")} >= {SKU, "steam-50"}
    assert all(item["low"] for item in listed("?low=1"))
    first = staff.shop.operator("GET", "/v1/admin/stock?limit=1").json()
    following = listed(f"?limit=1&cursor={first['next_cursor']}")
    assert str(following[0]["sku"]) > first["items"][0]["sku"]
    door = staff.shop.run["gateway"]
    assert httpx.get(door + "/v1/admin/wallets?q=x").status_code == 401
