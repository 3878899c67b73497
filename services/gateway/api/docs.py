"""The API's own document, and a page for people that loads nothing from anywhere else."""

import secrets
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.gateway.domain.webhook_events import NAMES
from services.gateway.domain.webhook_limits import PAUSES_MS

from .routes import SCHEMES, Route, bodies

PAGE: Final = Path(__file__).with_name("docs.html")
EXAMPLES: Final = Path(__file__).with_name("examples")
SIGNED: Final = {"curl": "curl", "Python": "python", "JavaScript": "javascript"}
RECEIVERS: Final = {"Python": "receiver-python", "JavaScript": "receiver-javascript"}
"""What a program is written in → its file: each is run by a test, so that it cannot rot."""
HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000
NONCE_BYTES: Final = 16
POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def example(name: str) -> str:
    """A program that can be copied as it stands."""
    return (EXAMPLES / f"{name}.txt").read_text("utf-8")


@cache
def _page() -> str:
    """The page with its programs, events and pauses in their places."""
    parts = {
        "<!-- signed -->": _programs(SIGNED),
        "<!-- receivers -->": _programs(RECEIVERS),
        "<!-- events -->": "".join(f"<li><code>{escape(name)}</code>" for name in NAMES),
        "<!-- pauses -->": " · ".join(map(_told, PAUSES_MS)),
    }
    page = PAGE.read_text("utf-8")
    for place, part in parts.items():
        page = page.replace(place, part, 1)
    return page


def _programs(files: dict[str, str]) -> str:
    return "".join(
        f"<details><summary>{title}</summary><button>复制 · Copy</button>"
        f'<pre tabindex="0">{escape(example(name))}</pre></details>'
        for title, name in files.items()
    )


def _told(pause_ms: int) -> str:
    """A pause as people say it."""
    if pause_ms >= HOUR_MS:
        return f"{pause_ms // HOUR_MS} h"
    return f"{pause_ms // MINUTE_MS} min" if pause_ms >= MINUTE_MS else f"{pause_ms // 1000} s"


async def docs(request: Request) -> Response:
    """The page at /docs."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    policy = {"Content-Security-Policy": POLICY.format(nonce=nonce)}
    return HTMLResponse(_page().replace('nonce="NONCE"', f'nonce="{nonce}"'), headers=policy)


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
