"""Lost connections, second tabs, wrong words, no mouse."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.acting import code_sent, order_unpaid, pay_at_the_channel, sign_in, tab_to, texts
from tests.browser.conftest import visiting

pytestmark = pytest.mark.timeout(300)

HELD_MS = 100
"""A finger is not quicker."""
MOVING = """() => [...document.querySelectorAll("*")]
    .flatMap(each => ["", "::before", "::after"].map(part => [each, getComputedStyle(each, part)]))
    .filter(([, style]) => ["animationDuration", "transitionDuration"]
        .some(name => style[name].split(",").some(text => parseFloat(text) > 0.001)))
    .map(([each]) => each.outerHTML.slice(0, 80))"""
"""What may take more than a millisecond to change."""
EVIL = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'"


def test_an_order_that_moved_while_nobody_was_connected_is_up_to_date_in_both_tabs(
    browser: Browser, system: Running
) -> None:
    """C1."""
    with visiting(browser, system) as visitor:
        page, context = visitor.page, visitor.page.context
        address = order_unpaid(visitor, "13900000005")
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
        address = order_unpaid(visitor, "13900000008")
        system.processes()["gateway-api-1"].kill()
        assert httpx.post(address).json() == {"state": "paid"}
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
    """From the address to the card by Tab, arrows, Enter and Escape (B1)."""
    with visiting(browser, system) as visitor:
        page, keys, dialog = visitor.page, visitor.page.keyboard, visitor.page.get_by_role("dialog")
        visitor.open("/p/steam")
        buy = page.get_by_role("button", name="立即购买")
        tab_to(page, page.get_by_role("radio").first)
        for key, number in (("ArrowRight", 1), ("ArrowLeft", 0)):
            keys.press(key, delay=HELD_MS)
            chosen = page.get_by_role("radio").nth(number)
            expect(chosen).to_have_attribute("data-state", "checked")
        tab_to(page, buy)
        keys.press("Enter")
        expect(dialog).to_be_visible()
        keys.press("Escape")
        expect(dialog).to_have_count(0)
        expect(buy).to_be_focused()
        keys.press("Enter")
        tab_to(page, dialog.get_by_label("手机号"))
        before = len(texts(visitor.run, "13900000006"))
        keys.type("13900000006")
        tab_to(page, dialog.get_by_role("button", name="获取验证码"))
        keys.press("Enter")
        first = dialog.get_by_label("验证码第 1 位")
        expect(first).to_be_visible()
        tab_to(page, first)
        keys.type(code_sent(visitor.run, "13900000006", before), delay=10)
        expect(page.locator("[data-pay]")).to_be_enabled()
        tab_to(page, page.locator("[data-pay]"))
        keys.press("Enter")
        link = page.locator("[data-pay-page]")
        expect(link).to_be_visible()
        tab_to(page, link)
        with page.context.expect_page() as opened:
            keys.press("Enter")
        opened.value.get_by_role("button", name="确认付款").press("Enter")
        expect(page.locator("[data-reveal]")).to_be_visible()
        tab_to(page, page.locator("[data-reveal]"))
        keys.press("Enter")
        expect(page.locator(".code").first).to_be_visible()


def test_who_goes_back_from_the_payment_orders_nothing_twice(
    browser: Browser, system: Running
) -> None:
    """Back to the product and forward again, then to the channel and back: one order (C1)."""
    with visiting(browser, system) as visitor:
        page = visitor.page
        channel, here = order_unpaid(visitor, "13900000013"), page.url
        order = page.locator("[data-order]")
        page.go_back()
        expect(page.get_by_role("heading", name="Steam", level=1)).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.go_forward()
        expect(page).to_have_url(here)
        expect(order).to_have_attribute("data-order", "awaiting_payment")
        page.goto(channel)  # in the same tab, as a phone does
        page.get_by_role("button", name="确认付款").click()
        expect(page.get_by_text("已付款")).to_be_visible()
        while not page.url.startswith(visitor.home):  # bounded by: the pages of this tab
            page.go_back()
        expect(page).to_have_url(here)
        expect(order).to_have_attribute("data-order", "delivered")
        page.get_by_role("link", name="我的订单").click()
        expect(page.locator(".order")).to_have_count(1)
        elsewhere = "asked " + channel.partition("/pay/")[0]
        visitor.wrong = [each for each in visitor.wrong if not each.startswith(elsewhere)]


@pytest.mark.parametrize(("wanted", "moves"), [("no-preference", True), ("reduce", False)])
def test_nothing_moves_for_who_wants_nothing_to_move(
    browser: Browser, system: Running, wanted: str, moves: bool
) -> None:
    with visiting(browser, system, reduced_motion=wanted) as visitor:
        moving: list[str] = []
        for path in ("/", "/p/steam", "/help/steam", "/console"):
            visitor.open(path)
            moving += visitor.page.evaluate(MOVING)
        visitor.open("/p/steam")
        visitor.page.get_by_role("button", name="立即购买").click()
        expect(visitor.page.get_by_role("dialog")).to_be_visible()
        moving += visitor.page.evaluate(MOVING)
        assert bool(moving) == moves, moving


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
