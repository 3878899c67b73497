"""Every page of shop and console, after everything has happened: for everybody, and harmless.

All that a person can write was written by somebody who wants a script of theirs to run.
"""

import json
import re
import tomllib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from deploy.local.folder import CHECKOUT
from tests.browser.conftest import DESK, PHONE, visiting
from tests.browser.decided import KINDS, decided
from tests.browser.everything import Everything, Maker, everything, hostile
from tests.browser.staff import staff_of
from tests.e2e.shop import Shop

pytestmark = pytest.mark.timeout(600)

GATEWAY = CHECKOUT / "services" / "gateway"
MESSAGES = tuple((GATEWAY / "api").glob("messages*.toml"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TEXTS = """() => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) found.push(walk.currentNode.textContent.trim());
    const named = document.querySelectorAll("[aria-label], [placeholder], [title]");
    for (const each of named) {
        for (const name of ["aria-label", "placeholder", "title"]) {
            found.push(each.getAttribute(name) ?? "");
        }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def maker(system: Running) -> Maker:
    return Maker(staff_of(system.description["gateway"], Shop(system)).shop, hostile)


@pytest.fixture(scope="module")
def there(maker: Maker) -> Everything:
    made = everything(maker)
    decided(maker, made.order_id)
    return made


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_is_for_everybody_and_runs_nobody_s_script(
    browser: Browser, system: Running, there: Everything, size: dict[str, int], light: str
) -> None:
    """No sideways scrolling at 360 pixels, axe clean, nothing that somebody wrote is obeyed."""
    with visiting(browser, system, viewport=size, color_scheme=light) as visitor:
        there.enter(visitor.page.context, visitor.home)
        visitor.open("/console/audits")
        for kind in KINDS:
            expect(visitor.page.locator(f"[data-deed={kind}]").first).to_contain_text("<img src=x")
        wrong: list[str] = []
        for name in there.walk(visitor):
            try:
                visitor.expect_accessible()
            except AssertionError as found:
                wrong.append(f"{name}: {found}")
            if visitor.page.evaluate("window.wrong") is not None:
                wrong.append(f"{name} ran what somebody wrote")
        assert not wrong, "\n".join(wrong)


def test_nobody_works_here_under_a_name_that_is_a_script(maker: Maker) -> None:
    body = {"user": hostile("wang"), "role": "risk", "password": "correct-horse-battery"}
    answer = maker.shop.operator("POST", "/v1/admin/operators", body)
    assert answer.status_code == 400
    assert "/user" in answer.text


def texts_in(told: object) -> Iterator[str]:
    """Every text of a message file."""
    if isinstance(told, dict):
        for each in told.values():
            yield from texts_in(each)
    elif isinstance(told, str):
        yield told


def of_the_shop() -> set[str]:
    """All that the shop itself says in Chinese."""
    pages = (GATEWAY / "storefront" / "src" / "text").glob("*.zh.json")
    read = [json.loads(path.read_text("utf-8")) for path in pages]
    read += [tomllib.loads(path.read_text("utf-8")) for path in MESSAGES]
    return {text for each in read for text in texts_in(each) if CHINESE.search(text)}


def test_e6_every_page_speaks_english_where_that_is_asked_for(
    browser: Browser, system: Running, there: Everything
) -> None:
    chinese = of_the_shop()
    assert len(chinese) > 500
    with visiting(browser, system, viewport=PHONE) as visitor:
        there.enter(visitor.page.context, visitor.home, "en")
        said = {name: set(visitor.page.evaluate(TEXTS)) for name in there.walk(visitor)}
        wrong = {name: found & chinese - {"中文"} for name, found in said.items()}
        assert not {name: found for name, found in wrong.items() if found}
