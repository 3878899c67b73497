"""Idempotency: the same key with the same body is the same request, for ever."""

import re
import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from services.gateway.door.access import Asking
from services.gateway.door.requests import Answer
from shared.contracts.message import Command
from shared.kernel import ids
from shared.runtime.appending import outgoing

from .asking import door_of
from .problems import Problem
from .shapes import Shape

KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
WAIT: Final = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])")
WAIT_S_MAX: Final = 30


def key_of(request: Request) -> str:
    """The Idempotency-Key; raises the problem that there is none."""
    key = request.headers.get("idempotency-key", "")
    if not KEY.fullmatch(key):
        raise Problem("IDEMPOTENCY_KEY_REQUIRED")
    return key


def wait_of(request: Request) -> int:
    """Seconds that the client wants to wait for the outcome: `Prefer: wait=N`, 0 to 30."""
    found = WAIT.search(request.headers.get("prefer", ""))
    return min(int(found[1]), WAIT_S_MAX) if found else 0


def request_id_of(request: Request, asking: Asking) -> str:
    """The id that this request has however often it is sent."""
    return ids.request_id(asking.who, key_of(request))


async def once(
    request: Request, asking: Asking, body: Shape | bytes, judge: Callable[[], Answer]
) -> Answer:
    """The answer that this key was given first; ``judge`` is asked only when it is new.

    Raises KeyReused, and the problem that the answer holds.
    """
    door = door_of(request)
    key, now_ms = key_of(request), time.time_ns() // 1_000_000
    said = body if isinstance(body, bytes) else body.model_dump_json().encode()
    body_hash = door.secrets.body_hash(request.method.encode(), request.scope["raw_path"], said)
    answer = await door.requests.find(asking.who, key, body_hash)
    if answer is None:
        answer = await door.requests.keep(asking.who, key, body_hash, judge(), now_ms)
    if answer.problem:
        raise Problem(answer.problem)
    return answer


async def ask(request: Request, command: Command) -> None:
    """Append a command. A repeat appends it again: whoever decides it knows it by its id."""
    await door_of(request).appender.append(outgoing(command))
