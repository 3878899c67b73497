"""The API's own document, and a page for people that loads nothing from anywhere else."""

import secrets
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from .routes import SCHEMES, Route, bodies

PAGE: Final = Path(__file__).with_name("docs.html")
NONCE_BYTES: Final = 16
POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _page() -> str:
    return PAGE.read_text("utf-8")


async def docs(request: Request) -> Response:
    """The page at /docs."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    policy = {"Content-Security-Policy": POLICY.format(nonce=nonce)}
    return HTMLResponse(_page().replace("NONCE", nonce, 1), headers=policy)


def document(app: FastAPI, routes: tuple[Route, ...]) -> dict[str, Any]:
    """The whole of /openapi.json; made once."""
    if not app.openapi_schema:
        made = get_openapi(
            title="Kameng", version="1", routes=app.routes,
            description="卡盟自助下单 · Ordering virtual goods. Money in minor units (分).",
        )  # fmt: skip
        components = made.setdefault("components", {})
        components["securitySchemes"] = SCHEMES
        components["schemas"] = {**bodies(routes), **components.get("schemas", {})}
        app.openapi_schema = made
    return app.openapi_schema
