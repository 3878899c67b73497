"""The browser's way to stay signed in: a cookie that scripts cannot read and other sites not use.

What changes something counts only when the browser says that one of our own pages sent it: every
browser since 2023 tells so itself (Sec-Fetch-Site), older ones name the page's origin.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Kind

from .problems import Problem

NAMES: Final[dict[Kind, str]] = {"buyer": "kameng_session", "operator": "kameng_operator"}
READING: Final = frozenset({"GET", "HEAD"})
OURS: Final = "same-origin"


def session_cookie(request: Request, kind: Kind) -> str:
    """The session's token, "" where there is none; raises CROSS_SITE for another site's request."""
    token = request.cookies.get(NAMES[kind], "")
    if token and request.method not in READING and not _ours(request):
        raise Problem("CROSS_SITE")
    return token


def set_session(request: Request, response: Response, kind: Kind, token: str, age_s: int) -> None:
    """Keep the token in the browser for so long."""
    response.set_cookie(
        NAMES[kind], token, max_age=age_s, httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def drop_session(response: Response, kind: Kind) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(NAMES[kind], httponly=True, samesite="strict")


def _ours(request: Request) -> bool:
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        return said == OURS
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
