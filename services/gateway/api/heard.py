"""A word is appended, and where the client waits it is told what came of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.projections.queries import ATTEMPT
from shared.contracts.message import Command

from .bodies import json_answer
from .once import ask, wait_of
from .outcomes import outcome
from .problems import Problem


async def heard(
    request: Request, command: Command, request_id: str, refused: str, body: Any, where: str
) -> Response:
    """202 with where it can be read, 200 once it was done; raises ``refused`` and the code."""
    await ask(request, command)
    found = await outcome(request, ATTEMPT, request_id, wait_of(request))
    if found is not None and found[1]:
        raise Problem(refused + found[1])
    return json_answer(body, 202 if found is None else 200, {"Location": where})
