"""Files as they are sent: the smallest form that is read, once, and nothing that is not ours."""

import json
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from services.gateway import storefront
from services.gateway.api.application import describe
from services.gateway.api.pages_of_the_shop import PAGES, add_pages
from services.gateway.api.problems import Problem, answer
from services.gateway.projections.order import FOLLOWED
from tests.browser.everything import Everything
from tests.browser.test_pages import PUBLIC

SOURCE: Final = Path(storefront.__file__).parent / "src"
TEXTS: Final = SOURCE / "text"
ROUTE: Final = re.compile(r'path: "(/[^"]*)"')
NAMED: Final = re.compile(r":\w+(\(\.\*\)\*)?")


def site(folder: Path) -> httpx.AsyncClient:
    app = describe(FastAPI())

    async def problem(request, error):  # type: ignore[no-untyped-def]  # starlette's own signature
        return answer(error, request)

    app.add_exception_handler(Problem, problem)
    add_pages(app, storefront.load(folder))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>shop</title>")
    (tmp_path / "console.html").write_text("<title>console</title>")
    (tmp_path / "assets" / "a-1.js").write_text("let a = 1")
    (tmp_path / "assets" / "a-1.js.br").write_bytes(b"packed")
    (tmp_path / "secret.pem").write_text("not for anybody")
    return tmp_path


async def test_every_page_of_the_shop_is_the_same_file_and_the_console_another(built: Path) -> None:
    client = site(built)
    for path, entry in PAGES.items():
        page = await client.get(
            path.replace("{page:path}", "a/b").replace("{", "").replace("}", "")
        )
        assert page.text == ("<title>shop</title>" if entry == "index.html" else page.text)
        assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (await client.get("/console/orders")).text == "<title>console</title>"


async def test_a_file_is_sent_packed_to_who_reads_that_and_kept_for_ever(built: Path) -> None:
    client = site(built)
    packed = await client.get("/assets/a-1.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.text == "let a = 1"
    assert "immutable" in packed.headers["cache-control"]
    known = await client.get("/assets/a-1.js", headers={"If-None-Match": packed.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert storefront.load(built).find("assets/a-1.js").packed == {"br": b"packed"}  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize("path", ["/secret.pem", "/assets/../secret.pem", "/assets/none.js"])
async def test_what_is_no_file_of_the_site_is_not_there(built: Path, path: str) -> None:
    assert (await site(built).get(path)).status_code == 404


async def test_without_a_build_the_pages_say_what_to_do(tmp_path: Path) -> None:
    page = await site(tmp_path).get("/")
    assert (page.status_code, page.json()["code"]) == (503, "NOT_BUILT")


@pytest.mark.parametrize("pages", ["shop.zh", "shop.en", "desk.zh", "desk.en"])
def test_every_fact_of_an_order_is_told_in_words(pages: str) -> None:
    texts = json.loads((TEXTS / f"{pages}.json").read_text("utf-8"))
    assert {f"fact.{fact.__name__}" for fact in FOLLOWED} <= texts.keys()


@pytest.mark.parametrize(("entry", "below"), [("shop", ""), ("console", "/console")])
def test_every_page_that_there_is_is_walked_by_the_browser_tests(entry: str, below: str) -> None:
    """So that each is tried by axe, with hostile words, and pictured."""
    there = Everything(*("x" for _ in range(6)))
    walked = [urlsplit(at).path for at in (there.shop | there.console).values()]
    walked += [*PUBLIC, "/console/sign-in"]  # the console asks there who it is
    routes = ROUTE.findall((SOURCE / entry / "routes.ts").read_text("utf-8"))
    assert len(routes) > 10
    for route in routes:
        path = re.compile((below + NAMED.sub("[^/]+", route)).removesuffix("/") + "/?")
        assert any(path.fullmatch(each) for each in walked), f"{route}: see everything.py"
