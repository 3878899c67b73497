"""The shop's and the console's pages: built files, sent with a policy that lets nothing else in."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.storefront import File, Storefront

from .problems import Problem

SHOP: Final = "index.html"
CONSOLE: Final = "console.html"
PAGES: Final[Mapping[str, str]] = {
    "/": SHOP,
    "/p/{product_id}": SHOP,
    "/orders": SHOP,
    "/orders/{order_id}": SHOP,
    "/wallet": SHOP,
    "/sign-in": SHOP,
    "/account": SHOP,
    "/batches": SHOP,
    "/support": SHOP,
    "/support/{thread_id}": SHOP,
    "/requests": SHOP,
    "/invoices": SHOP,
    "/developers": SHOP,
    "/help": SHOP,
    "/help/{article}": SHOP,
    "/console": CONSOLE,
    "/console/{page:path}": CONSOLE,
}
"""Each page can be opened by its address; which one it is, the script finds out for itself."""
FILES: Final = ("/assets/{name}", "/favicon.svg")
POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
PAGE_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
KEPT: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
ASKED_AGAIN: Final = {"Cache-Control": "no-cache"}
NOT_MODIFIED: Final = 304


def add_pages(app: FastAPI, storefront: Storefront) -> None:
    """Put all pages and files into the application; they are no part of its document."""
    for path, entry in PAGES.items():
        app.add_route(path, _page(storefront, entry), include_in_schema=False)
    for path in FILES:
        app.add_route(path, _file(storefront), include_in_schema=False)


def _page(storefront: Storefront, entry: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        found = storefront.find(entry)
        if found is None:
            raise Problem("NOT_BUILT")
        return _sent(request, found, PAGE_HEADERS)

    return page


def _file(storefront: Storefront) -> Callable[[Request], Awaitable[Response]]:
    async def file(request: Request) -> Response:
        found = storefront.find(request.url.path.removeprefix("/"))
        if found is None:
            raise Problem("NOT_FOUND")
        return _sent(request, found, KEPT if found.hashed else ASKED_AGAIN)

    return file


def _sent(request: Request, file: File, headers: Mapping[str, str]) -> Response:
    """The file in the smallest form that the client reads, or that it has it already."""
    common = {**headers, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(None, NOT_MODIFIED, common)
    read = request.headers.get("accept-encoding", "")
    for code, body in file.packed.items():
        if code in read:
            return Response(body, 200, {**common, "Content-Encoding": code}, file.media_type)
    return Response(file.body, 200, common, file.media_type)
