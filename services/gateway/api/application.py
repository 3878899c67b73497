"""The HTTP application: all areas, and what every problem looks like."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import psycopg
import structlog
from fastapi import FastAPI
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.door import Door
from services.gateway.door.listening import TooManyWait
from services.gateway.door.orders import KeyReused
from services.gateway.door.pressure import Overloaded
from services.gateway.storefront import Storefront
from shared.runtime.appending import NotAppended
from shared.runtime.batching import TurnedAway

from . import ROUTES
from .docs import docs, document
from .edge import BodyTooLarge, Edge
from .lean import Lean, Tell
from .pages_of_the_shop import add_pages
from .problems import Problem, answer, trace_id
from .routes import add

CODES: Final[dict[type[Exception], str]] = {
    KeyReused: "IDEMPOTENCY_KEY_REUSED",
    Overloaded: "OVERLOADED",
    TurnedAway: "OVERLOADED",
    TooManyWait: "OVERLOADED",
    NotAppended: "UNAVAILABLE",
    PoolTimeout: "UNAVAILABLE",
    psycopg.OperationalError: "UNAVAILABLE",
    psycopg.InternalError: "UNAVAILABLE",
}
"""What the parts of the door raise, as clients are told."""
STATUSES: Final = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}

log = structlog.get_logger()


def build_api(door: Door, storefront: Storefront) -> FastAPI:
    """The application on these parts; they run as long as it does."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with door.running():
            yield

    told: dict[int | type[Exception], Tell] = {
        Problem: _problem,
        BodyTooLarge: _too_large,
        HTTPException: _http,
        **{cls: partial(_coded, code) for cls, code in CODES.items()},
    }
    app = FastAPI(
        title="Kameng", lifespan=running, docs_url=None, redoc_url=None,
        exception_handlers={**told, Exception: _bug},
    )  # fmt: skip
    app.state.door = door
    describe(app)
    add_pages(app, storefront)
    app.add_middleware(Lean, routes=ROUTES, told=told)
    app.add_middleware(Edge)
    return app


def describe(app: FastAPI) -> FastAPI:
    """Put the operations and their document in: what /openapi.json says needs no more."""
    add(app, ROUTES)
    app.add_route("/docs", docs, include_in_schema=False)
    app.openapi = partial(document, app, ROUTES)  # type: ignore[method-assign]  # FastAPI's own way
    return app


async def _problem(request: Request, error: Problem) -> Response:
    return answer(error, request)


async def _too_large(request: Request, error: BodyTooLarge) -> Response:
    response = answer(Problem("BODY_TOO_LARGE", limit_bytes=error.limit_bytes), request)
    response.headers["Connection"] = "close"  # or the rest would be read, to be thrown away
    return response


async def _coded(code: str, request: Request, error: Exception) -> Response:
    return answer(Problem(code), request)


async def _http(request: Request, error: HTTPException) -> Response:
    return answer(Problem(STATUSES.get(error.status_code, "BAD_REQUEST")), request)


async def _bug(request: Request, error: Exception) -> Response:
    """A bug: named by its type alone, because a message may quote what it tripped over."""
    where = {"path": request.url.path, "trace_id": trace_id(request)}
    log.error("bug", error=type(error).__name__, **where)
    return answer(Problem("INTERNAL"), request)
