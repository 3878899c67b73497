"""Bodies in, bodies out."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from .problems import Problem, from_validation
from .tabular import csv_text

M = TypeVar("M", bound=BaseModel)

CHARSET: Final = re.compile(r";\s*charset=\"?([^\s;\"]{1,40})", re.IGNORECASE)
JSON: Final = "application/json"
NUL: Final = b"\\u0000"
"""As JSON writes it: no text in the database can hold it, so none may come in."""
NO_STORE: Final = {"Cache-Control": "no-store"}


async def read_body(model: type[M], request: Request) -> M:
    """The JSON body as this model; an absent one counts as `{}`. Raises what is wrong with it."""
    body = await request.body()
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if body and kind != JSON:
        raise Problem("UNSUPPORTED_MEDIA_TYPE", wanted=JSON)
    if NUL in body:
        error = {"pointer": "", "code": "string_type", "detail": "no text may contain U+0000"}
        raise Problem("BAD_REQUEST", errors=[error])
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise from_validation(error) from None


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; what is somebody's own is never kept by a cache on the way."""
    return Response(msgspec.json.encode(body), status, {**NO_STORE, **(headers or {})}, JSON)


def csv_answer(name: str, titles: Iterable[str], rows: Iterable[Iterable[object]]) -> Response:
    """A file for a spreadsheet: with the byte-order mark that it tells UTF-8 by."""
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    text = csv_text([titles, *rows])
    return Response("\ufeff" + text, 200, headers, "text/csv; charset=utf-8")


def charset_of(request: Request) -> str:
    """The charset that the Content-Type names; empty where it names none."""
    found = CHARSET.search(request.headers.get("content-type", ""))
    return found[1] if found else ""
