"""What a ROUTES table holds: a path, who may ask, what goes in and what comes out.

Handlers take the request and parse what they need themselves: that is what keeps the order path
lean. The table says the same things to OpenAPI.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, NamedTuple

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from .problems import MEDIA_TYPE
from .shapes import ProblemShape

Handler = Callable[[Request], Awaitable[Response]]
Who = Literal["anyone", "customer", "operator"]

SECURITY: Final[dict[Who, list[dict[str, list[str]]]]] = {
    "anyone": [],
    "customer": [
        {"session": []},
        {"key": [], "timestamp": [], "nonce": [], "signature": []},
    ],
    "operator": [{"session": []}],
}
HEADERS: Final = {
    "key": "X-Kameng-Key",
    "timestamp": "X-Kameng-Timestamp",
    "nonce": "X-Kameng-Nonce",
    "signature": "X-Kameng-Signature",
}
SCHEMES: Final[dict[str, Any]] = {
    "session": {"type": "http", "scheme": "bearer"},
    **{name: {"type": "apiKey", "in": "header", "name": at} for name, at in HEADERS.items()},
}


REF: Final = "#/components/schemas/{model}"
PROBLEM: Final[dict[str, Any]] = {
    "description": "A problem, as RFC 9457 tells it",
    "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(model=ProblemShape.__name__)}}},
}


class Route(NamedTuple):
    """One operation."""

    method: str
    path: str
    handler: Handler
    summary: str
    who: Who
    body: type[BaseModel] | str | None = None
    """A model; or, for what is not JSON, its media types joined by spaces."""
    answer: type[BaseModel] | str | None = None
    """A model, or a media type."""
    status: int = 200
    once: bool = False
    """Takes an Idempotency-Key, and needs it."""
    query: tuple[str, ...] = ()
    lean: bool = False
    """Answered ahead of all that a framework does around a handler (api/lean.py)."""


def add(app: FastAPI, routes: tuple[Route, ...]) -> None:
    """Put the routes into the application and into its document."""
    for route in routes:
        model = route.answer if isinstance(route.answer, type) else None
        answer = {"model": model} if model else _media(route)
        app.add_api_route(
            route.path, route.handler, methods=[route.method], summary=route.summary,
            description=route.handler.__doc__ or "", status_code=route.status,
            response_model=None, tags=[route.path.split("/")[2].partition(":")[0]],
            operation_id=f"{route.method.lower()}_{route.path.strip('/')}".translate(PLAIN),
            responses={
                route.status: answer, **({200: answer} if route.status == ACCEPTED else {}),
                "4XX": PROBLEM, "5XX": PROBLEM,
            },
            openapi_extra=_extra(route),
        )  # fmt: skip


ACCEPTED: Final = 202
"""Also 200: it has come to rest in the time that the asker had (`Prefer: wait=…`)."""
PATH_NAME: Final = re.compile(r"{(\w+)}")
PLAIN: Final = str.maketrans(dict.fromkeys("/{}:-", "_"))


def _media(route: Route) -> dict[str, Any]:
    if not isinstance(route.answer, str):
        return {"description": "OK"}
    return {"description": "OK", "content": {route.answer: {"schema": {"type": "string"}}}}


def _extra(route: Route) -> dict[str, Any]:
    """What FastAPI cannot see in a handler that takes the request alone."""
    extra: dict[str, Any] = {"security": SECURITY[route.who], "parameters": _parameters(route)}
    if isinstance(route.body, str):
        content: dict[str, Any] = {
            kind: {"schema": {"type": "string"}} for kind in route.body.split()
        }
        extra["requestBody"] = {"required": True, "content": content}
    elif route.body is not None:
        schema = {"$ref": REF.format(model=route.body.__name__)}
        extra["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return extra


def _parameters(route: Route) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in PATH_NAME.findall(route.path)
    ]
    found += [{"name": name, "in": "query", "schema": text} for name in route.query]
    if route.once:
        key = {"type": "string", "minLength": 1, "maxLength": 128}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
        wait = {"type": "string", "examples": ["wait=10"]}
        found.append({"name": "Prefer", "in": "header", "required": False, "schema": wait})
    return found


def bodies(routes: tuple[Route, ...]) -> dict[str, Any]:
    """The schemas of everything that goes in, and of problems, by name."""
    models: set[type[BaseModel]] = {r.body for r in routes if isinstance(r.body, type)}
    models.add(ProblemShape)
    ordered = sorted(models, key=lambda model: model.__name__)
    _, found = models_json_schema([(model, "validation") for model in ordered], ref_template=REF)
    return dict(found.get("$defs", {}))
