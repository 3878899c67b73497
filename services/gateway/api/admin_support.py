"""Support answers who waits, the one that waits longest first, in its own name (E2)."""

from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.threads import ThreadRow
from shared.contracts.support import AnswerThread, CloseThread, MarkThreadRead

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .heard import heard
from .once import ask, once, request_id_of
from .pages import cursor_of, limit_of, page, state_of
from .problems import Problem, speaks
from .routes import Route
from .support import NO_THREAD
from .thread_shapes import (
    Asked,
    NewMark,
    NewWord,
    State,
    Thread,
    Threads,
    listed,
    sealed,
    shown,
    words,
)

FIRST: Final = (-1, "")
STATES: Final = get_args(State)
SHOP: Final = "shop"


async def read_many(request: Request) -> Response:
    """Threads in a state; of those that wait, the one that waits longest first."""
    await operator("support")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[int, str]) or FIRST
    state = state_of(request, STATES)
    door, language = door_of(request), speaks(request)
    rows = await door.threads.in_state(state, after, limit + 1)
    items = await listed(rows, language, door, to_shop=True)
    found = page(items, [(row.waiting_ms, row.thread_id) for row in rows], limit)
    return json_answer({**found, "answer_ms": await door.threads.answer_ms()})


async def read_one(request: Request) -> Response:
    """One thread, with what was said."""
    await operator("support")(request)
    row, door = await _row(request), door_of(request)
    said = words(door, await door.threads.words(row.thread_id), to_shop=True)
    return json_answer({**shown(row, speaks(request), door, to_shop=True), "words": said})


async def answer(request: Request) -> Response:
    """Answer the buyer."""
    asking = await operator("support")(request)
    row, new = await _row(request), await read_body(NewWord, request)
    request_id = request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(row.thread_id))
    command = AnswerThread(
        thread_id=row.thread_id,
        account_id=row.account_id,
        request_id=request_id,
        sealed_text=sealed(door_of(request), row.thread_id, new.text),
        by=asking.name,
    )
    where, body = f"/v1/admin/support/{row.thread_id}", {"thread_id": row.thread_id}
    return await heard(request, command, request_id, NO_THREAD, body, where)


async def read_so_far(request: Request) -> Response:
    """Mark it as read by the shop up to a word."""
    asking = await operator("support")(request)
    row, new = await _row(request), await read_body(NewMark, request)
    await once(request, asking, new, lambda: Answer(row.thread_id))
    command = MarkThreadRead(
        thread_id=row.thread_id, account_id=row.account_id, who=SHOP, number=new.number
    )  # fmt: skip
    await ask(request, command)
    return json_answer({"thread_id": row.thread_id}, 202)


async def close(request: Request) -> Response:
    """Nothing more is to be said; the buyer's next word opens it again."""
    asking = await operator("support")(request)
    row, request_id = await _row(request), request_id_of(request, asking)
    await once(request, asking, b"", lambda: Answer(row.thread_id))
    command = CloseThread(
        thread_id=row.thread_id, account_id=row.account_id, request_id=request_id, by=asking.name
    )  # fmt: skip
    where, body = f"/v1/admin/support/{row.thread_id}", {"thread_id": row.thread_id}
    return await heard(request, command, request_id, NO_THREAD, body, where)


async def _row(request: Request) -> ThreadRow:
    """The thread named in the path; raises NOT_FOUND."""
    row = await door_of(request).threads.one(request.path_params["thread_id"])
    if row is None:
        raise Problem("NOT_FOUND")
    return row


ONE: Final = "/v1/admin/support/{thread_id}"
ROUTES: Final = (
    Route("GET", "/v1/admin/support", read_many, "咨询列表 · Support threads", "operator",
          answer=Threads, query=("state", "limit", "cursor")),
    Route("GET", ONE, read_one, "一次咨询 · A thread", "operator", answer=Thread),
    Route("POST", ONE + "/messages", answer, "回复买家 · Answer", "operator", NewWord, Asked, 202,
          once=True),
    Route("POST", ONE + "/read", read_so_far, "标为已读 · Mark as read", "operator", NewMark,
          Asked, 202, once=True),
    Route("POST", ONE + "/close", close, "结束咨询 · Close a thread", "operator", None, Asked, 202,
          once=True),
)  # fmt: skip
