"""Lost connections, second tabs, wrong words, no mouse."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.acting import pay_at_the_channel, sign_in
from tests.browser.conftest import visiting

pytestmark = pytest.mark.timeout(300)

EVIL = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'"


def test_an_order_that_moved_while_nobody_was_connected_is_up_to_date_in_both_tabs(
    browser: Browser, system: Running
) -> None:
    """C1."""
    with visiting(browser, system) as visitor:
        page, context = visitor.page, visitor.page.context
        visitor.open("/sign-in?to=/p/steam")
        sign_in(visitor, "13900000005", page)
        page.locator("[data-sku=steam-50]").click()
        page.get_by_role("button", name="立即购买").click()
        page.locator("[data-pay]").click()
        link = page.locator("[data-pay-page]")
        expect(link).to_be_visible()
        address = str(link.get_attribute("href"))
        other = context.new_page()
        other.goto(page.url)
        expect(other.locator("[data-pay-page]")).to_be_visible()
        context.set_offline(True)
        assert httpx.post(address).json() == {"state": "paid"}
        context.set_offline(False)
        for tab in (page, other):
            expect(tab.locator("[data-order]")).to_have_attribute("data-order", "delivered")
        visitor.wrong.clear()  # the browser itself says that it was offline


def test_an_order_goes_on_at_its_page_when_the_door_is_killed_in_the_middle(
    browser: Browser, system: Running
) -> None:
    with visiting(browser, system) as visitor:
        page = visitor.page
        visitor.open("/sign-in?to=/p/steam")
        sign_in(visitor, "13900000008", page)
        page.locator("[data-sku=steam-50]").click()
        page.get_by_role("button", name="立即购买").click()
        page.locator("[data-pay]").click()
        link = page.locator("[data-pay-page]")
        expect(link).to_be_visible()
        system.processes()["gateway-api-1"].kill()
        assert httpx.post(str(link.get_attribute("href"))).json() == {"state": "paid"}
        expect(page.locator("[data-order]")).to_have_attribute(
            "data-order", "delivered", timeout=60_000
        )
        expect(page.get_by_text("状态实时更新")).to_be_visible()
        page.locator("[data-reveal]").click()
        expect(page.locator(".code").first).to_be_visible()
        visitor.wrong.clear()  # the browser itself says that nobody answered


def test_a_top_up_says_what_is_wrong_with_an_account_before_anybody_pays(
    browser: Browser, system: Running
) -> None:
    """B2."""
    with visiting(browser, system) as visitor:
        page = visitor.page
        visitor.open("/p/genshin")
        page.get_by_role("button", name="立即购买").click()
        expect(page.get_by_text("请填写UID")).to_be_visible()
        expect(page.get_by_label("UID")).to_be_focused()
        page.get_by_label("UID").fill("12a456789")
        expect(page.get_by_text("UID只能是数字")).to_be_visible()
        page.get_by_label("UID").fill("１００ ０００ ０００")
        page.get_by_label("服务器").select_option("天空岛")
        visitor.expect_accessible()
        page.get_by_role("button", name="立即购买").click()
        expect(page.get_by_role("dialog")).to_be_visible()


def test_words_that_want_to_be_code_stay_words(browser: Browser, system: Running) -> None:
    with visiting(browser, system) as visitor:
        page = visitor.page
        page.on("dialog", lambda dialog: visitor.wrong.append(f"ran: {dialog.message}"))
        visitor.open("/")
        page.get_by_label("搜索商品").fill(EVIL)
        expect(page.get_by_text("没有找到相符的商品")).to_be_visible()
        visitor.open("/p/genshin")
        page.get_by_label("UID").fill(EVIL)
        page.get_by_role("button", name="立即购买").click()
        expect(page.get_by_text("UID只能是数字")).to_be_visible()
        visitor.open("/sign-in?to=javascript:alert(3)")
        page.get_by_label("手机号").fill(EVIL)
        page.get_by_role("button", name="获取验证码").click()
        expect(page.get_by_text("请输入 11 位手机号")).to_be_visible()
        visitor.open("/console")
        for label in ("用户名", "密码"):
            page.get_by_label(label).fill(EVIL)
        page.get_by_label("动态码").fill("000000")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_contain_text("不正确")


def test_who_has_no_mouse_buys_with_the_keyboard_alone(browser: Browser, system: Running) -> None:
    """B1."""
    with visiting(browser, system) as visitor:
        page, keys = visitor.page, visitor.page.keyboard
        visitor.open("/p/steam")
        page.get_by_role("radio").first.focus()
        keys.press("ArrowRight")
        keys.press("ArrowLeft")
        expect(page.get_by_role("radio").first).to_have_attribute("data-state", "checked")
        page.get_by_role("button", name="立即购买").focus()
        keys.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        keys.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="立即购买")).to_be_focused()
        keys.press("Enter")
        sign_in(visitor, "13900000006", page.get_by_role("dialog"))
        expect(page.locator("[data-pay]")).to_be_enabled()
        page.locator("[data-pay]").focus()
        keys.press("Enter")
        pay_at_the_channel(visitor)
        page.locator("[data-reveal]").focus()
        keys.press("Enter")
        expect(page.locator(".code").first).to_be_visible()


def test_a_buyer_sees_where_they_are_signed_in_and_ends_what_they_do_not_know(
    browser: Browser, system: Running
) -> None:
    with visiting(browser, system) as phone, visiting(browser, system) as stranger:
        phone.open("/sign-in?to=/account")
        sign_in(phone, "13900000007", phone.page)
        expect(phone.page.get_by_text("本机")).to_be_visible()
        stranger.open("/sign-in?to=/wallet")
        sign_in(stranger, "13900000007", stranger.page)
        expect(stranger.page.get_by_role("heading", name="钱包")).to_be_visible()
        phone.page.reload()
        phone.expect_accessible()
        phone.page.get_by_role("button", name="让它退出").click()
        expect(phone.page.get_by_text("其他设备")).to_have_count(0)
        stranger.page.reload()
        expect(stranger.page).to_have_url(re.compile("/sign-in"))
        expect(phone.page.get_by_text("本机")).to_be_visible()


def test_help_is_one_click_away_on_each_of_the_three_steps_and_the_tour_comes_again(
    browser: Browser, system: Running
) -> None:
    """E1, E2, E3."""
    with visiting(browser, system) as visitor:
        page = visitor.page
        visitor.open("/p/steam")
        page.get_by_role("button", name="点击帮助").click()
        article = page.get_by_role("dialog")
        expect(article.get_by_role("heading", name="选商品和面值")).to_be_visible()
        visitor.expect_accessible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="立即购买").click()
        page.get_by_role("dialog").get_by_role("button", name="点击帮助").click()
        page.get_by_role("button", name="关闭帮助").click()
        sign_in(visitor, "13900000011", page.get_by_role("dialog"))
        page.locator("[data-pay]").wait_for()
        page.get_by_role("dialog").get_by_role("button", name="点击帮助").click()
        article = page.get_by_role("dialog").filter(has_text="首次登录会自动创建账户")
        expect(article.get_by_role("heading", name="确认并付款")).to_be_visible()
        expect(article.locator("[data-carries]")).to_contain_text("Steam 钱包码 50元 · 确认支付时")
        article.get_by_role("button", name="关闭帮助").click()
        page.locator("[data-pay]").click()
        page.locator("[data-order]").get_by_role("button", name="点击帮助").click()
        article = page.get_by_role("dialog")
        expect(article.get_by_role("heading", name="确认并付款")).to_be_visible()
        page.keyboard.press("Escape")
        pay_at_the_channel(visitor)
        expect(page.locator("[data-order=delivered]")).to_be_visible()
        page.locator("[data-order]").get_by_role("button", name="点击帮助").click()
        expect(article.get_by_role("heading", name="收货")).to_be_visible()
        article.get_by_role("link", name="全部帮助").click()
        expect(page.get_by_role("heading", name="帮助", exact=True)).to_be_visible()
        page.get_by_role("button", name="再看一遍新手引导").click()
        expect(page.get_by_role("region", name="3 步完成自助下单")).to_be_visible()
