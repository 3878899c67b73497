"""Problems as RFC 9457 tells them: a code for machines, a sentence for people, a trace id."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from .messages import Language, language_of, messages

MEDIA_TYPE: Final = "application/problem+json"
ERRORS_MAX: Final = 50
"""Fields named in one answer."""
BUSY_S: Final = 2
"""Retry-After where nobody knows better."""


class Problem(Exception):
    """A request ends here; the code says why."""

    def __init__(
        self,
        code: str,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        retry_after_s: int | None = None,
        **words: object,
    ) -> None:
        super().__init__(code)
        self.code, self.errors, self.words = code, list(errors)[:ERRORS_MAX], words
        self.retry_after_s = retry_after_s

    @property
    def status(self) -> int:
        """The HTTP status."""
        return messages().problems[self.code].status


def answer(problem: Problem, request: Request) -> Response:
    """The problem in its reader's language."""
    language = speaks(request)
    message = messages().problems[problem.code]
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.code,
        "status": message.status,
        "code": problem.code,
        "detail": message.text.told(language).format(**problem.words),
        "trace_id": trace_id(request),
    }
    if problem.errors:
        body["errors"] = [_told(error, language) for error in problem.errors]
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    if message.status in {429, 503}:
        headers["Retry-After"] = str(problem.retry_after_s or BUSY_S)
    return Response(msgspec.json.encode(body), message.status, headers, MEDIA_TYPE)


def _told(error: Mapping[str, Any], language: Language) -> dict[str, Any]:
    code = error.get("code", "")
    if code in messages().problems and "detail" not in error:
        return {**error, "detail": messages().problems[code].text.told(language)}
    return dict(error)


def from_validation(error: ValidationError) -> Problem:
    """What pydantic found, with a JSON pointer for each field; values are never repeated."""
    return Problem("BAD_REQUEST", errors=(field_error(each) for each in error.errors()))


def field_error(found: Mapping[str, Any]) -> dict[str, Any]:
    """One field's error, as `errors[]` holds it."""
    return {"pointer": pointer(found["loc"]), "code": found["type"], "detail": found["msg"]}


def pointer(location: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)


def speaks(request: Request) -> Language:
    """The reader's language."""
    return language_of(request.headers.get("accept-language", ""))


def trace_id(request: Request) -> str:
    """Of this request, 32 hex digits."""
    found: str = request.scope.get("trace_id", "")
    return found
