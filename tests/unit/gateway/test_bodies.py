"""Bodies that come in: what no database can hold is refused before anything is made of it."""

from typing import Any

import pytest
from starlette.requests import Request

from services.gateway.api.bespoke_shapes import NewDecline
from services.gateway.api.bodies import read_body
from services.gateway.api.problems import Problem


def sent(body: bytes) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/json")]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def test_a_text_with_a_nul_in_it_never_reaches_the_log() -> None:
    """A view that cannot write it would stand still for everybody."""
    with pytest.raises(Problem) as refused:
        await read_body(NewDecline, sent(rb'{"reason": "a\u0000b"}'))
    assert refused.value.code == "BAD_REQUEST"


async def test_any_other_text_comes_in_as_it_is() -> None:
    read = await read_body(NewDecline, sent(rb'{"reason": "\u0001 \u4e2d <b>"}'))
    assert read.reason == "\x01 中 <b>"
