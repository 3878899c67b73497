"""Bodies in, bodies out."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from .problems import Problem, from_validation

M = TypeVar("M", bound=BaseModel)

JSON: Final = "application/json"
NO_STORE: Final = {"Cache-Control": "no-store"}


async def read_body(model: type[M], request: Request) -> M:
    """The JSON body as this model; an absent one counts as `{}`. Raises what is wrong with it."""
    body = await request.body()
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if body and kind != JSON:
        raise Problem("UNSUPPORTED_MEDIA_TYPE", wanted=JSON)
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise from_validation(error) from None


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; what is somebody's own is never kept by a cache on the way."""
    return Response(msgspec.json.encode(body), status, {**NO_STORE, **(headers or {})}, JSON)
