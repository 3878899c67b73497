"""Buyers ask for help where they are, and read the answers (E2)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.requests import Answer
from services.gateway.projections.threads import ThreadRow
from shared.contracts.support import CloseThread, MarkThreadRead, OpenThread, WriteInThread

from .asking import customer, door_of, spend
from .bodies import json_answer, read_body
from .heard import heard
from .once import ask, once, request_id_of
from .orders import LAST
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .routes import Route
from .thread_shapes import (
    Asked,
    NewMark,
    NewThread,
    NewWord,
    Thread,
    Threads,
    listed,
    sealed,
    shown,
    words,
)

NO_THREAD: Final = "SUPPORT_"
"""What a refusal by the gateway's rules is called on the wire begins with."""
BUYER: Final = "buyer"


async def open_one(request: Request) -> Response:
    """Ask for help; the order that it is about has to be one's own."""
    asking = await customer(request)
    spend(door_of(request).limits.voices, asking.name)
    new, thread_id = await read_body(NewThread, request), request_id_of(request, asking)
    if new.order_id is not None:
        doc = await door_of(request).read.order(asking.name, new.order_id)
        if doc is None or (new.line and new.line > len(doc.lines)):
            raise Problem("NOT_FOUND")
    if new.sku is not None and await door_of(request).catalogue.shelf(new.sku) is None:
        raise Problem("NOT_FOUND")
    await once(request, asking, new, lambda: Answer(thread_id))
    command = OpenThread(
        thread_id=thread_id,
        account_id=asking.name,
        order_id=new.order_id,
        line=new.line,
        step=new.step,
        sealed_text=sealed(door_of(request), thread_id, new.text),
        sku=new.sku,
    )
    where, body = f"/v1/support/{thread_id}", {"thread_id": thread_id}
    return await heard(request, command, thread_id, NO_THREAD, body, where)


async def read_many(request: Request) -> Response:
    """The account's threads, the last that moved first; and how long an answer takes."""
    asking, limit = await customer(request), limit_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    door, language = door_of(request), speaks(request)
    rows = await door.threads.of_account(asking.name, before, limit + 1)
    items = await listed(rows, language, door)
    found = page(items, [(row.changed_ms, row.thread_id) for row in rows], limit)
    return json_answer({**found, "answer_ms": await door.threads.answer_ms()})


async def read_one(request: Request) -> Response:
    """One thread, with what was said."""
    _, row = await _mine(request)
    door = door_of(request)
    said = await door.threads.words(row.thread_id)
    return json_answer({**shown(row, speaks(request), door), "words": words(door, said)})


async def write(request: Request) -> Response:
    """Say more; a closed thread is open again."""
    asking, row = await _mine(request)
    spend(door_of(request).limits.voices, asking.name)
    new, request_id = await read_body(NewWord, request), request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(row.thread_id))
    command = WriteInThread(
        thread_id=row.thread_id,
        account_id=asking.name,
        request_id=request_id,
        sealed_text=sealed(door_of(request), row.thread_id, new.text),
    )
    where, body = f"/v1/support/{row.thread_id}", {"thread_id": row.thread_id}
    return await heard(request, command, request_id, NO_THREAD, body, where)


async def read_so_far(request: Request) -> Response:
    """Mark it as read up to a word."""
    asking, row = await _mine(request)
    new = await read_body(NewMark, request)
    await once(request, asking, new, lambda: Answer(row.thread_id))
    command = MarkThreadRead(
        thread_id=row.thread_id, account_id=asking.name, who=BUYER, number=new.number
    )  # fmt: skip
    await ask(request, command)
    return json_answer({"thread_id": row.thread_id}, 202)


async def close(request: Request) -> Response:
    """It is done."""
    asking, row = await _mine(request)
    request_id = request_id_of(request, asking)
    await once(request, asking, b"", lambda: Answer(row.thread_id))
    command = CloseThread(
        thread_id=row.thread_id, account_id=asking.name, request_id=request_id, by=BUYER
    )  # fmt: skip
    where, body = f"/v1/support/{row.thread_id}", {"thread_id": row.thread_id}
    return await heard(request, command, request_id, NO_THREAD, body, where)


async def _mine(request: Request) -> tuple[Asking, ThreadRow]:
    """The thread named in the path, of who asks; raises NOT_FOUND."""
    asking = await customer(request)
    row = await door_of(request).threads.one(request.path_params["thread_id"])
    if row is None or row.account_id != asking.name:
        raise Problem("NOT_FOUND")
    return asking, row


ONE: Final = "/v1/support/{thread_id}"
ROUTES: Final = (
    Route("POST", "/v1/support", open_one, "联系客服 · Ask for help", "customer", NewThread, Asked,
          202, once=True),
    Route("GET", "/v1/support", read_many, "我的咨询 · Support threads", "customer",
          answer=Threads, query=("limit", "cursor")),
    Route("GET", ONE, read_one, "一次咨询 · A thread", "customer", answer=Thread),
    Route("POST", ONE + "/messages", write, "继续留言 · Say more", "customer", NewWord, Asked, 202,
          once=True),
    Route("POST", ONE + "/read", read_so_far, "标为已读 · Mark as read", "customer", NewMark,
          Asked, 202, once=True),
    Route("POST", ONE + "/close", close, "结束咨询 · Close a thread", "customer", None, Asked, 202,
          once=True),
)  # fmt: skip
